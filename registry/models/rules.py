"""Rules that are data: new versions of transaction types, caps, daily use, reconciliation."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .accounts import Account
from .jurisdictions import Registry
from .people import ApiKey, Person
from .sources import Sourced
from .transactions import TransactionType
from .units import UnitType


class TypeProposal(models.Model):
    """A version of a transaction type that someone proposes and another person decides on.

    `rules` is the whole version; `payload_hash` the SHA-256 of its canonical form: what is decided
    on. It changes once, by the decision, which makes the version in the same statement.
    """

    class Status(models.IntegerChoices):
        AWAITING_APPROVAL = 0, _("awaiting approval")
        APPROVED = 4, _("approved")
        REJECTED = 6, _("rejected")
        WITHDRAWN = 7, _("withdrawn")

    code = models.CharField(_("code"), max_length=40)
    registry = models.ForeignKey(
        Registry, models.PROTECT, null=True, blank=True, verbose_name=_("registry")
    )
    rules = models.JSONField(_("rules"))
    valid_from = models.DateTimeField(_("valid from"))
    reason = models.TextField(_("reason"))
    payload_hash = models.BinaryField(_("payload hash"), max_length=32)
    status = models.SmallIntegerField(
        _("status"), choices=Status.choices, default=Status.AWAITING_APPROVAL
    )
    proposer = models.ForeignKey(
        Person, models.PROTECT, related_name="proposed_types", verbose_name=_("proposer")
    )
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("API key")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    decider = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reason = models.TextField(_("reason for the decision"), blank=True)
    version = models.OneToOneField(
        TransactionType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposal",
        verbose_name=_("version made"),
    )

    class Meta:
        verbose_name = _("proposed version of a transaction type")
        verbose_name_plural = _("proposed versions of transaction types")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=0, decider__isnull=True, decided_at__isnull=True)
                | Q(status__in=[4, 6, 7], decider__isnull=False, decided_at__isnull=False),
                name="type_proposal_is_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[4, 6]) | ~Q(decider=F("proposer")),
                name="type_proposal_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status=4, version__isnull=False)
                | ~Q(status=4) & Q(version__isnull=True),
                name="type_proposal_approved_makes_a_version",
            ),
            models.UniqueConstraint(
                fields=["code", "registry"],
                condition=Q(status=0),
                nulls_distinct=False,
                name="type_proposal_waits_alone",
            ),
        ]

    def __str__(self):
        return f"{self.code} #{self.pk}"


class IssuanceCap(Sourced):
    """The most units of a type that may ever be issued, in all or of one vintage."""

    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, related_name="caps", verbose_name=_("unit type")
    )
    vintage_from = models.DateField(
        _("vintage from"), null=True, blank=True, help_text=_("Empty: all vintages together.")
    )
    units = models.BigIntegerField(_("cap (units)"))

    class Meta:
        verbose_name = _("issuance cap")
        verbose_name_plural = _("issuance caps")
        constraints = [
            models.UniqueConstraint(
                fields=["unit_type", "vintage_from"],
                nulls_distinct=False,
                name="issuance_cap_is_stated_once",
            ),
            models.CheckConstraint(condition=Q(units__gte=0), name="issuance_cap_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.units}"


class AccountDay(models.Model):
    """Units that were asked to leave an account on a day of its jurisdiction's time zone.

    Kept by the gate, for accounts with a daily limit; what ends without a posting is given back.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("account")
    )
    day = models.DateField(_("day"))
    units = models.BigIntegerField(_("units"))

    class Meta:
        verbose_name = _("day of an account")
        verbose_name_plural = _("days of accounts")
        constraints = [
            models.UniqueConstraint(fields=["account", "day"], name="account_day_is_one"),
            models.CheckConstraint(condition=Q(units__gte=0), name="account_day_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.day}"


class Reconciliation(models.Model):
    """A comparison with another registry's books that is not finished: its units stand still."""

    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="+", verbose_name=_("registry")
    )
    unit_type = models.ForeignKey(
        UnitType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unit type"),
        help_text=_("Empty: all unit types."),
    )
    reason = models.TextField(_("reason"), blank=True)
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("pending reconciliation")
        verbose_name_plural = _("pending reconciliations")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
                name="reconciliation_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(
                fields=["registry"],
                condition=Q(ended_at__isnull=True),
                name="reconciliation_pending",
            )
        ]

    def __str__(self):
        return f"#{self.pk}"
