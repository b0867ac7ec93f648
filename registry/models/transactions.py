"""What people propose, approve and complete; how, is said by the type's current version."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .accounts import Account, AccountHolder
from .jurisdictions import Registry
from .names import Named
from .people import ApiKey, Person
from .units import UnitType


class TransactionType(Named):
    """One version of the rules of a transaction type. A version never changes.

    `number` is the primary and supplementary code that the ITL and the UK registry use.
    A row with a registry holds there instead of the row without one.
    """

    class Delay(models.TextChoices):
        NONE = "none", _("none")
        UNTRUSTED = "untrusted", _("to accounts that are not trusted")
        ALWAYS = "always", _("always")

    class Effect(models.TextChoices):
        ISSUE = "issue", _("brings units into being")
        MOVE = "move", _("moves units")
        CONVERT = "convert", _("cancels units and issues others for them")
        CONSOLIDATE = "consolidate", _("merges adjacent blocks of an account")
        POST_IN = "post_in", _("takes in units from abroad")
        POST_OUT = "post_out", _("sends foreign units home or on")
        FREEZE = "freeze", _("freezes units where they are")
        RELEASE = "release", _("releases frozen units")

    code = models.CharField(_("code"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    registry = models.ForeignKey(
        Registry, models.PROTECT, null=True, blank=True, verbose_name=_("registry")
    )
    number = models.CharField(_("number"), max_length=8)
    effect = models.CharField(_("effect"), max_length=16, choices=Effect.choices)
    source_kinds = ArrayField(models.CharField(max_length=32), verbose_name=_("from accounts"))
    destination_kinds = ArrayField(models.CharField(max_length=32), verbose_name=_("to accounts"))
    source_statuses = ArrayField(
        models.CharField(max_length=32), verbose_name=_("statuses that may give")
    )
    destination_statuses = ArrayField(
        models.CharField(max_length=32), verbose_name=_("statuses that may receive")
    )
    unit_kinds = ArrayField(models.CharField(max_length=16), verbose_name=_("unit kinds"))
    roles = ArrayField(models.CharField(max_length=32), verbose_name=_("roles that may propose"))
    approver_roles = ArrayField(
        models.CharField(max_length=32), verbose_name=_("roles that may approve"), default=list
    )
    approvals = models.PositiveSmallIntegerField(_("approvals needed"))
    bands = models.JSONField(
        _("approvals by amount"),
        null=True,
        blank=True,
        help_text=_("Above so many units in all, so many approvals are needed."),
    )
    reason_required = models.BooleanField(_("a reason is mandatory"), default=False)
    expires_after_hours = models.PositiveIntegerField(
        _("expires after (hours)"),
        null=True,
        blank=True,
        help_text=_("Counted from the proposal, and anew from the end of a delay."),
    )
    delay = models.CharField(_("delayed"), max_length=16, choices=Delay.choices, default=Delay.NONE)
    delay_days = models.PositiveSmallIntegerField(_("delay (working days)"), default=0)
    delay_hours = models.PositiveSmallIntegerField(_("delay (working hours)"), default=0)
    trusted_only = models.BooleanField(_("to trusted accounts only"), default=False)
    counts_per_day = models.BooleanField(_("counts towards the daily limit"), default=False)
    pool = models.CharField(
        _("draws on the pool"),
        max_length=64,
        blank=True,
        help_text=_("What an entity may be given in a period is a limit of this pool."),
    )
    earliest_vintage = models.DateField(_("earliest vintage"), null=True, blank=True)
    latest_vintage = models.DateField(_("latest vintage"), null=True, blank=True)
    reversible = models.BooleanField(_("reversible"), default=False)
    reversal_days = models.PositiveSmallIntegerField(
        _("reversible for (days)"), null=True, blank=True
    )
    records_use = models.CharField(
        _("records use as"),
        max_length=16,
        blank=True,
        help_text=_("Surrender, retirement or cancellation is recorded for each range."),
    )
    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    digest = models.BinaryField(_("SHA-256 of this version"), max_length=32)

    class Meta:
        verbose_name = _("transaction type")
        verbose_name_plural = _("transaction types")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "registry", "version"],
                nulls_distinct=False,
                name="transaction_type_version_is_one",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="transaction_type_is_valid_for_an_interval",
            ),
            models.CheckConstraint(
                condition=Q(delay="none", delay_days=0, delay_hours=0)
                | Q(delay__in=["untrusted", "always"])
                & (Q(delay_days__gt=0) | Q(delay_hours__gt=0)),
                name="transaction_type_delays_for_some_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_after_hours__isnull=True) | Q(expires_after_hours__gt=0),
                name="transaction_type_proposals_live_for_some_time",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.name}"


class Transaction(models.Model):
    """A proposal and what became of it; it ends in one posting or in none.

    References to the type, registry and persons are held by a trigger instead of foreign keys:
    every transaction would lock the same few rows, and these rows are never deleted.

    Its first state is the one it was proposed in; TransactionEvent tells the later ones. Its
    lines are a column of their own (registry_line[], see TransactionLine).

    `payload_hash` is the SHA-256 of the canonical payload: what approvers approve; empty where
    the type asks for no approval.
    `approvals_needed` is what its type asked for its amount when it was proposed. A delayed one has
    the moment `due_at` before which it can not be completed; one that waits, for a decision or for
    its completion, ends at `expires_at`.
    `request_hash` is that of what the proposer said: it tells a repeated request from another
    one under the same key, whatever has changed in the registry between the two.
    """

    class Status(models.IntegerChoices):
        FAILED = -1, _("failed")
        AWAITING_APPROVAL = 0, _("awaiting approval")
        PROPOSED = 1, _("proposed")
        CHECKED_NO_DISCREPANCY = 2, _("checked, no discrepancy")
        CHECKED_DISCREPANCY = 3, _("checked, discrepancy")
        COMPLETED = 4, _("completed")
        TERMINATED = 5, _("terminated")
        REJECTED = 6, _("rejected")
        CANCELLED = 7, _("cancelled")
        ACCEPTED = 8, _("accepted")
        REVERSED = 20, _("reversed")
        DELAYED = 30, _("delayed")
        MANUALLY_CANCELLED = 40, _("cancelled by a person")

    type = models.ForeignKey(
        TransactionType,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        verbose_name=_("type"),
    )
    registry = models.ForeignKey(
        Registry, models.PROTECT, db_constraint=False, verbose_name=_("registry")
    )
    status = models.SmallIntegerField(_("status"), choices=Status.choices)
    proposer = models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="proposed",
        db_constraint=False,
        db_index=False,
        verbose_name=_("proposer"),
    )
    api_key = models.ForeignKey(
        ApiKey,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        verbose_name=_("API key"),
    )
    key = models.CharField(_("idempotency key"), max_length=200)
    request_hash = models.BinaryField(_("request hash"), max_length=32)
    payload_hash = models.BinaryField(_("payload hash"), max_length=32, null=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversals",
        db_index=False,
        verbose_name=_("reverses"),
    )
    at = models.DateTimeField(_("business time"))
    proposed_at = models.DateTimeField(_("proposed at"))
    approvals_needed = models.PositiveSmallIntegerField(_("approvals needed"), default=0)
    execute_at = models.DateTimeField(_("not before"), null=True, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    posting = models.OneToOneField(
        "registry.Posting",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("posting"),
    )

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        indexes = [
            models.Index(
                fields=["status", "registry"],
                condition=Q(status__in=[0, 30]),
                name="transaction_waiting",
            ),
            models.Index(fields=["due_at", "id"], condition=Q(status=30), name="transaction_due"),
            models.Index(
                fields=["expires_at", "id"],
                condition=Q(status__in=[0, 30], expires_at__isnull=False),
                name="transaction_expiring",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["proposer", "key"], name="transaction_key_is_used_once"
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False, status__in=[0, 1, 2, 3, 4, 8, 30]),
                name="transaction_is_reversed_once",
            ),
        ]

    def __str__(self):
        return f"#{self.pk} {self.get_status_display()}"


class TransactionLine(models.Model):
    """One movement of a transaction: how many units of what, from where to where.

    A view on the transaction's own row, which holds all its lines: ten thousand lines are one
    row, and they can not change. `first` and `last` name serials; without them units are picked
    by vintage, then serial. `minimum` is the least quantity that the proposer accepts.
    """

    id = models.CharField(primary_key=True, max_length=32)
    transaction = models.ForeignKey(
        Transaction, models.DO_NOTHING, related_name="lines", verbose_name=_("transaction")
    )
    number = models.PositiveIntegerField(_("line"))
    source = models.ForeignKey(
        Account,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        verbose_name=_("from account"),
    )
    destination = models.ForeignKey(
        Account,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        verbose_name=_("to account"),
    )
    unit_type = models.ForeignKey(UnitType, models.DO_NOTHING, verbose_name=_("unit type"))
    quantity = models.BigIntegerField(_("quantity (units)"))
    minimum = models.BigIntegerField(_("least quantity (units)"))
    first = models.BigIntegerField(_("first serial"), null=True, blank=True)
    last = models.BigIntegerField(_("last serial"), null=True, blank=True)
    vintage_from = models.DateField(_("vintage from"), null=True, blank=True)
    entity = models.ForeignKey(
        AccountHolder,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entity"),
    )
    period = models.CharField(_("period"), max_length=32, blank=True)
    credited_tonnes = models.BigIntegerField(_("credited (t)"), null=True, blank=True)
    factor_version = models.CharField(_("factor version"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("transaction line")
        verbose_name_plural = _("transaction lines")
        managed = False
        db_table = "registry_transactionline"
        ordering = ["number"]

    def __str__(self):
        return f"{self.number}: {self.quantity}"


class TransactionEvent(models.Model):
    """A change of a transaction's state after it was proposed. Append-only."""

    transaction = models.ForeignKey(
        Transaction,
        models.PROTECT,
        related_name="events",
        db_constraint=False,
        verbose_name=_("transaction"),
    )
    status = models.SmallIntegerField(_("status"), choices=Transaction.Status.choices)
    at = models.DateTimeField(_("at"))
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("person"),
    )
    api_key = models.ForeignKey(
        ApiKey,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("API key"),
    )
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("transaction event")
        verbose_name_plural = _("transaction events")

    def __str__(self):
        return self.get_status_display()


class Approval(models.Model):
    """One person's decision on exactly one payload. The database refuses the proposer's own."""

    transaction = models.ForeignKey(
        Transaction, models.PROTECT, related_name="approvals", verbose_name=_("transaction")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="approvals", verbose_name=_("person")
    )
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("API key")
    )
    approved = models.BooleanField(_("approved"))
    payload_hash = models.BinaryField(_("payload hash"), max_length=32)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "person"], name="approval_is_one_per_person"
            )
        ]

    def __str__(self):
        return f"#{self.transaction_id}"
