"""What becomes of transfers when a link is suspended. Pure."""

from datetime import datetime, timedelta

KEPT, RETURNED, SETTLED, REFUSED = "KEPT", "RETURNED", "SETTLED", "LINK_SUSPENDED"


def outcome(
    *, initiated: datetime, posted_out: datetime | None, suspended: datetime, policy: str
) -> str:
    """What a transfer comes to. Half-open: an instant before `suspended` is before it.

    Posted out before: kept. Proposed before and not posted out: returned, or settled where the
    agreement says so. Proposed at that instant or later: refused.
    """
    if initiated >= suspended:
        return REFUSED
    if posted_out is not None and posted_out < suspended:
        return KEPT
    return RETURNED if policy == "return" else SETTLED


def effective(decided: datetime, notice_days: int) -> datetime:
    """The instant from which a withdrawal holds."""
    return decided + timedelta(days=notice_days)
