"""Reads a text in every form that is known. Pure.

A text that two forms understand has both readings; the reader does not choose. Only the form of a
name with bare numbers, which takes almost any text, gives way to every other.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date

from . import (
    american_carbon_registry,
    climate_action_reserve,
    eu_ets,
    gold_standard,
    itmo,
    kyoto,
    legacy,
    named_numbers,
    own,
    uk_ets,
    undp,
    verra,
)
from .findings import LOOK_ALIKES, Broken, Finding, digits_meant
from .patterns import PATTERNS
from .plain_text import plain

# No serial of any form is longer; an ITMO block has two identifiers of 40 characters.
LONGEST = 200
# The ends of the run are told apart from the other elements; how a text was laid out is not.
NOT_TOLD = ("first", "last", "layout", "width")


@dataclass(frozen=True)
class Form:
    """A form of serials.

    `counts_in_unit_type`: its numbers are the unit type's own, so that a block can be found by
    them. `established`: a document or published serials tell the form.
    """

    name: str
    parse: Callable
    printed: Callable
    unit_names: Callable
    counts_in_unit_type: bool = False
    established: bool = True


def _form(module, **kwargs):
    return Form(module.NAME, module.parse, module.printed, module.unit_names, **kwargs)


# Read by who knows which old serials there are; no text is one by its form.
LEGACY = _form(legacy, counts_in_unit_type=True)
NAMED = _form(named_numbers, counts_in_unit_type=True)
FORMS = (
    _form(own, counts_in_unit_type=True),
    LEGACY,
    *map(
        _form,
        (
            kyoto,
            eu_ets,
            uk_ets,
            verra,
            gold_standard,
            climate_action_reserve,
            american_carbon_registry,
            itmo,
            undp,
        ),
    ),
    *(
        _form(each, counts_in_unit_type=each.told["counts_in_unit_type"], established=False)
        for each in PATTERNS
    ),
    NAMED,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means in one form."""

    form: Form
    value: object

    @property
    def first(self) -> int:
        return self.value.first

    @property
    def last(self) -> int:
        return self.value.last

    @property
    def printed(self) -> str:
        """The text as its form has it."""
        return self.form.printed(self.value)

    @property
    def unit_names(self) -> tuple[str, ...]:
        """Codes or other names under which a node may know the unit type."""
        return self.form.unit_names(self.value)

    @property
    def elements(self) -> dict[str, str]:
        """The elements beside the ends of the run, by name; those that are absent are left out."""
        return dict(_elements(self.value))


def read(text: str) -> tuple[list[Reading], list[Finding]]:
    """All readings of a text; or, where there is none, what is wrong with it."""
    text = plain(text)
    if len(text) > LONGEST:
        return [], [Finding("SERIAL_NOT_UNDERSTOOD")]
    readings, findings = [], []
    for form in FORMS:
        if form is NAMED and (readings or findings):
            break
        value = form.parse(text)
        if isinstance(value, Broken):
            findings.extend(each for each in value.findings if each not in findings)
        elif value is not None:
            readings.append(Reading(form, value))
    if readings:
        return readings, []
    return [], findings or letters_for_digits(text) or [Finding("SERIAL_NOT_UNDERSTOOD")]


def letters_for_digits(text: str) -> list[Finding]:
    """Elements in which a letter was taken for a digit, where nothing else is wrong: some form
    with elements of its own understands the text with the digits that are suggested.
    """
    return list(_letters_for_digits(plain(text)))


def _letters_for_digits(text) -> Iterator[Finding]:
    for token in re.finditer(rf"[0-9{''.join(LOOK_ALIKES)}]+", text, re.IGNORECASE):
        meant = digits_meant(token[0])
        other = text[: token.start()] + meant + text[token.end() :]
        if meant == token[0]:
            continue
        if any(_understands(form, other) for form in FORMS if form is not NAMED):
            place = next(at for at, each in enumerate(token[0]) if not each.isdigit())
            yield Finding(
                "SERIAL_LETTER_IN_NUMBER", "", token[0][place], token.start() + place + 1, other
            )


def _understands(form, text):
    value = form.parse(text)
    return value is not None and not isinstance(value, Broken)


def _elements(value):
    for field in fields(value):
        element = getattr(value, field.name)
        if field.name in NOT_TOLD:
            continue
        if field.name == "elements":
            yield from ((name, each) for name, each in element if each)
        elif isinstance(element, bool):
            yield field.name, "yes" if element else "no"
        elif isinstance(element, date):
            yield field.name, element.isoformat()
        elif element not in (None, ""):
            yield field.name, str(element)
