"""What a typed serial means on this node, and where its units are held."""

from dataclasses import dataclass

from registry import serial_texts
from registry.errors import InvalidInput, NotFound
from registry.models import UnitType
from registry.serials import named_numbers, own
from registry.serials.plain_text import plain
from registry.serials.reader import Reading, letters_for_digits, read

from . import blocks, legacy, reference


@dataclass(frozen=True)
class Meaning:
    """One reading of a text, and the unit type that it is about, if this node knows it.

    `located`: the numbers are those of the unit type, so that the units can be found by them.
    Other registries count within a batch or a project: their numbers find nothing here.
    """

    reading: Reading
    unit_type: UnitType | None

    @property
    def located(self):
        return self.unit_type is not None and self.reading.form.counts_in_unit_type


def meanings(text, *, parameter=None) -> list[Meaning]:
    """Every meaning of a text that is or may be a serial; at least one.

    `parameter` names the parameter that held the text, for the errors.

    Raises: InvalidInput (SERIAL_NOT_UNDERSTOOD and what else is wrong with a serial), NotFound
    (UNKNOWN_UNIT_TYPE).
    """
    known = _Known()
    old = [Meaning(reading, unit_type) for reading, unit_type in legacy.meanings(text)]
    readings, findings = read(text)
    if findings and old:
        return old
    if findings:
        raise InvalidInput(*(_failure(each, text, known, parameter) for each in findings))
    found = [Meaning(reading, known.unit_type(reading)) for reading in readings]
    if old:
        return old + [meaning for meaning in found if meaning.unit_type is not None]
    for meaning in found:
        if meaning.reading.form.name == named_numbers.NAME and meaning.unit_type is None:
            raise _no_unit_type(text, meaning.reading.unit_names[0], parameter)
    return found


def search(actor, text, *, limit, parameter=None):
    """The meanings of a text, and the blocks that hold any of its serials now, as
    `blocks.at_serials` gives them: one more than `limit` where others follow.

    Raises: NotPermitted (NO_ACTOR), InvalidInput, NotFound, as `meanings`.
    """
    found = meanings(text, parameter=parameter)
    rows = []
    for meaning in found:
        if meaning.located:
            rows += blocks.at_serials(
                actor,
                unit_type_id=meaning.unit_type.pk,
                first=meaning.reading.first,
                last=meaning.reading.last,
                limit=limit,
            )
    return found, rows[: limit + 1]


class _Known:
    """The unit types of this node by code and by alias, as plain text in capitals."""

    def __init__(self):
        unit_types = list(reference.unit_types())
        names = [(alias.alias, each) for each in unit_types for alias in each.aliases.all()]
        names += [(each.code, each) for each in unit_types]
        # Later ones win: a code wins over an alias of the same spelling.
        self.by_name = {plain(name).upper(): each for name, each in names}

    def unit_type(self, reading):
        for name in reading.unit_names:
            found = self.by_name.get(name.upper())
            if found is None:
                continue
            home = getattr(reading.value, "registry", None)
            if reading.form.name != own.NAME or self.issues(home, name):
                return found
        return None

    def issues(self, registry, code):
        """Whether the registry issues a unit type of this code."""
        found = self.by_name.get(code.upper())
        return (
            found is not None
            and found.code.upper() == code.upper()
            and found.registry.code.upper() == registry.upper()
        )


def _no_unit_type(text, name, parameter):
    """Numbers behind a name that no unit type has: another form with a wrong letter, perhaps."""
    findings = letters_for_digits(text)
    if findings:
        return InvalidInput(*(serial_texts.failure(each, parameter) for each in findings))
    return NotFound(reference.failure("UNKNOWN_UNIT_TYPE", name, parameter))


def _failure(finding, text, known, parameter):
    if finding.code != "SERIAL_CHECK_DIGITS_WRONG":
        return serial_texts.failure(finding, parameter)
    meant = [
        block for block in own.look_alikes(text) if known.issues(block.registry, block.unit_type)
    ]
    return serial_texts.wrong_check_digits(
        finding,
        codes_exist=known.issues(*own.codes(text)),
        suggestion=own.printed(meant[0]) if len(meant) == 1 else "",
        parameter=parameter,
    )
