"""What is asked of a code, a name, a reason and a pair of days, wherever one is recorded."""

import re

from mrv.errors import failure
from registry.errors import InvalidInput

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
LONGEST_NAME = 200
LONGEST_REASON = 300


def code_failures(code):
    """What is wrong with a code."""
    return [] if CODE.fullmatch(code) else [failure("CODE_NOT_PRINTABLE", code=code[:40])]


def name_failures(name):
    """What is wrong with a name."""
    return [] if 0 < len(name.strip()) <= LONGEST_NAME else [failure("NAME_NEEDED")]


def reason_failures(reason):
    """What is wrong with a reason."""
    return [] if 0 < len(reason.strip()) <= LONGEST_REASON else [failure("REASON_NEEDED")]


def days_failures(first, last):
    """What is wrong with a first and a last day; no last day is an end that nobody knows yet."""
    if last is None or last >= first:
        return []
    return [failure("LAST_DAY_BEFORE_FIRST", first=first.isoformat(), last=last.isoformat())]


def refuse(*lists):
    """Raises: InvalidInput with all failures, where there are any."""
    failures = [each for failures in lists for each in failures]
    if failures:
        raise InvalidInput(*failures)
