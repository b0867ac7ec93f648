"""When what was approved may be completed."""

from datetime import datetime
from typing import NamedTuple

from registry import trust
from registry.calendars.working_time import Ending, end_of_delay
from registry.selectors.calendars import calendar_of


class Ends(NamedTuple):
    """The accounts of a line, by their ids."""

    source: int | None
    destination: int | None


def ending(kind, *, lines, registry_id, execute_at, at: datetime) -> Ending | None:
    """The end of a delay that begins at `at`; None where nothing has to wait.

    `kind` is the version of the transaction type, as a row; `execute_at` the moment before which
    the proposer does not want it. Lines have a source and a destination.
    """
    waits = kind["delay"] == "always" or (
        kind["delay"] == "untrusted" and trust.untrusted(trust.of_lines(lines), at)
    )
    if not waits:
        return None if execute_at is None else Ending(max(at, execute_at))
    end = end_of_delay(
        calendar_of(registry_id), at, days=kind["delay_days"], hours=kind["delay_hours"]
    )
    if execute_at is None or execute_at <= end.at:
        return end
    return Ending(execute_at, end.provisional)
