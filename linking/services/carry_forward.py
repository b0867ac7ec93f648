"""Carry what a quota left unused into its next period, as far as the edge allows."""

from django.db import transaction
from django.db.models import F

from linking.decide import limit_key, quota_limit
from linking.edges.edge import read
from linking.models import QuotaExtra
from linking.selectors.limits import scale_of
from registry.models import LimitCounter


@transaction.atomic
def carry_forward(row, quota_number, *, closed, opened) -> int:
    """Adds to the period `opened` what `closed` has left; parts of a tonne.

    The quota is one of a jurisdiction, absolute.
    """
    edge = read(row.document)
    quota = edge.quotas[quota_number]
    pool = limit_key(edge, quota_number, quota, edge.source, None, closed).pool
    limit = quota_limit(edge, quota, None, closed, {}) * scale_of(edge, quota)
    used = LimitCounter.objects.filter(pool=pool, period=closed, entity=None)
    old, _created = QuotaExtra.objects.get_or_create(pool=pool, period=closed)
    unused = limit + old.parts - (used.values_list("used_t", flat=True).first() or 0)
    carried = quota.carried(max(0, unused))
    # Nothing is left of the closed period, so that nothing is carried twice.
    if not QuotaExtra.objects.filter(pk=old.pk, parts=old.parts).update(
        parts=F("parts") - max(0, unused)
    ):
        return carry_forward(row, quota_number, closed=closed, opened=opened)
    new, _created = QuotaExtra.objects.get_or_create(pool=pool, period=opened)
    QuotaExtra.objects.filter(pk=new.pk).update(parts=F("parts") + carried)
    return carried
