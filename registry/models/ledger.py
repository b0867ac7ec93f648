"""The ledger: postings, holdings, marks, use, positions, and messages from other registries.

The tables that every transfer writes have no CHECK constraints: PostgreSQL parses each of them
anew for every statement, which cost a third of a transfer. The triggers that see these rows in
any case hold the same conditions, under names of the same kind.

Only registry/posting.py writes here, through the SQL functions beside the migrations. The rules
that the database itself holds are listed in docs/invariants.md.
"""

from django.contrib.postgres.fields import BigIntegerRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .accounts import Account, AccountHolder
from .fields import TransactionIdField
from .jurisdictions import Registry
from .transactions import Transaction
from .units import MAX_SERIAL, Issuance, UnitType


class Posting(models.Model):
    """The atomic change of holdings that one transaction makes; the transaction names it.

    The row is written after the holdings that it opens and closes; `xid` ties it to them.
    `salt` hides the confidential parts of its canonical bytes.
    """

    class Kind(models.TextChoices):
        ISSUE = "issue", _("issue")
        MOVE = "move", _("move")
        CONVERT = "convert", _("convert")
        POST_IN = "post_in", _("post in")
        POST_OUT = "post_out", _("post out")

    transaction = models.ForeignKey(
        Transaction,
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("transaction"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    message = models.ForeignKey(
        "registry.VerifiedMessage",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("verified message"),
    )
    xid = TransactionIdField(_("database transaction"))
    salt = models.BinaryField(_("salt"), max_length=32)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.UniqueConstraint(
                fields=["message"],
                condition=Q(message__isnull=False),
                name="posting_rests_on_a_message_once",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class Holding(models.Model):
    """In `registry`, `account` held the serials first..last from one posting until another."""

    registry = models.ForeignKey(
        Registry,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        verbose_name=_("registry"),
    )
    unit_type = models.ForeignKey(
        UnitType,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        verbose_name=_("unit type"),
    )
    first = models.BigIntegerField(_("first serial"))
    last = models.BigIntegerField(_("last serial"))
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="holdings",
        db_constraint=False,
        db_index=False,
        verbose_name=_("account"),
    )
    issuance = models.ForeignKey(
        Issuance, models.PROTECT, db_constraint=False, db_index=False, verbose_name=_("issuance")
    )
    vintage_from = models.DateField(_("vintage from"))
    is_foreign = models.BooleanField(_("issued by another registry"))
    opened_by = models.ForeignKey(
        Posting,
        models.PROTECT,
        related_name="opened",
        db_constraint=False,
        db_index=False,
        verbose_name=_("opened by"),
    )
    opened_xid = TransactionIdField(_("opening database transaction"))
    closed_by = models.ForeignKey(
        Posting,
        models.PROTECT,
        null=True,
        related_name="closed",
        db_constraint=False,
        db_index=False,
        verbose_name=_("closed by"),
    )
    closed_xid = TransactionIdField(_("closing database transaction"), null=True)

    class Meta:
        verbose_name = _("holding")
        verbose_name_plural = _("holdings")
        constraints = [
            models.UniqueConstraint(
                fields=["registry", "unit_type", "first"],
                condition=Q(closed_by__isnull=True),
                name="holding_open_starts_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "unit_type", "vintage_from", "first"],
                condition=Q(closed_by__isnull=True),
                name="holding_open_by_account",
            ),
            models.Index(fields=["account", "opened_by"], name="holding_by_account"),
            models.Index(fields=["opened_by"], name="holding_by_opening"),
            models.Index(
                fields=["closed_by"],
                condition=Q(closed_by__isnull=False),
                name="holding_by_closing",
            ),
        ]

    def __str__(self):
        return f"{self.first}–{self.last}"

    @property
    def quantity(self):
        return self.last - self.first + 1


class Mark(models.Model):
    """Something that holds for a range of serials without moving it.

    While a blocking mark stands, no other transaction moves the range. `account` is where the
    range was when a blocking mark was set, and therefore where it still is.
    """

    class Kind(models.TextChoices):
        RESERVATION = "reservation", _("reservation")
        LIEN = "lien", _("lien")
        FREEZE = "freeze", _("freeze")
        AUTHORIZATION = "authorization", _("authorization")
        FIRST_TRANSFER = "first_transfer", _("first transfer")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    registry = models.ForeignKey(Registry, models.PROTECT, verbose_name=_("registry"))
    unit_type = models.ForeignKey(UnitType, models.PROTECT, verbose_name=_("unit type"))
    first = models.BigIntegerField(_("first serial"))
    last = models.BigIntegerField(_("last serial"))
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, db_index=False, verbose_name=_("account")
    )
    transaction = models.ForeignKey(
        Transaction, models.PROTECT, related_name="marks", verbose_name=_("transaction")
    )
    line = models.PositiveIntegerField(_("line"), default=1)
    blocking = models.GeneratedField(
        expression=Q(kind__in=["reservation", "lien", "freeze"]),
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name=_("blocking"),
    )
    placed_at = models.DateTimeField(_("placed at"))
    released_by = models.ForeignKey(
        Transaction,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("released by"),
    )
    released_at = models.DateTimeField(_("released at"), null=True)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["reservation", "lien", "freeze", "authorization", "first_transfer"]
                ),
                name="mark_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first"), last__lte=MAX_SERIAL),
                name="mark_serials_are_in_range",
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True, released_at__isnull=True)
                | Q(released_by__isnull=False, released_at__isnull=False),
                name="mark_release_has_a_transaction_and_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["reservation", "lien", "freeze"]) | Q(account__isnull=False),
                name="mark_that_blocks_names_the_account",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "unit_type"],
                condition=Q(released_at__isnull=True, blocking=True),
                name="mark_blocking_by_account",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.first}–{self.last}"


class Use(models.Model):
    """What a range of serials was surrendered, retired or cancelled for. Append-only."""

    posting = models.ForeignKey(
        Posting,
        models.PROTECT,
        related_name="uses",
        db_constraint=False,
        verbose_name=_("posting"),
    )
    kind = models.CharField(_("kind"), max_length=16)
    registry = models.ForeignKey(
        Registry,
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        verbose_name=_("registry"),
    )
    unit_type = models.ForeignKey(
        UnitType,
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        verbose_name=_("unit type"),
    )
    first = models.BigIntegerField(_("first serial"))
    last = models.BigIntegerField(_("last serial"))
    entity = models.ForeignKey(
        AccountHolder,
        models.PROTECT,
        null=True,
        db_constraint=False,
        verbose_name=_("entity"),
    )
    period = models.CharField(_("period"), max_length=32, blank=True)
    credited_tonnes = models.BigIntegerField(_("credited (t)"))
    factor_version = models.CharField(_("factor version"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("use of units")
        verbose_name_plural = _("uses of units")
        indexes = [models.Index(fields=["unit_type", "first"], name="use_by_serial")]

    def __str__(self):
        return f"{self.kind} {self.first}–{self.last}"


class Position(models.Model):
    """A posting's place in the node's order: dense, from 1; instants never decrease."""

    position = models.BigIntegerField(_("position"), primary_key=True)
    posting = models.OneToOneField(
        Posting, models.PROTECT, related_name="place", verbose_name=_("posting")
    )
    instant = models.DateTimeField(_("instant"), db_index=True)

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        constraints = [
            models.CheckConstraint(condition=Q(position__gte=1), name="position_starts_at_one")
        ]

    def __str__(self):
        return str(self.position)


class Sequencer(models.Model):
    """Where the sequencer may begin to look. One row.

    No posting with an id up to `watermark` can still appear: every database transaction that
    could have taken such an id has ended. `candidate` becomes the watermark once that holds.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    watermark = models.BigIntegerField(default=0)
    candidate = models.BigIntegerField(default=0)
    candidate_xmax = TransactionIdField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="sequencer_is_one_row")]

    def __str__(self):
        return str(self.watermark)


class VerifiedMessage(models.Model):
    """A message of another registry whose signature was verified before it was stored."""

    digest = models.BinaryField(_("SHA-256 of the message"), max_length=32, unique=True)
    sender = models.ForeignKey(
        Registry, models.PROTECT, related_name="+", verbose_name=_("sending registry")
    )
    receiver = models.ForeignKey(
        Registry, models.PROTECT, related_name="+", verbose_name=_("receiving registry")
    )
    verified_at = models.DateTimeField(_("verified at"))

    class Meta:
        verbose_name = _("verified message")
        verbose_name_plural = _("verified messages")
        constraints = [
            models.CheckConstraint(
                condition=~Q(sender=F("receiver")), name="message_crosses_a_border"
            )
        ]

    def __str__(self):
        return bytes(self.digest).hex()[:16]


class MessageBlock(models.Model):
    """A range of serials that a verified message names."""

    message = models.ForeignKey(
        VerifiedMessage, models.PROTECT, related_name="blocks", verbose_name=_("message")
    )
    unit_type = models.ForeignKey(UnitType, models.PROTECT, verbose_name=_("unit type"))
    serials = BigIntegerRangeField(_("serials"))

    class Meta:
        verbose_name = _("block of a message")
        verbose_name_plural = _("blocks of a message")

    def __str__(self):
        return str(self.serials)
