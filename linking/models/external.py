"""Credits of mechanisms outside all registries of this node, retired there for a use here."""

from django.contrib.postgres.fields import BigIntegerRangeField
from django.db import models
from django.db.models import F, Q

from registry.models import Account, Person, Transaction, UnitType

from .limits import StoredDecision


class ExternalRetirement(models.Model):
    """One person states that credits were retired at their mechanism for this acceptor, with the
    evidence; another one confirms it, and the acceptor issues what they convert to.

    `series` is what the serial says besides its numbers, so that the same credit is known again
    however it is written. It counts once on this node, whoever accepts it: the exclusion
    `external_credit_is_used_once` is in the migration's SQL.
    """

    class State(models.TextChoices):
        STATED = "stated", "stated"
        CONFIRMED = "confirmed", "confirmed"
        REFUSED = "refused", "refused"

    decision = models.OneToOneField(StoredDecision, models.PROTECT, related_name="retirement")
    unit_type = models.ForeignKey(UnitType, models.PROTECT, related_name="+")
    serial = models.CharField(max_length=200)
    series = models.CharField(max_length=300)
    serials = BigIntegerRangeField()
    vintage_from = models.DateField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="external_retirements")
    period = models.CharField(max_length=32)
    retired_on = models.DateField()
    evidence = models.CharField(max_length=1000)
    document_hash = models.BinaryField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.STATED)
    stated_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    transaction = models.OneToOneField(
        Transaction, models.PROTECT, null=True, related_name="external_retirement"
    )

    class Meta:
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
