"""Counters of limits: how much of a pool an entity has taken in a period."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .accounts import AccountHolder


class LimitCounter(models.Model):
    """Capacity and use of one pool, for one entity (or for all together), in one period, tonnes.

    The pool is shared by whoever draws on it: one 5 % pool serves domestic and foreign offsets.
    """

    pool = models.CharField(_("pool"), max_length=64)
    entity = models.ForeignKey(
        AccountHolder, models.PROTECT, null=True, blank=True, verbose_name=_("entity")
    )
    period = models.CharField(_("period"), max_length=32)
    capacity_t = models.BigIntegerField(_("capacity (t)"))
    used_t = models.BigIntegerField(_("used (t)"), default=0)

    class Meta:
        verbose_name = _("limit counter")
        verbose_name_plural = _("limit counters")
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "entity", "period"],
                nulls_distinct=False,
                name="limit_counter_is_one",
            ),
            models.CheckConstraint(
                condition=Q(used_t__gte=0, used_t__lte=F("capacity_t")),
                name="limit_counter_stays_within_capacity",
            ),
        ]

    def __str__(self):
        return f"{self.pool} {self.period}"
