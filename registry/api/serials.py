"""Which serials are asked for: one, a run of them, or what a text means."""

from django.utils.translation import gettext_lazy as _

from registry import serial_texts
from registry.errors import Failure, InvalidInput
from registry.selectors import reference, serials

from .reading import missing


def serials_of(asked):
    """The unit type, the first and the last serial asked for.

    Raises: InvalidInput (SERIALS_NOT_NAMED, BLOCK_BACKWARDS, FIELD_MISSING), NotFound
    (UNKNOWN_UNIT_TYPE).
    """
    names = {name for name in ("serial", "first", "last") if name in asked}
    if names != {"serial"} and names != {"first", "last"}:
        raise InvalidInput(_not_named("serial"))
    first, last = asked.get("serial") or asked["first"], asked.get("serial") or asked["last"]
    if last < first:
        raise InvalidInput(block_backwards({"parameter": "last"}))
    if "unit_type" not in asked:
        raise InvalidInput(missing(None, "unit_type"))
    return reference.unit_type(asked["unit_type"]), first, last


def is_text(asked):
    """Whether a text says which serials are meant; then nothing else does.

    Raises: InvalidInput (SERIALS_NOT_NAMED).
    """
    if "text" not in asked:
        return False
    if asked.keys() & {"unit_type", "serial", "first", "last"}:
        raise InvalidInput(_not_named("text"))
    return True


def one_block(asked):
    """The unit type, the first and the last serial that are named in either way.

    Raises: InvalidInput (SERIAL_MEANS_SEVERAL, SERIAL_NOT_LOCATED, and those of `serials_of` and of
    serials.meanings), NotFound (UNKNOWN_UNIT_TYPE).
    """
    if not is_text(asked):
        return serials_of(asked)
    meanings = serials.meanings(asked["text"], parameter="text")
    located = [meaning for meaning in meanings if meaning.located]
    where = {"parameter": "text"}
    if not located:
        raise InvalidInput(
            Failure(
                "SERIAL_NOT_LOCATED",
                _("The numbers of this serial do not name units of this node."),
                _("Give the unit type and the serials by which this node knows the units."),
                data=where | {"form": meanings[0].reading.form.name},
            )
        )
    if len(located) > 1:
        raise InvalidInput(
            Failure(
                "SERIAL_MEANS_SEVERAL",
                _("The text has several meanings here."),
                _("Give the unit type and the serials."),
                data=where,
            )
        )
    (found,) = located
    return found.unit_type, found.reading.first, found.reading.last


def block_backwards(where):
    """The failure of a block that ends before it begins."""
    return Failure("BLOCK_BACKWARDS", *serial_texts.TEXTS["BLOCK_BACKWARDS"], data=where)


def _not_named(parameter):
    return Failure(
        "SERIALS_NOT_NAMED",
        _("It is not clear which serials are meant."),
        _("Give a text; or a unit type, and serial for one, or first and last for a run."),
        data={"parameter": parameter},
    )
