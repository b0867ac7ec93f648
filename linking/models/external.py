"""Credits that were retired at their mechanism for a use in another registry: what that registry
is told, and what a mechanism of this node has told others."""

from django.contrib.postgres.fields import BigIntegerRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import Account, Person, Registry, Transaction, UnitType

from .limits import StoredDecision
from .peers import InboxMessage, OutboxMessage


class ExternalRetirement(models.Model):
    """One person states that credits were retired at their mechanism for this acceptor, with the
    evidence; another one confirms it, and the acceptor issues what they convert to. Where the
    mechanism's node says so itself, `message` is the evidence, and links state it.

    `series` is what the serial says besides its numbers, so that the same credit is known again
    however it is written. It counts once on this node, whoever accepts it: the exclusion
    `external_credit_is_used_once` is in the migration's SQL.
    """

    class State(models.TextChoices):
        STATED = "stated", _("stated")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")

    decision = models.OneToOneField(StoredDecision, models.PROTECT, related_name="retirement")
    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, related_name="+", verbose_name=_("unit type")
    )
    serial = models.CharField(_("serial"), max_length=200)
    series = models.CharField(max_length=300)
    serials = BigIntegerRangeField()
    vintage_from = models.DateField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="external_retirements")
    period = models.CharField(max_length=32)
    retired_on = models.DateField(_("retired on"))
    evidence = models.CharField(max_length=1000)
    document_hash = models.BinaryField()
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.STATED)
    stated_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("stated by")
    )
    stated_at = models.DateTimeField()
    message = models.OneToOneField(
        InboxMessage,
        models.PROTECT,
        null=True,
        related_name="retirement",
        verbose_name=_("message"),
    )
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(null=True)
    transaction = models.OneToOneField(
        Transaction, models.PROTECT, null=True, related_name="external_retirement"
    )

    class Meta:
        verbose_name = _("credit retired elsewhere")
        verbose_name_plural = _("credits retired elsewhere")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="stated", decided_by=None, decided_at=None)
                | Q(state__in=["confirmed", "refused"], decided_by__isnull=False)
                & Q(decided_at__isnull=False)
                & ~Q(decided_by=F("stated_by")),
                name="external_retirement_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", transaction__isnull=False)
                | Q(state__in=["stated", "refused"], transaction=None),
                name="external_retirement_is_confirmed_by_its_issuance",
            ),
        ]

    def __str__(self):
        return self.serial

    @property
    def quantity(self):
        return self.serials.upper - self.serials.lower


class RetirementFor(models.Model):
    """Credits of a mechanism of this node that are retired for a use in another registry.

    `transaction` retires one run of one issuance. When it is completed, the acceptor is told: by
    `message`, or by `statement` where this node keeps the acceptor too. What it answers is final;
    credits that it does not take stay retired, and their retirement may be reversed.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        TOLD = "told", _("acceptor is told")
        CREDITED = "credited", _("credited by the acceptor")
        REFUSED = "refused", _("refused by the acceptor")
        ABORTED = "aborted", _("aborted")

    transaction = models.OneToOneField(
        Transaction, models.PROTECT, related_name="retirement_for", verbose_name=_("transaction")
    )
    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, related_name="+", verbose_name=_("unit type")
    )
    first = models.BigIntegerField(_("first serial"))
    last = models.BigIntegerField(_("last serial"))
    acceptor = models.ForeignKey(
        Registry, models.PROTECT, related_name="+", verbose_name=_("acceptor's registry")
    )
    account = models.CharField(_("to account"), max_length=40)
    period = models.CharField(_("period"), max_length=32, blank=True)
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.PROPOSED
    )
    message = models.OneToOneField(
        OutboxMessage, models.PROTECT, null=True, related_name="+", verbose_name=_("message")
    )
    statement = models.OneToOneField(
        ExternalRetirement,
        models.PROTECT,
        null=True,
        related_name="told_by",
        verbose_name=_("statement"),
    )
    answer = models.JSONField(_("answer"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("retirement for a use elsewhere")
        verbose_name_plural = _("retirements for a use elsewhere")
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first")),
                name="retirement_for_is_of_serials",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "told"], ended_at=None)
                | Q(state__in=["credited", "refused", "aborted"], ended_at__isnull=False),
                name="retirement_for_ends_at_an_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state="proposed"), name="retirement_for_to_be_told"
            )
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def quantity(self):
        return self.last - self.first + 1
