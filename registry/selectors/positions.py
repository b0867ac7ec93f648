"""The node's order: its head, what is not placed yet, and which position an instant means."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, InvalidInput
from registry.models import Position


@dataclass(frozen=True)
class Lag:
    """Postings without a position, and how long the oldest of them has waited."""

    unplaced: int
    oldest: timedelta | None


def head():
    """The last position given, as a Position, or None."""
    return Position.objects.order_by("-position").first()


def lag() -> Lag:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), clock_timestamp() - min(p.recorded_at) FROM registry_posting p"
            " WHERE p.id > (SELECT watermark FROM registry_sequencer)"
            " AND NOT EXISTS (SELECT FROM registry_position q WHERE q.posting_id = p.id)"
        )
        return Lag(*cursor.fetchone())


def resolve(*, position: int | None = None, instant: datetime | None = None) -> int | None:
    """The position that "as of" means; None for the present, unplaced postings included.

    Raises: InvalidInput (POSITION_AND_INSTANT, POSITION_IN_THE_FUTURE).
    """
    if position is not None and instant is not None:
        raise InvalidInput(
            Failure(
                "POSITION_AND_INSTANT",
                _("Ask as of a position or as of an instant, not both."),
                _("Leave one of them out."),
            )
        )
    if instant is not None:
        at = Position.objects.filter(instant__lte=instant).order_by("-instant", "-position")
        return next(iter(at.values_list("position", flat=True)[:1]), 0)
    if position is not None:
        last = head()
        if position < 0 or position > (last.position if last else 0):
            raise InvalidInput(
                Failure(
                    "POSITION_IN_THE_FUTURE",
                    _("There is no such position yet."),
                    _("Positions run from 1 to the head."),
                    data={"head": str(last.position if last else 0)},
                )
            )
    return position
