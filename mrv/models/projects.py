"""Offset projects, what verifiers say of them, and what they report of each period."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import Account, Jurisdiction, Person, UnitType

from .methodologies import MethodologyVersion, ProjectType
from .verifiers import Verifier


class OffsetProject(models.Model):
    """What earns credits, for an account of the crediting registry, by one methodology's version.

    What was proposed never changes. Periods are half-open: `crediting_to` is the day after the
    last day on which it earns.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        VALIDATED = "validated", _("validated")
        REGISTERED = "registered", _("registered")
        REFUSED = "refused", _("refused")
        CLOSED = "closed", _("closed")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="projects", verbose_name=_("account")
    )
    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, related_name="+", verbose_name=_("unit type")
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction")
    )
    project_type = models.ForeignKey(
        ProjectType, models.PROTECT, related_name="projects", verbose_name=_("project type")
    )
    version = models.ForeignKey(
        MethodologyVersion, models.PROTECT, related_name="projects", verbose_name=_("methodology")
    )
    values = models.JSONField(_("values"), default=dict)
    description = models.TextField(_("description"), blank=True)
    crediting_from = models.DateField(_("earns from"))
    crediting_to = models.DateField(_("earns until (exclusive)"))
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.PROPOSED
    )
    proposed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("offset project")
        verbose_name_plural = _("offset projects")
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"),
                name="offset_project_code_can_be_printed",
            ),
            models.CheckConstraint(
                condition=Q(crediting_to__gt=F("crediting_from")),
                name="offset_project_earns_for_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "validated"], decided_by=None, decided_at=None)
                | Q(state__in=["registered", "refused", "closed"], decided_at__isnull=False)
                & Q(decided_by__isnull=False),
                name="offset_project_is_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") | Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="offset_project_is_decided_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


class MonitoringReport(models.Model):
    """What a project reports of one period, and what its methodology makes of it.

    The days of a project's reports never overlap, but for reports that were returned: the
    exclusion `monitoring_report_has_days_of_its_own` is in the migration's SQL. `digest` is the
    SHA-256 of what was reported and reckoned, as canonical JSON.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        VERIFIED = "verified", _("verified")
        RETURNED = "returned", _("returned")

    project = models.ForeignKey(
        OffsetProject, models.PROTECT, related_name="reports", verbose_name=_("project")
    )
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("until (exclusive)"))
    values = models.JSONField(_("values"))
    evidence = models.TextField(_("evidence"))
    tonnes = models.BigIntegerField(_("earned (t)"))
    derivation = models.JSONField(_("derivation"))
    digest = models.BinaryField(_("SHA-256 digest"), max_length=32)
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.SUBMITTED
    )
    submitted_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    submitted_at = models.DateTimeField(_("submitted at"))

    class Meta:
        verbose_name = _("monitoring report")
        verbose_name_plural = _("monitoring reports")
        constraints = [
            models.CheckConstraint(
                condition=Q(period_to__gt=F("period_from")),
                name="monitoring_report_is_of_a_period",
            ),
            models.CheckConstraint(
                condition=Q(tonnes__gte=0), name="monitoring_report_earns_or_earns_nothing"
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class ProjectOpinion(models.Model):
    """What a verifier says of a project before it is registered, or of one of its reports.

    Append-only; one for each.
    """

    project = models.ForeignKey(
        OffsetProject, models.PROTECT, related_name="opinions", verbose_name=_("project")
    )
    report = models.OneToOneField(
        MonitoringReport,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opinion",
        verbose_name=_("monitoring report"),
    )
    verifier = models.ForeignKey(
        Verifier, models.PROTECT, related_name="project_opinions", verbose_name=_("verifier")
    )
    positive = models.BooleanField(_("positive"))
    findings = models.TextField(_("findings"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("person"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("opinion on a project")
        verbose_name_plural = _("opinions on projects")
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(report=None),
                name="project_opinion_validates_once",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"
