"""What becomes of verified reports: requests for units; and what becomes of units that are lost."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import Person, Transaction

from .projects import MonitoringReport, OffsetProject
from .verifiers import Verifier


class IssuanceRequest(models.Model):
    """Asks the registry for the units that a verified report has earned: a proposal to issue them.

    It is dropped when that proposal ends without a posting; the report may then be asked for anew.
    """

    class State(models.TextChoices):
        STANDING = "standing", _("standing")
        DROPPED = "dropped", _("dropped")

    report = models.ForeignKey(
        MonitoringReport,
        models.PROTECT,
        related_name="requests",
        verbose_name=_("monitoring report"),
    )
    units = models.BigIntegerField(_("quantity (units)"))
    to_buffer = models.BigIntegerField(_("to the buffer (units)"))
    transaction = models.OneToOneField(
        Transaction, models.PROTECT, related_name="project_request", verbose_name=_("transaction")
    )
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.STANDING
    )
    requested_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested at"))

    class Meta:
        verbose_name = _("issuance request")
        verbose_name_plural = _("issuance requests")
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(state="standing"),
                name="issuance_request_credits_a_period_once",
            ),
            models.CheckConstraint(
                condition=Q(units__gte=1, to_buffer__gte=0, to_buffer__lte=F("units")),
                name="issuance_request_divides_its_units",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class CreditLoss(models.Model):
    """Units that stand for nothing any more: a reversal that a verifier has found, or an issuance
    that is invalid.

    Settling it cancels what the buffer holds of the project, or what is still held of the issuance;
    the rest is owed, and replaced by cancelling other units.
    """

    class Kind(models.TextChoices):
        REVERSAL = "reversal", _("reversal of removals")
        INVALIDATION = "invalidation", _("invalidation")

    class State(models.TextChoices):
        STATED = "stated", _("stated")
        SETTLED = "settled", _("settled")
        REFUSED = "refused", _("refused")

    project = models.ForeignKey(
        OffsetProject, models.PROTECT, related_name="losses", verbose_name=_("project")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    verifier = models.ForeignKey(
        Verifier,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("verifier"),
    )
    request = models.ForeignKey(
        IssuanceRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="losses",
        verbose_name=_("issuance request"),
    )
    units = models.BigIntegerField(_("quantity (units)"))
    evidence = models.TextField(_("evidence"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.STATED)
    cancelled = models.BigIntegerField(_("cancelled (units)"), default=0)
    transaction = models.OneToOneField(
        Transaction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_loss",
        verbose_name=_("transaction"),
    )
    stated_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("stated by")
    )
    stated_at = models.DateTimeField(_("stated at"))
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("loss of credits")
        verbose_name_plural = _("losses of credits")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="reversal", verifier__isnull=False, request=None)
                | Q(kind="invalidation", verifier=None, request__isnull=False),
                name="credit_loss_is_found_or_decided",
            ),
            models.CheckConstraint(
                condition=Q(units__gte=1, cancelled__gte=0, cancelled__lte=F("units")),
                name="credit_loss_cancels_no_more_than_is_lost",
            ),
            models.CheckConstraint(
                condition=Q(state="stated", decided_by=None, decided_at=None, transaction=None)
                | Q(state__in=["settled", "refused"], decided_at__isnull=False)
                & Q(decided_by__isnull=False)
                & ~Q(decided_by=F("stated_by")),
                name="credit_loss_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(transaction=None, cancelled=0)
                | Q(state="settled", transaction__isnull=False, cancelled__gte=1),
                name="credit_loss_cancels_by_its_transaction",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def owed(self):
        """Units that are to be replaced, in all."""
        return self.units - self.cancelled if self.state == self.State.SETTLED else 0


class Replacement(models.Model):
    """Units that somebody cancels for a loss. Append-only; it counts unless its transaction ends
    without a posting."""

    loss = models.ForeignKey(
        CreditLoss, models.PROTECT, related_name="replacements", verbose_name=_("loss of credits")
    )
    units = models.BigIntegerField(_("quantity (units)"))
    transaction = models.OneToOneField(
        Transaction, models.PROTECT, related_name="replacement", verbose_name=_("transaction")
    )
    offered_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("offered by")
    )
    offered_at = models.DateTimeField(_("offered at"))

    class Meta:
        verbose_name = _("replacement")
        verbose_name_plural = _("replacements")
        constraints = [
            models.CheckConstraint(condition=Q(units__gte=1), name="replacement_is_of_some_units"),
        ]

    def __str__(self):
        return f"#{self.pk}"
