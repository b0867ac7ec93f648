"""What decisions took, and the units by which credits are rounded."""

from django.db import models
from django.db.models import Q

from registry.models import AccountHolder

from .edges import LinkEdge


class UnitsUsed(models.Model):
    """Units that an entity has used over an edge at one factor in a period.

    Credits are floors of this total, so that dividing a surrender changes no tonne.
    """

    edge_id = models.CharField(max_length=40)
    factor = models.CharField(max_length=40)
    entity = models.ForeignKey(AccountHolder, models.PROTECT, related_name="units_used")
    period = models.CharField(max_length=32)
    units = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edge_id", "factor", "entity", "period"], name="units_used_are_one_sum"
            ),
            models.CheckConstraint(condition=Q(units__gte=0), name="units_used_are_not_negative"),
        ]

    def __str__(self):
        return f"{self.edge_id} {self.period}"


class StoredDecision(models.Model):
    """A decision with all that it rested on, so that it can be made again and compared.

    `edge` is the version of the edge that decided; `request` and `outcome` are plain documents;
    each limit is there with what was left before and after.
    """

    edge = models.ForeignKey(LinkEdge, models.PROTECT, null=True, related_name="decisions")
    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    request = models.JSONField()
    outcome = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["edge", "at"], name="decision_by_edge")]

    def __str__(self):
        return f"#{self.pk}"


class Release(models.Model):
    """What a decision had taken was given back, once."""

    decision = models.OneToOneField(StoredDecision, models.PROTECT, related_name="release")
    at = models.DateTimeField()

    def __str__(self):
        return f"#{self.pk}"


class CarriedForward(models.Model):
    """What a period of a quota had left when it was closed, and how much of that the next one
    got: in the parts that the quota's counters count in, `scale` to a tonne."""

    pool = models.CharField(max_length=64)
    closed = models.CharField(max_length=32)
    opened = models.CharField(max_length=32)
    scale = models.BigIntegerField()
    left = models.BigIntegerField()
    carried = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left__gt=0, carried__gte=0, scale__gte=1)
                & Q(carried__lte=models.F("left")),
                name="carried_forward_is_of_what_was_left",
            ),
            models.CheckConstraint(
                condition=~Q(closed=models.F("opened")),
                name="carried_forward_to_another_period",
            ),
        ]

    def __str__(self):
        return f"{self.pool} {self.closed}"
