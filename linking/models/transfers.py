"""Transfers over links: one object with two halves, each a transaction of its registry."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Account, Registry, Transaction, UnitType

from .edges import LinkEdge
from .limits import StoredDecision


class Transfer(models.Model):
    """Units that were accepted at their destination, and what became of them.

    The source's transaction decides: when it is completed, the units have left, and the
    destination takes them in. `edge` is the version of the edge that accepted; units that go
    home need none that is open.
    """

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        COMPLETED = "completed", _("completed")
        ABORTED = "aborted", _("aborted")

    class Method(models.TextChoices):
        RECOGNITION = "recognition", _("recognition")
        ISSUE_AND_CANCEL = "issue_and_cancel", _("conversion")
        ESCROW_MIRROR = "escrow_mirror", _("mirror")
        REPATRIATION = "repatriation", _("way home")

    method = models.CharField(_("method"), max_length=16, choices=Method.choices)
    edge = models.ForeignKey(
        LinkEdge, models.PROTECT, null=True, related_name="transfers", verbose_name=_("edge")
    )
    sender = models.ForeignKey(
        Registry, models.PROTECT, related_name="sent", verbose_name=_("sender")
    )
    destination = models.ForeignKey(
        Account, models.PROTECT, related_name="transfers_in", verbose_name=_("to account")
    )
    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, related_name="+", verbose_name=_("unit type")
    )
    quantity = models.BigIntegerField(_("quantity (units)"))
    source_transaction = models.OneToOneField(
        Transaction,
        models.PROTECT,
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
    accepted_at = models.DateTimeField(_("accepted at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("transfer over a link")
        verbose_name_plural = _("transfers over links")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="accepted", ended_at=None)
                | Q(state__in=["completed", "aborted"], ended_at__isnull=False),
                name="transfer_ends_at_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(state="completed", destination_transaction__isnull=False)
                | Q(state__in=["accepted", "aborted"], destination_transaction=None),
                name="transfer_is_completed_by_its_destination",
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
            models.Index(fields=["id"], condition=Q(state="accepted"), name="transfer_under_way")
        ]

    def __str__(self):
        return f"#{self.pk}"


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
                & Q(withheld__lte=models.F("quantity")),
                name="transfer_part_withholds_of_what_it_moves",
            ),
        ]

    def __str__(self):
        return f"#{self.transfer_id}: {self.quantity}"
