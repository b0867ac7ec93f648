"""Carry what a quota left unused into its next period, as far as the edge allows."""

from django.db import transaction

from linking.decide import limit_key, quota_limit
from linking.models import CarriedForward
from linking.selectors.limits import scale_of
from registry import limits


@transaction.atomic
def carry_forward(edge, quota_number, *, closed, opened, at, bases=None) -> int:
    """Adds to the period `opened` what `closed` has left; parts of a tonne.

    The quota is one of a jurisdiction; `bases` are as in linking.decide.State. Nothing is left of
    the closed period, so that nothing is carried twice, and nothing taken there that was carried.
    """
    quota = edge.quotas[quota_number]
    pool = limit_key(edge, quota_number, quota, edge.source, None, closed).pool
    scale = scale_of(edge, quota)
    limit = quota_limit(edge, quota, None, closed, bases or {}) * scale
    left = limits.close(pool, closed, limit)
    carried = quota.carried(left)
    if carried:
        limits.shift(pool, opened, carried)
    if left:
        CarriedForward.objects.create(
            pool=pool, closed=closed, opened=opened, scale=scale, left=left, carried=carried, at=at
        )
    return carried
