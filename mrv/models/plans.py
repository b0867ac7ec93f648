"""Monitoring plans: how an installation's emissions are found, approved before it reports."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import Person

from .factors import SectorTemplate
from .operators import Installation


class MonitoringPlan(models.Model):
    """One version of an installation's plan. `canonical` is what was submitted (RFC 8785).

    Submitted, then approved or refused; superseded when a later version is approved. It holds for
    the reporting years from `from_year` on, until those of the next approved version.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        SUPERSEDED = "superseded", _("superseded")

    installation = models.ForeignKey(
        Installation, models.PROTECT, related_name="plans", verbose_name=_("installation")
    )
    number = models.PositiveIntegerField(_("version"))
    template = models.ForeignKey(
        SectorTemplate, models.PROTECT, related_name="plans", verbose_name=_("sector template")
    )
    from_year = models.PositiveIntegerField(_("first year"))
    gwp_set = models.CharField(_("set of global warming potentials"), max_length=40)
    stream_count = models.PositiveIntegerField(_("source streams"))
    canonical = models.TextField(_("text"))
    digest = models.BinaryField(_("SHA-256 digest"), max_length=32)
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.SUBMITTED
    )
    submitted_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    submitted_at = models.DateTimeField(_("submitted at"))
    decided_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("monitoring plan")
        verbose_name_plural = _("monitoring plans")
        constraints = [
            models.UniqueConstraint(
                fields=["installation", "number"], name="monitoring_plan_version_is_one"
            ),
            models.UniqueConstraint(
                fields=["installation"],
                condition=Q(state="approved"),
                name="monitoring_plan_is_approved_one_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["installation"],
                condition=Q(state="submitted"),
                name="monitoring_plan_waits_alone",
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", decided_by=None, decided_at=None)
                | ~Q(state="submitted")
                & Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("submitted_by")),
                name="monitoring_plan_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(stream_count__gte=1), name="monitoring_plan_has_a_source_stream"
            ),
        ]

    def __str__(self):
        return f"#{self.pk} {self.number}"


class SourceStream(models.Model):
    """What an installation emits from, and where each parameter of its formula comes from.

    `sources` by parameter: {"kind": "reported"}, {"kind": "factor", "set", "key"} or {"kind":
    "default", "value", "unit"}. `uncertainty` by parameter, in per cent, as text.
    """

    plan = models.ForeignKey(
        MonitoringPlan, models.PROTECT, related_name="streams", verbose_name=_("monitoring plan")
    )
    code = models.CharField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    tier = models.CharField(_("tier"), max_length=8, blank=True)
    sources = models.JSONField(_("sources"))
    uncertainty = models.JSONField(_("uncertainty"), default=dict)

    class Meta:
        verbose_name = _("source stream")
        verbose_name_plural = _("source streams")
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="source_stream_code_is_one"),
        ]

    def __str__(self):
        return self.code
