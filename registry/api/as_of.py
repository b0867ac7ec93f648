"""The moment that an answer is about, and how the answer says so."""

from django.utils import timezone

from registry.selectors import positions


def resolve(asked):
    """The position asked for, or None for the present, and what the answer says of it.

    Raises: InvalidInput (POSITION_AND_INSTANT, POSITION_IN_THE_FUTURE, INSTANT_IN_THE_FUTURE).
    """
    now = timezone.now()
    position = positions.resolve(
        position=asked.get("as_of_position"), instant=asked.get("as_of_instant"), now=now
    )
    if position is None:
        return None, {"position": None, "instant": now}
    instant = positions.find(position).instant if position else None
    return position, {"position": position, "instant": instant}
