"""Counters of limits: how much of a pool an entity has taken in a period."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .accounts import AccountHolder

# More would cost more when a limit is exhausted than they save before.
MOST_SLOTS = 64


class LimitCounter(models.Model):
    """Capacity and use of one pool, for one entity (or for all together), in one period, tonnes.

    The pool is shared by whoever draws on it: one 5 % pool serves domestic and foreign offsets.
    What all draw on together can be divided into slots, a row each with an equal part of it, so
    that many draw at the same moment; its capacity and use are the sums. Slot 0 says how many
    there are, what the limit itself is (nothing: its capacity), and what the period has beyond it:
    carried forward, or made room for by counter-flows. That can be negative.
    """

    pool = models.CharField(_("pool"), max_length=64)
    entity = models.ForeignKey(
        AccountHolder, models.PROTECT, null=True, blank=True, verbose_name=_("entity")
    )
    period = models.CharField(_("period"), max_length=32)
    capacity_t = models.BigIntegerField(_("capacity (t)"))
    used_t = models.BigIntegerField(_("used (t)"), default=0)
    slot = models.IntegerField(_("slot"), default=0)
    slots = models.IntegerField(_("slots"), default=1)
    limit_t = models.BigIntegerField(_("limit (t)"), null=True, blank=True)
    extra_t = models.BigIntegerField(_("beyond the limit (t)"), default=0)

    class Meta:
        verbose_name = _("limit counter")
        verbose_name_plural = _("limit counters")
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "entity", "period", "slot"],
                nulls_distinct=False,
                name="limit_counter_is_one",
            ),
            models.CheckConstraint(
                condition=Q(used_t__gte=0, used_t__lte=F("capacity_t")),
                name="limit_counter_stays_within_capacity",
            ),
            models.CheckConstraint(
                condition=Q(slot=0, slots__gte=1, slots__lte=MOST_SLOTS)
                | Q(slot__gte=1, slot__lt=MOST_SLOTS, slots=1, limit_t=None, extra_t=0),
                name="limit_slots_are_told_by_the_first",
            ),
            models.CheckConstraint(
                condition=Q(entity=None) | Q(slot=0, slots=1),
                name="limit_of_an_entity_has_one_slot",
            ),
        ]

    def __str__(self):
        return f"{self.pool} {self.period}"
