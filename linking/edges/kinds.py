"""Kinds of values in the document of an edge: each reads one value, or says why it can not. Pure.

Factors and shares are exact: text such as `0.8` or `4/5`. A binary fraction is refused, because
it is not the number that was written (100 times 0.29 would be 28).
"""

import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from .findings import Unreadable

EXACT = re.compile(r"(\d{1,18})(?:\.(\d{1,9})|/(\d{1,9}))?", re.ASCII)
WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
DAYS = re.compile(r"P(\d{1,4})D", re.ASCII)
LONGEST = 200


def text(value):
    if not (isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()):
        raise Unreadable("WRONG_TYPE", wanted="text")
    return str(value)


def texts(value):
    """A list of texts, each once, in the order in which they stand."""
    if not isinstance(value, list | tuple):
        raise Unreadable("WRONG_TYPE", wanted="list of texts")
    read = tuple(text(item) for item in value)
    if len(set(read)) != len(read):
        raise Unreadable("WRONG_TYPE", wanted="list without repetition")
    return read


def boolean(value):
    if type(value) is not bool:
        raise Unreadable("WRONG_TYPE", wanted="true or false")
    return value


def whole(value):
    """An integer, also as text."""
    if type(value) is bool or not (isinstance(value, int | str) and WHOLE.fullmatch(str(value))):
        raise Unreadable("NOT_EXACT", value=str(value)[:40])
    return int(value)


def exact(value):
    """A number that is not negative: `3`, `0.8` or `4/5`, as text; an integer as it is."""
    if type(value) is int and 0 <= value < 10**18:
        return Fraction(value)
    found = EXACT.fullmatch(value) if type(value) is str else None
    if found is None or (found[3] is not None and int(found[3]) == 0):
        raise Unreadable("NOT_EXACT", value=str(value)[:40])
    return Fraction(value)


def share(value):
    """A part of a whole, from 0 to 1."""
    read = exact(value)
    if read > 1:
        raise Unreadable("SHARE_ABOVE_ONE", value=str(value))
    return read


def day(value):
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(text(value))
    except ValueError as error:
        raise Unreadable("NOT_A_DATE", value=str(value)[:40]) from error


def instant(value):
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    try:
        read = datetime.fromisoformat(text(value).replace("Z", "+00:00"))
    except ValueError as error:
        raise Unreadable("NOT_AN_INSTANT", value=str(value)[:40]) from error
    if read.tzinfo is None:
        raise Unreadable("NOT_AN_INSTANT", value=str(value)[:40])
    return read.astimezone(UTC)


def days(value):
    """A duration in whole days, as ISO 8601 writes it: P30D."""
    found = DAYS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Unreadable("NOT_EXACT", value=str(value)[:40])
    return timedelta(days=int(found[1]))


def choice(*words):
    def read(value):
        if value not in words:
            raise Unreadable("NOT_A_CHOICE", value=str(value)[:40], words=", ".join(words))
        return str(value)

    return read


def optional(kind):
    """The kind, or null."""

    def read(value):
        return None if value is None else kind(value)

    return read
