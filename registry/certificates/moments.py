"""Moments as text in exactly one way: RFC 3339 in UTC with six digits after the point. Pure."""

import re
from datetime import UTC, datetime

FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")


def text(moment: datetime) -> str:
    """The moment as documents write it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def read(written: str) -> datetime:
    """The moment that a text of a document means.   Raises: ValueError."""
    if not FORM.fullmatch(written):
        raise ValueError(f"{written!r} is no moment in UTC with six digits after the point")
    return datetime.fromisoformat(written)
