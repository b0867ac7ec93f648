"""Concord's own form of a serial and of a block. Pure.

`KR-ETRS:KAU:1000-2000:60` is the home registry, the unit type, the first and the last serial, both
included, and two check digits over all that stands before them; a single serial has no dash. For
reading aloud the same is written with single spaces around the signs and with numbers in groups of
three: `KR-ETRS : KAU : 1 000 - 2 000 : 60`. Nothing between the two is accepted, because then one
wrong character could turn a number into a shorter one (docs/serials.md).
"""

import re
from dataclasses import dataclass

from .check_digits import check_digits
from .findings import LOOK_ALIKES, Broken, Finding, broken, digits_meant
from .plain_text import plain
from .runs import MAX_SERIAL

NAME = "concord"
# Codes of registries and unit types have at most 16 characters.
LONGEST_CODE = 16
CODE = r"[A-Za-z0-9][A-Za-z0-9.-]{0,15}"
TIGHT = re.compile(
    rf"({CODE}):({CODE}):([1-9][0-9]{{0,12}})(?:-([1-9][0-9]{{0,12}}))?:([0-9]{{2}})"
)
GROUPED = r"[1-9][0-9]{0,2}(?: [0-9]{3}){0,4}"
SPACED = re.compile(rf"{CODE} : {CODE} : {GROUPED}(?: - {GROUPED})? : [0-9]{{2}}")
IS_CODE = re.compile(CODE)


@dataclass(frozen=True, slots=True)
class Block:
    """The serials `first` to `last` of a unit type; `registry` is the one that issues it."""

    registry: str
    unit_type: str
    first: int
    last: int


def parse(text: str) -> Block | Broken | None:
    """What a text in this form names; None where it has another form.

    Letters may be of either case; the codes are given as they stand.
    """
    text = plain(text)
    match = TIGHT.fullmatch(text)
    if match is None:
        if not SPACED.fullmatch(text):
            return _diagnosis(text)
        match = TIGHT.fullmatch(text.replace(" ", ""))
    registry, unit_type, first, last, digits = match.groups()
    if check_digits(match[0][:-3].upper()) != digits:
        return broken("SERIAL_CHECK_DIGITS_WRONG", "check_digits", digits, len(text) - 1)
    block = Block(registry, unit_type, int(first), int(last or first))
    findings = [
        Finding("SERIAL_NUMBER_INVALID", part, str(number))
        for part, number in (("first", block.first), ("last", block.last))
        if number > MAX_SERIAL
    ]
    if block.last < block.first:
        findings.append(Finding("BLOCK_BACKWARDS", "last", last))
    return Broken(tuple(findings)) if findings else block


def printed(block: Block) -> str:
    """The form without spaces.   Raises: ValueError for codes or numbers that have no such form."""
    _require_printable(block)
    body = f"{block.registry}:{block.unit_type}:{block.first}"
    if block.last != block.first:
        body += f"-{block.last}"
    return f"{body}:{check_digits(body.upper())}"


def spoken(block: Block) -> str:
    """The form for reading aloud.   Raises: ValueError, as `printed`."""
    digits = printed(block)[-2:]
    numbers = [_grouped(number) for number in dict.fromkeys((block.first, block.last))]
    return f"{block.registry} : {block.unit_type} : {' - '.join(numbers)} : {digits}"


def unit_names(block):
    return (block.unit_type,)


def codes(text: str) -> tuple[str, str] | None:
    """The registry and the unit type that a text in this form names, in capitals, whatever the
    check digits are.
    """
    match = TIGHT.fullmatch(plain(text).replace(" ", ""))
    return match and (match[1].upper(), match[2].upper())


def look_alikes(text: str) -> list[Block]:
    """What may be meant where check digits are wrong: one letter of the codes taken for a digit
    that looks like it, or the other way round. Whether such codes exist is not known here.
    """
    text = plain(text).replace(" ", "").upper()
    found = []
    if not TIGHT.fullmatch(text):
        return found
    length = text.index(":", text.index(":") + 1)
    for place, character in enumerate(text[:length]):
        for letter, digit in LOOK_ALIKES.items():
            other = {letter: digit, digit: letter}.get(character)
            meant = other and parse(text[:place] + other + text[place + 1 :])
            if isinstance(meant, Block):
                found.append(meant)
    return found


def _require_printable(block):
    for code in (block.registry, block.unit_type):
        if not IS_CODE.fullmatch(code):
            raise ValueError(f"{code!r} can not be a part of a serial")
    if not 1 <= block.first <= block.last <= MAX_SERIAL:
        raise ValueError(f"{block.first} to {block.last} is no run of serials")


def _grouped(number):
    return f"{number:,}".replace(",", " ")


def _diagnosis(text):
    """Why a text with the colons of this form is not in it; None for other texts."""
    parts = text.split(":")
    if not 3 <= len(parts) <= 4:
        return None
    names = ("registry", "unit_type", "numbers", "check_digits")
    starts = [sum(len(part) + 1 for part in parts[:index]) for index in range(len(parts))]
    findings = []
    for name, part, start in zip(names, parts, starts, strict=False):
        at = start + len(part) - len(part.lstrip(" ")) + 1
        findings.extend(_PARTS[name](name, part.strip(" "), at))
    if len(parts) == 3:
        findings.append(Finding("SERIAL_CHECK_DIGITS_MISSING", "check_digits"))
    if not findings:
        findings.append(Finding("SERIAL_SPACED_WRONG"))
    suggestion = _repaired(parts)
    return Broken(
        tuple(Finding(each.code, each.part, each.found, each.at, suggestion) for each in findings)
    )


def _code_findings(name, part, at):
    if not part or len(part) > LONGEST_CODE:
        yield Finding("SERIAL_PART_WRONG", name, part, at)
    for offset, character in enumerate(part):
        if not (character.isascii() and (character.isalnum() or character in ".-")):
            yield Finding("SERIAL_CHARACTER_UNKNOWN", name, character, at + offset)
    if part.startswith((".", "-")):
        yield Finding("SERIAL_PART_WRONG", name, part, at)


def _number_findings(name, part, at):
    numbers = part.split("-")
    if len(numbers) > 2:
        yield Finding("SERIAL_PART_WRONG", name, part, at)
    for which, number in zip(("first", "last"), numbers, strict=False):
        start = at + len(number) - len(number.lstrip(" "))
        yield from _digit_findings(which, number.strip(" "), start)
        at += len(number) + 1


def _digit_findings(name, text, at):
    odd = [(place, each) for place, each in enumerate(text) if not _is_digit(each) and each != " "]
    for place, character in odd:
        code = "SERIAL_LETTER_IN_NUMBER" if character.isalpha() else "SERIAL_CHARACTER_UNKNOWN"
        yield Finding(code, name, character, at + place)
    if odd:
        return
    if " " in text and not re.fullmatch(r"[0-9]{1,3}( [0-9]{3})+", text):
        yield Finding("SERIAL_SPACED_WRONG", name, text, at)
    number = text.replace(" ", "")
    if not number or number[0] == "0" or int(number[:20]) > MAX_SERIAL:
        yield Finding("SERIAL_NUMBER_INVALID", name, text, at)


def _check_findings(name, part, at):
    if len(part) == 2 and part.isascii() and part.isdigit():
        return
    letters = [(place, each) for place, each in enumerate(part) if each.isalpha()]
    if len(part) == 2 and letters:
        for place, character in letters:
            yield Finding("SERIAL_LETTER_IN_NUMBER", name, character, at + place)
    else:
        yield Finding("SERIAL_CHECK_DIGITS_MISSING", name, part, at)


def _is_digit(character):
    return character.isascii() and character.isdigit()


_PARTS = {
    "registry": _code_findings,
    "unit_type": _code_findings,
    "numbers": _number_findings,
    "check_digits": _check_findings,
}


def _repaired(parts):
    """The right text that differs in spaces and in letters that look like digits; or nothing."""
    if len(parts) != 4:
        return ""
    tight = [part.replace(" ", "") for part in parts]
    text = ":".join([*tight[:2], *map(digits_meant, tight[2:])])
    block = parse(text) if TIGHT.fullmatch(text) else None
    return printed(block) if isinstance(block, Block) else ""
