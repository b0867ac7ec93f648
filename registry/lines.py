"""The lines of a proposal, and the form that they must have before any table is read. Pure."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from .errors import Failure, InvalidInput

MAX_SERIAL = 10**12
MAX_ID = 2**63 - 1
TEXT_LENGTHS = {"period": 32, "factor_version": 64}


@dataclass(frozen=True, slots=True)
class Line:
    """One movement: `quantity` units of a type, from an account to another, by their ids.

    `first` names serials (the run that begins there); `vintage_from` restricts picking to the
    vintage that begins on that day; `minimum` is the least quantity that is acceptable.
    `entity`, `period`, `credited_tonnes` and `factor_version` say what the units are used for.
    """

    source: int | None
    destination: int | None
    unit_type: int
    quantity: int
    minimum: int | None = None
    first: int | None = None
    vintage_from: date | None = None
    entity: int | None = None
    period: str = ""
    credited_tonnes: int | None = None
    factor_version: str = ""

    def said(self):
        """The line as canonical text, to compare a repeated request with the first."""
        return [
            f"{self.source} {self.destination} {self.unit_type} {self.quantity} {self.minimum}"
            f" {self.first} {self.vintage_from} {self.entity} {self.credited_tonnes}",
            self.period,
            self.factor_version,
        ]


def require_form(lines):
    """Raises: InvalidInput with every broken line."""
    failures = []
    if not lines:
        failures.append(
            Failure("NO_LINES", _("The proposal moves nothing."), _("Give at least one line."))
        )
    for number, line in enumerate(lines, 1):
        if not _is_plain(line):
            failures.extend(number_failures(line, number))
            failures.extend(_reference_failures(line, number))
            failures.extend(_detail_failures(line, number))
    if failures:
        raise InvalidInput(*failures)


def _is_plain(line):
    """Whether only what every line has is given, and in order: then nothing else is looked at."""
    for value in (line.source, line.destination, line.unit_type, line.entity):
        if value is not None and not (type(value) is int and 0 < value <= MAX_ID):
            return False
    return (
        type(line.quantity) is int
        and 0 < line.quantity <= MAX_SERIAL
        and line.minimum is None
        and line.first is None
        and line.vintage_from is None
        and line.credited_tonnes is None
        and line.period == ""
        and line.factor_version == ""
    )


def _reference_failures(line, number):
    for value in (line.source, line.destination, line.unit_type, line.entity):
        if value is not None and not (type(value) is int and 0 < value <= MAX_ID):
            yield Failure(
                "INVALID_REFERENCE",
                _("This is not the number of an account, unit type or entity."),
                _("Use the numbers that the registry gives."),
                number,
                {"value": str(value)},
            )


def _detail_failures(line, number):
    if line.vintage_from is not None and type(line.vintage_from) is not date:
        yield Failure(
            "INVALID_VINTAGE",
            _("A vintage is named by the day on which it begins."),
            _("Give a date."),
            number,
            {"value": str(line.vintage_from)},
        )
    credit = line.credited_tonnes
    if credit is not None and not (type(credit) is int and 0 <= credit <= MAX_ID):
        yield Failure(
            "INVALID_CREDIT",
            _("Credited tonnes are whole and not negative."),
            _("Give an integer without fraction or exponent."),
            number,
            {"value": str(credit)},
        )
    for name, length in TEXT_LENGTHS.items():
        failure = text_failure(getattr(line, name), name, length, number)
        if failure:
            yield failure


def text_failure(value, name, length, number=None):
    """What is wrong with a text that will be stored, or None."""
    if isinstance(value, str) and len(value) <= length and "\0" not in value:
        return None
    return Failure(
        "INVALID_TEXT",
        _("This can not be stored as text."),
        _("Give a shorter text without null characters."),
        number,
        {"field": name, "longest": str(length)},
    )


def number_failures(line, number):
    """Yields what is wrong with the numbers of one line."""
    quantity = units_failure(line.quantity, number, "quantity")
    if quantity:
        yield quantity
    for name in ("minimum", "first"):
        value = getattr(line, name)
        if value is not None:
            failure = units_failure(value, number, name)
            if failure:
                yield failure
            elif name == "minimum" and not quantity and value > line.quantity:
                yield Failure(
                    "MINIMUM_ABOVE_QUANTITY",
                    _("The least quantity is above the quantity."),
                    _("Lower the least quantity, or leave it out."),
                    number,
                )
            elif name == "first" and not quantity and value + line.quantity - 1 > MAX_SERIAL:
                yield Failure(
                    "SERIALS_OUT_OF_RANGE",
                    _("The named serials go past the last serial that a unit type can have."),
                    _("Serials run from 1 to 1,000,000,000,000."),
                    number,
                )


def units_failure(value, number, name):
    """What is wrong with a number of units or a serial, or None."""
    if type(value) is not int:
        return Failure(
            "NOT_WHOLE_UNITS",
            _("Units are counted in whole numbers."),
            _("Give an integer without fraction or exponent; in JSON, as text."),
            number,
            {"field": name, "value": str(value)},
        )
    if value < 1:
        return Failure(
            "NOT_POSITIVE",
            _("The number of units must be at least 1."),
            _("To move units the other way, exchange the accounts."),
            number,
            {"field": name, "value": str(value)},
        )
    if value > MAX_SERIAL:
        return Failure(
            "TOO_LARGE",
            _("A unit type has no more than 1,000,000,000,000 serials."),
            _("Check the number of digits."),
            number,
            {"field": name, "value": str(value)},
        )
    return None
