"""Which members a document has, and of which form each is. Pure."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from registry.keys import text_forms

from . import documents, moments

NUMBER = re.compile(r"[1-9][0-9]{0,18}")
# A serial has thirteen digits at most.
SERIAL = re.compile(r"[1-9][0-9]{0,12}")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
HASH = re.compile(r"[0-9a-f]{64}")

Form = Callable[[object], bool]


def _matches(pattern) -> Form:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _reads(read) -> Form:
    """A text that `read` understands; it raises ValueError for others."""

    def form(value):
        if not isinstance(value, str):
            return False
        try:
            read(value)
        except ValueError:
            return False
        return True

    return form


def _day(written):
    # fromisoformat also reads weeks, and dates without hyphens.
    if not DAY.fullmatch(written):
        raise ValueError(f"{written!r} is no date")
    return date.fromisoformat(written)


def _or_null(form) -> Form:
    return lambda value: value is None or form(value)


def text(value) -> bool:
    return isinstance(value, str)


def name(value) -> bool:
    return isinstance(value, str) and value != ""


number = _matches(NUMBER)
serial = _matches(SERIAL)
digest = _matches(HASH)
day = _reads(_day)
moment = _reads(moments.read)
encoded = _reads(text_forms.decode)
SIGNED = {"key_id": name, "algorithm": name, "signed_at": moment}

ISSUANCE = {
    "format": lambda value: value == documents.ISSUANCE,
    "registry": name,
    "unit_type": name,
    "kind": name,
    "metric": name,
    "first": serial,
    "last": serial,
    "vintage": text,
    "vintage_from": day,
    "vintage_to": day,
    "usable_until": _or_null(day),
    "legal_basis": text,
    "project": text,
    "activity": text,
    "sector": text,
    "mitigation_type": text,
    "posting": number,
    "issued_at": moment,
    **SIGNED,
}
CERTIFICATE = {
    "format": text,
    "issuance": lambda value: isinstance(value, dict),
    "signature": encoded,
    "first": serial,
    "last": serial,
    "digest": digest,
}


def wrong_members(document: dict, forms: dict[str, Form], within: str = "") -> Iterator[str]:
    """Names of members that are missing, not known, or not of their form."""
    for member in sorted(forms.keys() | document.keys()):
        if member not in forms or member not in document or not forms[member](document[member]):
            yield f"{within}{member}"
