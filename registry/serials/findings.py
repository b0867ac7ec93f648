"""What is wrong with a text that should be a serial. Pure.

A finding has a stable code; registry/serial_texts.py says it in words. A form that knows a text as
its own, but broken, answers with all that is wrong; a form that does not know it answers None.
"""

from dataclasses import dataclass

# Letters that are taken for digits, and digits that are taken for letters.
LOOK_ALIKES = {"O": "0", "Q": "0", "I": "1", "L": "1", "|": "1", "Z": "2", "S": "5", "B": "8"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    `part` names the part of the serial, `found` is what stands there, at the `at`-th character of
    the plain text (from 1), and `suggestion` is a text without this fault, where one can be told.
    """

    code: str
    part: str = ""
    found: str = ""
    at: int | None = None
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A text in a form that is known, with what is wrong."""

    findings: tuple[Finding, ...]


def broken(code, part="", found="", at=None, suggestion="") -> Broken:
    return Broken((Finding(code, part, found, at, suggestion),))


def digits_meant(text):
    """The text with letters that look like digits replaced by these."""
    return "".join(LOOK_ALIKES.get(character.upper(), character) for character in text)
