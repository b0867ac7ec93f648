"""Give out a quota beforehand: pro rata to what was asked, in equal shares, or by sealed bids.

What an entity was given is a counter of its own, beside that of the quota.
"""

from dataclasses import dataclass

from django.db import transaction

from linking import permissions
from linking.amounts.apportion import Bid, auction, equal, pro_rata
from linking.decide import limit_key, quota_limit
from linking.edges.edge import read
from linking.errors import failure
from linking.selectors import agreements
from linking.selectors.limits import scale_of
from registry.errors import RuleViolated
from registry.models import LimitCounter


@dataclass(frozen=True)
class Allotment:
    """Tonnes by entity; `price` of one tonne in the smallest coins, 0 where nobody pays."""

    tonnes: dict
    price: int = 0


@transaction.atomic
def allot(*, actor, agreement, edge_id, quota_number, period, wishes) -> Allotment:
    """`wishes` maps entities to tonnes, or to bids where the quota is auctioned.

    The capacity is that of an absolute quota in one period; a period is given out once.

    Raises: NotPermitted, NotFound, RuleViolated (QUOTA_DOES_NOT_FIT, QUOTA_BELOW_USE).
    """
    of = agreements.agreement(agreement)
    row = agreements.edge_in_force(of, edge_id)
    permissions.require_party(actor, of, row.acceptor.code)
    edge = read(row.document)
    if quota_number >= len(edge.quotas):
        raise RuleViolated(failure("QUOTA_DOES_NOT_FIT", quota=str(quota_number + 1)))
    quota = edge.quotas[quota_number]
    capacity = quota_limit(edge, quota, None, period, {})
    is_bid = quota.allocation == "auction"
    if (
        capacity is None
        or quota.allocation == "fcfs"
        or any(isinstance(wish, tuple) != is_bid for wish in wishes.values())
    ):
        raise RuleViolated(failure("QUOTA_DOES_NOT_FIT", allocation=quota.allocation))
    key = limit_key(edge, quota_number, quota, edge.source, None, period)
    if LimitCounter.objects.filter(pool=key.pool, period=period, entity__isnull=False).exists():
        raise RuleViolated(failure("QUOTA_BELOW_USE", pool=key.pool))
    entities = sorted(wishes)
    price, given = _given(quota.allocation, capacity, [wishes[entity] for entity in entities])
    LimitCounter.objects.bulk_create(
        LimitCounter(
            pool=key.pool,
            period=period,
            entity_id=entity,
            capacity_t=tonnes * scale_of(edge, quota),
        )
        for entity, tonnes in zip(entities, given, strict=True)
    )
    return Allotment(dict(zip(entities, given, strict=True)), price)


def _given(allocation, capacity, wishes):
    if allocation == "per_entity":
        return 0, equal(capacity, len(wishes))
    if allocation == "pro_rata":
        return 0, pro_rata(capacity, wishes)
    return auction(capacity, [Bid(tonnes, price) for tonnes, price in wishes])
