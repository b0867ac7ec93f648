"""The node's order: its head, what is not placed yet, and which position an instant means."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, InvalidInput, NotFound
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


def find(position: int) -> Position:
    """One position.   Raises: NotFound (UNKNOWN_POSITION)."""
    found = Position.objects.filter(pk=position).first()
    if found is None:
        raise NotFound(
            Failure(
                "UNKNOWN_POSITION",
                _("There is no such position yet."),
                _("Positions run from 1 to the head."),
                data={"position": str(position)},
            )
        )
    return found


def resolve(
    *, position: int | None = None, instant: datetime | None = None, now: datetime | None = None
) -> int | None:
    """The position that "as of" means; None for the present, unplaced postings included.

    An instant after `now` is refused: what it will mean is not known yet.

    Raises: InvalidInput (POSITION_AND_INSTANT, POSITION_IN_THE_FUTURE, INSTANT_IN_THE_FUTURE).
    """
    if position is not None and instant is not None:
        raise InvalidInput(
            Failure(
                "POSITION_AND_INSTANT",
                _("Ask as of a position or as of an instant, not both."),
                _("Leave one of them out."),
            )
        )
    if instant is not None and now is not None and instant > now:
        raise InvalidInput(
            Failure(
                "INSTANT_IN_THE_FUTURE",
                _("This instant has not come yet."),
                _("Ask as of an instant up to now; leave it out for the present."),
                data={"now": now.isoformat()},
            )
        )
    if instant is not None:
        last = head()
        if last is None or instant > last.instant:
            _await_running_pass()
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


def _await_running_pass():
    """Waits until a sequencing pass that is under way has ended.

    Its postings have their instants but are not visible yet; those of a later pass get instants
    after this moment. So the answer as of any instant up to now is final.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(hashtext('registry_sequence'))")
        cursor.execute("SELECT pg_advisory_unlock_shared(hashtext('registry_sequence'))")
