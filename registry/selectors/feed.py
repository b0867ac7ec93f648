"""Postings in the node's order, from a position on: what changed since."""

from registry.models import Position

from .scope import in_scope


def postings(actor, *, after: int, limit: int):
    """Placed postings of registries that the actor may read; at most `limit`, in order.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = Position.objects.filter(position__gt=after).select_related(
        "posting__transaction__type", "posting__transaction__registry"
    )
    return list(in_scope(rows, actor, "posting__transaction__registry").order_by("pk")[:limit])
