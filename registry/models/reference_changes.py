"""Changes of reference data: proposed by one person, applied by another's approval, remembered."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .fields import TransactionIdField
from .people import ApiKey, Person


class ReferenceTable(models.TextChoices):
    """The tables whose rows change by proposals; without underscores they name the SQL tables."""

    JURISDICTION = "jurisdiction", _("jurisdiction")
    SCHEME = "scheme", _("scheme")
    REGISTRY = "registry", _("registry")
    UNIT_TYPE = "unit_type", _("unit type")
    UNIT_TYPE_ALIAS = "unit_type_alias", _("unit type alias")
    ACCOUNT_CLASS = "account_class", _("account class")
    ACCOUNT_HOLDER = "account_holder", _("account holder")
    CORPORATE_GROUP = "corporate_group", _("corporate group")
    GROUP_LIMIT = "group_limit", _("holding limit of a group")
    REGISTRY_RULES = "registry_rules", _("rules of a registry")
    ISSUANCE_CAP = "issuance_cap", _("issuance cap")
    CALENDAR_DAY = "calendar_day", _("calendar day")
    CALENDAR_YEAR = "calendar_year", _("calendar year")
    OFFICE_HOURS = "office_hours", _("office hours")
    FACT = "fact", _("fact")
    SOURCE = "source", _("source")


class Operation(models.TextChoices):
    """What becomes of a row."""

    ADD = "add", _("addition")
    CHANGE = "change", _("change")
    DELETE = "delete", _("deletion")


class ReferenceChange(models.Model):
    """A change of one row that someone proposes and another person decides on.

    `old` and `new` are the whole row, as PostgreSQL writes it as JSON: `old` is compared with the
    row when the change is applied. `payload_hash` is the SHA-256 of the canonical form of what is
    proposed: what is decided on.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    table = models.CharField(_("table"), max_length=32, choices=ReferenceTable.choices)
    operation = models.CharField(_("operation"), max_length=8, choices=Operation.choices)
    row_id = models.BigIntegerField(_("row"), null=True, blank=True)
    identity = models.CharField(_("identity"), max_length=400)
    old = models.JSONField(_("before"), null=True, blank=True)
    new = models.JSONField(_("after"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    source = models.TextField(_("source"))
    payload_hash = models.BinaryField(_("payload hash"), max_length=32)
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.WAITING
    )
    proposer = models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="proposed_reference_changes",
        verbose_name=_("proposer"),
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
    applied_xid = TransactionIdField(_("database transaction"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of reference data")
        verbose_name_plural = _("changes of reference data")
        constraints = [
            models.CheckConstraint(
                condition=Q(table__in=ReferenceTable.values), name="reference_change_table_is_known"
            ),
            models.CheckConstraint(
                condition=Q(operation="add", old__isnull=True, new__isnull=False)
                | Q(operation="change", row_id__isnull=False, old__isnull=False, new__isnull=False)
                | Q(operation="delete", row_id__isnull=False, old__isnull=False, new__isnull=True),
                name="reference_change_says_what_changes",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(source=""),
                name="reference_change_has_a_reason_and_a_source",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", decider__isnull=True, decided_at__isnull=True)
                | Q(
                    status__in=["approved", "rejected", "withdrawn"],
                    decider__isnull=False,
                    decided_at__isnull=False,
                ),
                name="reference_change_is_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "rejected"]) | ~Q(decider=F("proposer")),
                name="reference_change_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status="approved", applied_xid__isnull=False)
                | ~Q(status="approved") & Q(applied_xid__isnull=True),
                name="reference_change_approved_is_applied",
            ),
            models.UniqueConstraint(
                fields=["table", "identity"],
                condition=Q(status="waiting"),
                name="reference_change_waits_alone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["applied_xid"],
                condition=Q(applied_xid__isnull=False),
                name="reference_change_applied",
            )
        ]

    def __str__(self):
        return f"#{self.pk} {self.get_table_display()} {self.identity}"


class ReferenceLoading(models.Model):
    """A loading of reference data by the owner of the database, for one database transaction.

    Written by the function registry_begin_loading alone. Append-only.
    """

    what = models.TextField(_("what is loaded"))
    begun_at = models.DateTimeField(_("began at"))
    role = models.CharField(_("database role"), max_length=63)
    xid = TransactionIdField(_("database transaction"))

    class Meta:
        verbose_name = _("loading of reference data")
        verbose_name_plural = _("loadings of reference data")
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="reference_loading_says_what")
        ]
        indexes = [models.Index(fields=["xid"], name="reference_loading_by_xid")]

    def __str__(self):
        return f"#{self.pk}"


class ReferenceHistory(models.Model):
    """What happened to a row of reference data. Written by triggers only, and append-only.

    Without a change and without a loading: written before two system administrators were there.
    """

    table = models.CharField(_("table"), max_length=32, choices=ReferenceTable.choices)
    row_id = models.BigIntegerField(_("row"))
    operation = models.CharField(_("operation"), max_length=8, choices=Operation.choices)
    old = models.JSONField(_("before"), null=True)
    new = models.JSONField(_("after"), null=True)
    at = models.DateTimeField(_("at"))
    role = models.CharField(_("database role"), max_length=63)
    change = models.ForeignKey(
        ReferenceChange,
        models.PROTECT,
        null=True,
        related_name="history",
        verbose_name=_("change of reference data"),
    )
    loading = models.ForeignKey(
        ReferenceLoading,
        models.PROTECT,
        null=True,
        related_name="history",
        verbose_name=_("loading of reference data"),
    )

    class Meta:
        verbose_name = _("history of reference data")
        verbose_name_plural = _("history of reference data")
        indexes = [models.Index(fields=["table", "row_id"], name="reference_history_of_a_row")]

    def __str__(self):
        return f"{self.get_table_display()} #{self.row_id}"
