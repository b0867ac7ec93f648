"""Carry what a quota left unused into its next period, as far as the edge allows."""

from django.db import transaction
from django.db.models import F

from linking.decide import limit_key, quota_limit
from linking.edges.edge import read
from linking.selectors.limits import scale_of
from registry.models import LimitCounter


@transaction.atomic
def carry_forward(row, quota_number, *, closed, opened) -> int:
    """Adds to the counter of the period `opened` what `closed` has left; parts of a tonne.

    The closed period's counter is brought down to its use, so that nothing is carried twice. The
    quota is one of a jurisdiction, absolute.
    """
    edge = read(row.document)
    quota = edge.quotas[quota_number]
    old = limit_key(edge, quota_number, quota, edge.source, None, closed)
    found = LimitCounter.objects.filter(pool=old.pool, period=closed, entity=None)
    counter = found.first()
    limit = quota_limit(edge, quota, None, opened, {}) * scale_of(edge, quota)
    unused = limit if counter is None else counter.capacity_t - counter.used_t
    carried = quota.carried(unused)
    if counter is not None:
        if not found.filter(used_t=counter.used_t, capacity_t=counter.capacity_t).update(
            capacity_t=F("used_t")
        ):
            return carry_forward(row, quota_number, closed=closed, opened=opened)
    else:
        LimitCounter.objects.create(pool=old.pool, period=closed, capacity_t=0)
    new, _created = LimitCounter.objects.get_or_create(
        pool=old.pool, period=opened, entity=None, defaults={"capacity_t": limit}
    )
    LimitCounter.objects.filter(pk=new.pk).update(capacity_t=F("capacity_t") + carried)
    return carried
