"""Serials that units had in a registry that moved here. Pure: which there are, the node knows."""

from dataclasses import dataclass

NAME = "legacy"


@dataclass(frozen=True, slots=True)
class Legacy:
    """The text of an old serial, and the serials first..last that its units have here."""

    text: str
    unit_type: str
    first: int
    last: int


def parse(text):
    """No text is known by its form alone."""


def printed(value: Legacy) -> str:
    return value.text


def unit_names(value: Legacy) -> tuple[str, ...]:
    return (value.unit_type,)
