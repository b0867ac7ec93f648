"""Transfers over links: one object with two halves, each a transaction of its registry."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models import Account, Person, Registry, Transaction, UnitType

from .edges import LinkEdge
from .limits import StoredDecision
from .peers import Peer


class Transfer(models.Model):
    """Units that go from one registry to another, and what became of them.

    Where both registries are on this node, the row is both halves. Where one of them is on
    another node, it is the half that this node keeps; `uuid` names the transfer on both, and
    `account_abroad` is the account's number there.

    The source's transaction decides: when it is completed, the units have left, and the
    destination takes them in. `edge` is the version of the edge that accepts; units that go
    home need none that is open. `answer` is what the other node has said: the terms of its
    acceptance, or why it refuses.

    Where the edge asks for it, people of the receiver accept (`accepted_by`) what its rules accept:
    a half that another node asks for waits as `asked`, and its `valid_until` is when the other node
    stops waiting; the units of one on this node do not leave before. `answer` is then why they
    refuse.
    """

    class Role(models.TextChoices):
        BOTH = "both", _("both halves")
        SOURCE = "source", pgettext_lazy("half of a transfer", "source")
        DESTINATION = "destination", pgettext_lazy("half of a transfer", "destination")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ASKED = "asked", pgettext_lazy("state of a transfer", "asked")
        ACCEPTED = "accepted", _("accepted")
        COMMITTED = "committed", pgettext_lazy("state of a transfer", "committed")
        COMPLETED = "completed", _("completed")
        REJECTED = "rejected", _("rejected")
        ABORTED = "aborted", _("aborted")

    class Method(models.TextChoices):
        RECOGNITION = "recognition", _("recognition")
        ISSUE_AND_CANCEL = "issue_and_cancel", _("conversion")
        ESCROW_MIRROR = "escrow_mirror", _("mirror")
        REPATRIATION = "repatriation", _("way home")

    uuid = models.UUIDField(_("transfer"), default=uuid.uuid4)
    role = models.CharField(_("half"), max_length=16, choices=Role.choices, default=Role.BOTH)
    peer = models.ForeignKey(
        Peer, models.PROTECT, null=True, related_name="transfers", verbose_name=_("peer")
    )
    method = models.CharField(_("method"), max_length=16, choices=Method.choices)
    edge = models.ForeignKey(
        LinkEdge, models.PROTECT, null=True, related_name="transfers", verbose_name=_("edge")
    )
    sender = models.ForeignKey(
        Registry, models.PROTECT, related_name="sent", verbose_name=_("sender")
    )
    receiver = models.ForeignKey(
        Registry, models.PROTECT, related_name="received", verbose_name=_("receiver")
    )
    destination = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        related_name="transfers_in",
        verbose_name=_("to account"),
    )
    account_abroad = models.CharField(_("account abroad"), max_length=40, blank=True)
    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, related_name="+", verbose_name=_("unit type")
    )
    quantity = models.BigIntegerField(_("quantity (units)"))
    period = models.CharField(_("period"), max_length=32, blank=True)
    source_transaction = models.OneToOneField(
        Transaction,
        models.PROTECT,
        null=True,
        related_name="transfer",
        verbose_name=_("transaction of the sender"),
    )
    destination_transaction = models.OneToOneField(
        Transaction,
        models.PROTECT,
        null=True,
        related_name="transfer_in",
        verbose_name=_("transaction of the receiver"),
    )
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.ACCEPTED
    )
    answer = models.JSONField(_("answer"), null=True)
    asks_people = models.BooleanField(_("people accept it"), default=False)
    accepted_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("accepted by")
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    valid_until = models.DateTimeField(_("accepted until"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("transfer over a link")
        verbose_name_plural = _("transfers over links")
        constraints = [
            models.UniqueConstraint(fields=["uuid", "role"], name="transfer_half_is_one"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "asked", "accepted", "committed"], ended_at=None)
                | Q(state__in=["completed", "rejected", "aborted"], ended_at__isnull=False),
                name="transfer_ends_at_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(role="source", destination_transaction=None)
                | Q(state="completed", destination_transaction__isnull=False)
                | ~Q(state="completed") & Q(destination_transaction=None),
                name="transfer_is_completed_by_its_destination",
            ),
            models.CheckConstraint(
                condition=Q(
                    role="both",
                    peer=None,
                    source_transaction__isnull=False,
                    destination__isnull=False,
                    state__in=["accepted", "completed", "aborted"],
                )
                | Q(
                    role="source",
                    peer__isnull=False,
                    source_transaction__isnull=False,
                    destination=None,
                )
                | Q(
                    role="destination",
                    peer__isnull=False,
                    source_transaction=None,
                    destination__isnull=False,
                    state__in=["asked", "accepted", "completed", "rejected", "aborted"],
                ),
                name="transfer_half_has_its_own_ends",
            ),
            models.CheckConstraint(
                condition=Q(
                    method__in=[
                        *("recognition", "issue_and_cancel", "escrow_mirror", "repatriation"),
                    ]
                ),
                name="transfer_method_is_known",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="transfer_moves_units"),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["proposed", "asked", "accepted", "committed"]),
                name="transfer_under_way",
            )
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def destination_number(self) -> str:
        """The number of the account that the units go to, on whichever node it is."""
        return self.account_abroad if self.role == self.Role.SOURCE else self.destination.number


class TransferPart(models.Model):
    """The units of a transfer that share vintage and activity, and the decision on them.

    `withheld` of the `quantity` go to the acceptor's reserve; `credited` tonnes are what
    converted units become.
    """

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="parts")
    decision = models.OneToOneField(StoredDecision, models.PROTECT, related_name="part")
    vintage_from = models.DateField()
    quantity = models.BigIntegerField()
    withheld = models.BigIntegerField(default=0)
    credited = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, withheld__gte=0, credited__gte=0)
                & Q(withheld__lte=F("quantity")),
                name="transfer_part_withholds_of_what_it_moves",
            ),
        ]

    def __str__(self):
        return f"#{self.transfer_id}: {self.quantity}"


class PromisedBlock(models.Model):
    """Serials that this node has promised another one to take in, by the transfer's acceptance.

    While `released_at` is empty nobody else is promised any of them: the exclusion is in the
    migration's SQL. They are released when the transfer is aborted, or when they are in the books.
    Units that were converted or mirrored come once, so these stay promised.
    """

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="promised")
    unit_type = models.ForeignKey(UnitType, models.PROTECT, related_name="+")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first")),
                name="promised_block_is_of_serials",
            ),
        ]

    def __str__(self):
        return f"{self.first}–{self.last}"
