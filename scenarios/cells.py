"""What a cell of a data file may say, and the value that it stands for.

Each reader takes the text of a cell that is not empty and raises Broken for a text that it does
not accept. Quantities are integers and shares exact rationals: no value here is ever a float.
"""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .broken import Broken, gettext_noop

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,15}")
LANGUAGES = ("en", "zh_hans", "ja", "ko")
MAX_TONNES = 10**12


def text(limit=None):
    """Any text, up to `limit` characters: what the database's column holds."""

    def read(cell):
        if limit is not None and len(cell) > limit:
            raise Broken(
                "CELL_TOO_LONG",
                gettext_noop("The text has %(found)s characters."),
                gettext_noop("Shorten it to %(limit)s."),
                found=len(cell),
                limit=limit,
            )
        return cell

    return read


def code(cell):
    """A code of up to 16 letters, digits, dots and hyphens."""
    if not CODE.fullmatch(cell):
        raise _not(cell, gettext_noop("“%(cell)s” is not a code."), "KR-ETRS")
    return cell


def registry_code(cell):
    """A registry's code: capitals, digits and hyphens, because account numbers begin with it."""
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,15}", cell):
        raise _not(cell, gettext_noop("“%(cell)s” is not a code of a registry."), "KR-ETRS")
    return cell


def one_of(*choices):
    """One of some words."""

    def read(cell):
        if cell not in choices:
            raise _not(
                cell, gettext_noop("“%(cell)s” is not a word for this column."), ", ".join(choices)
            )
        return cell

    return read


def yes_or_no(cell):
    """yes or no, as a truth value."""
    return one_of("yes", "no")(cell) == "yes"


def list_of(read_item):
    """Values separated by semicolons, none twice."""

    def read(cell):
        items = tuple(read_item(item) for item in cell.split(";"))
        if len(set(items)) < len(items):
            raise _not(
                cell,
                gettext_noop("“%(cell)s” names something twice."),
                ";".join(dict.fromkeys(cell.split(";"))),
            )
        return items

    return read


def day(cell):
    """A day, as YYYY-MM-DD."""
    try:
        if len(cell) == 10:
            return date.fromisoformat(cell)
    except ValueError:
        pass
    raise _not(cell, gettext_noop("“%(cell)s” is not a day of the calendar."), "2026-08-31")


def day_month_or_year(cell):
    """A day, a month or a year, kept as it is written: some starts are known no closer."""
    day(cell + "-01-01"[len(cell) - 4 :] if len(cell) in (4, 7) else cell)
    return cell


def integer(cell):
    """A whole number without sign or separators."""
    if not re.fullmatch(r"0|[1-9]\d{0,17}", cell, re.ASCII):
        raise _not(cell, gettext_noop("“%(cell)s” is not a whole number."), "567100000")
    return int(cell)


def tonnes(cell):
    """Tonnes, or units: at least 1, and no more than a unit type has serials."""
    value = integer(cell)
    if not 1 <= value <= MAX_TONNES:
        raise _not(cell, gettext_noop("“%(cell)s” is not a quantity from 1 to 10^12."), "567100000")
    return value


def decimal(cell):
    """A decimal number in plain digits, exact."""
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,12})?", cell, re.ASCII):
        raise _not(cell, gettext_noop("“%(cell)s” is not a decimal number."), "0.05")
    return Decimal(cell)


def rational(cell):
    """An exact rational: a decimal number or a fraction, as 0.8 or 1/3."""
    if not re.fullmatch(r"\d{1,15}(\.\d{1,12}|/[1-9]\d{0,14})?", cell, re.ASCII):
        raise _not(cell, gettext_noop("“%(cell)s” is not an exact rational."), "1/3")
    return Fraction(cell)


def month_and_day(cell):
    """A day of every year, as MM-DD."""
    try:
        # A leap year, so that 29 February is a day.
        day(f"2024-{cell}")
    except Broken:
        raise _not(cell, gettext_noop("“%(cell)s” is not a month and day."), "08-31") from None
    return cell


def time_zone(cell):
    """A zone of the IANA time zone database."""
    try:
        ZoneInfo(cell)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _not(cell, gettext_noop("“%(cell)s” is not a time zone."), "Asia/Seoul") from None
    return cell


def currency(cell):
    """An ISO 4217 code."""
    if not re.fullmatch(r"[A-Z]{3}", cell):
        raise _not(cell, gettext_noop("“%(cell)s” is not a currency code."), "KRW")
    return cell


def _not(cell, message, example):
    hint = gettext_noop("Write it like this: %(example)s.")
    return Broken("CELL_NOT_ACCEPTED", message, hint, cell=cell, example=example)
