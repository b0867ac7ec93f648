"""Reading the moments of documents, which canonical.instant writes in exactly one way. Pure."""

from datetime import datetime

from registry import canonical


def read(written: str) -> datetime:
    """The moment that a text of a document means.   Raises: ValueError."""
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None or canonical.instant(moment) != written:
        raise ValueError(f"{written!r} is no moment in UTC with six digits after the point")
    return moment
