"""Values in messages: each reads one, or says why it can not. Pure.

Numbers of units, serials and postings are decimal text. Every value can be written in one way
only, so that equal messages have equal bytes.
"""

import re
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from linking.edges.findings import Unreadable
from linking.edges.kinds import EXACT, boolean, choice, text
from registry.certificates import moments
from registry.keys import text_forms

__all__ = ["boolean", "choice", "text"]

NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
SERIAL = re.compile(r"[1-9][0-9]{0,12}", re.ASCII)
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LONGEST_NOTE = 4_000
LONGEST_OPINION = 10_000
LONGEST_PLACE = 200
LONGEST_DOCUMENT = 1_000_000


def identifier(value) -> UUID:
    """A UUID as RFC 9562 writes it, in small letters."""
    try:
        read = UUID(value) if isinstance(value, str) else None
    except ValueError:
        read = None
    if read is None or str(read) != value:
        raise Unreadable("NOT_A_UUID", value=str(value)[:40])
    return read


def number(value) -> int:
    """A positive integer as decimal text of up to 19 digits."""
    return _decimal(NUMBER, value)


def serial(value) -> int:
    """A serial as decimal text of up to 13 digits."""
    return _decimal(SERIAL, value)


def amount(value) -> int:
    """An integer from 0 on, as decimal text."""
    return 0 if value == "0" else _decimal(NUMBER, value)


def ordinal(value) -> int:
    """A small positive integer as a JSON number, such as that of a version."""
    if type(value) is not int or not 0 < value < 2**31:
        raise Unreadable("WRONG_TYPE", wanted="positive integer")
    return value


def digest(value) -> bytes:
    """SHA-256 as 64 hexadecimal digits."""
    if not (isinstance(value, str) and DIGEST.fullmatch(value)):
        raise Unreadable("NOT_A_DIGEST", value=str(value)[:80])
    return bytes.fromhex(value)


def moment(value) -> datetime:
    """A moment in UTC with six digits after the point."""
    try:
        return moments.read(value)
    except (TypeError, ValueError) as error:
        raise Unreadable("NOT_A_MOMENT", value=str(value)[:40]) from error


def day(value) -> date:
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Unreadable("NOT_A_DATE", value=str(value)[:40])


def fraction(value) -> Fraction:
    """A positive fraction in lowest terms: `4/5`, `1`."""
    try:
        if isinstance(value, str) and EXACT.fullmatch(value):
            read = Fraction(value)
            if read > 0 and str(read) == value:
                return read
    except ZeroDivisionError:
        pass
    raise Unreadable("NOT_EXACT", value=str(value)[:40])


def code(value) -> str:
    """A stable code of an error: words in capitals, joined by underscores."""
    if not (isinstance(value, str) and len(value) <= 80 and CODE.fullmatch(value)):
        raise Unreadable("WRONG_TYPE", wanted="code")
    return value


def encoded(value) -> bytes:
    """Bytes in base64url without padding: a signature, a thumbprint."""
    try:
        if isinstance(value, str) and 0 < len(value) <= 1_000:
            return text_forms.decode(value)
    except ValueError:
        pass
    raise Unreadable("NOT_BASE64URL", value=str(value)[:40])


def words(value) -> str:
    """Text for people, which may be empty and have several lines."""
    return _text_of(LONGEST_NOTE, value)


def opinion(value) -> str:
    """What a party says of a text of an agreement, for people."""
    read = _text_of(LONGEST_OPINION, value)
    if "\0" in read:
        raise Unreadable("WRONG_TYPE", wanted="text without null characters")
    return read


def place(value) -> str:
    """A place in a document, as a JSON pointer (RFC 6901); empty for all of it."""
    read = _text_of(LONGEST_PLACE, value)
    if not read.isprintable():
        raise Unreadable("WRONG_TYPE", wanted="JSON pointer")
    return read


def document_text(value) -> str:
    """A document as text: its bytes in UTF-8 are what is signed."""
    return _text_of(LONGEST_DOCUMENT, value)


def plain_object(value) -> dict:
    """An object whose members are described elsewhere; the whole message has a canonical form."""
    if not isinstance(value, dict):
        raise Unreadable("WRONG_TYPE", wanted="object")
    return value


def _text_of(longest, value):
    if not (isinstance(value, str) and len(value) <= longest):
        raise Unreadable("WRONG_TYPE", wanted=f"text of at most {longest} characters")
    return value


def _decimal(pattern, value):
    if not (isinstance(value, str) and pattern.fullmatch(value)):
        raise Unreadable("NOT_DECIMAL", value=str(value)[:40])
    return int(value)
