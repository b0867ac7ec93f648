"""The kinds of values in requests: how each is read, what is refused, how it is documented.

A reader of a request walks the fields that a form declares (registry/api/reading.py). Every
value arrives as text, also numbers: JSON's own numbers lose digits in many programs.
"""

import re
from datetime import UTC, date, datetime

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry import account_numbers
from registry.errors import Failure
from registry.keys import text_forms
from registry.keys.algorithms import ALGORITHMS, ED25519
from registry.lines import MAX_ID, units_failure

WHOLE = re.compile(r"-?[0-9]{1,40}")
DIGITS = re.compile(r"[0-9]{1,19}")
HASH = re.compile(r"[0-9a-f]{64}")
UNITS = {"type": "string", "pattern": "^[0-9]{1,13}$", "examples": ["1000"]}
ID = {"type": "string", "pattern": "^[0-9]{1,19}$", "examples": ["42"]}


class Refused(Exception):
    """A value that can not be read, with the failure that says why."""

    def __init__(self, code, message, hint):
        super().__init__(code)
        self.failure = Failure(code, message, hint)


def not_text():
    return Refused("WRONG_TYPE", _("This must be text."), _("Put the value in quotation marks."))


class Input(serializers.Field):
    """A value of a request: `read` returns it or raises Refused."""

    def read(self, value):
        raise NotImplementedError


class Text(Input):
    """Text that the database can keep: no NUL, no half of a character."""

    def __init__(self, *, max_length=2000, **kwargs):
        super().__init__(**kwargs)
        self.max_length = max_length
        extend_schema_field({"type": "string", "maxLength": max_length})(self)

    def read(self, value):
        if type(value) is not str:
            raise not_text()
        if len(value) > self.max_length:
            raise Refused(
                "TOO_LONG",
                _("The text is too long."),
                _("See the API description for the greatest length."),
            )
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise Refused(
                "TEXT_NOT_STORABLE",
                _("The text has a character that can not be stored."),
                _("Leave out NUL and unpaired surrogates."),
            )
        return value


class Code(Text):
    """A code that the registry gives, for example to a unit type or to a registry."""

    def __init__(self, **kwargs):
        super().__init__(max_length=40, **kwargs)


class AccountNumber(Text):
    """An account's number; its check digits are verified before any table is read."""

    def __init__(self, **kwargs):
        super().__init__(max_length=40, **kwargs)
        pattern = "^[A-Z0-9-]+-[0-9]{7,}-[0-9]{2}$"
        extend_schema_field({"type": "string", "maxLength": 40, "pattern": pattern})(self)

    def read(self, value):
        if not account_numbers.is_valid(super().read(value)):
            raise Refused(
                "ACCOUNT_NUMBER_INVALID",
                _("This is not an account number: its form or its check digits are wrong."),
                _("Check for exchanged or missing digits."),
            )
        return value


@extend_schema_field(UNITS)
class Units(Input):
    """A number of units, or a serial: whole, and from 1 to 1,000,000,000,000."""

    def read(self, value):
        readable = type(value) is str and WHOLE.fullmatch(value)
        number = int(value) if readable else value
        failure = units_failure(number, None, "")
        if failure is not None:
            raise Refused(failure.code, failure.message, failure.hint)
        return number


@extend_schema_field(ID)
class Number(Input):
    """The number of a transaction, a posting or a position."""

    def read(self, value):
        if type(value) is not str:
            raise not_text()
        if not DIGITS.fullmatch(value) or int(value) > MAX_ID:
            raise Refused(
                "NOT_A_NUMBER",
                _("This must be a number in digits."),
                _("Use the numbers that the registry gives."),
            )
        return int(value)


@extend_schema_field({"type": "string", "pattern": "^[0-9a-f]{64}$"})
class Hash(Input):
    """A SHA-256, in hexadecimal."""

    def read(self, value):
        if type(value) is not str or not HASH.fullmatch(value.lower()):
            raise Refused(
                "NOT_A_HASH",
                _("This must be a SHA-256 in 64 hexadecimal digits."),
                _("Copy the payload hash from the transaction."),
            )
        return bytes.fromhex(value)


@extend_schema_field({"type": "string", "format": "date"})
class Day(Input):
    """A date, as in 2026-11-22."""

    def read(self, value) -> date:
        try:
            found = parse_date(value) if type(value) is str else None
        except ValueError:
            found = None
        if found is None:
            raise Refused("NOT_A_DATE", _("This must be a date."), _("Write it as 2026-11-22."))
        return found


@extend_schema_field({"type": "string", "format": "date-time"})
class Moment(Input):
    """An instant with its offset from UTC, as in 2026-11-22T09:30:00Z."""

    def read(self, value) -> datetime:
        try:
            found = parse_datetime(value) if type(value) is str else None
            if found is not None and found.tzinfo is not None:
                return found.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise Refused(
            "NOT_AN_INSTANT",
            _("This must be an instant with its offset from UTC."),
            _("Write it as 2026-11-22T09:30:00Z."),
        )


@extend_schema_field({"type": "object", "additionalProperties": True})
class Rules(Input):
    """An object whose values are checked by what it is for. Its numbers are whole."""

    def read(self, value) -> dict:
        if type(value) is not dict:
            raise Refused("WRONG_TYPE", _("This must be an object."), _("Write { … }."))
        return self._plain(value)

    def other(self, number):
        """What a number is read as that is not whole, or too long: the text that was written."""
        return str(number)

    def _plain(self, value):
        """The value with whole numbers as such: the parser leaves them as they were written."""
        if type(value) is dict:
            return {name: self._plain(item) for name, item in value.items()}
        if type(value) is list:
            return [self._plain(item) for item in value]
        if not isinstance(value, str) or type(value) is str:
            return value
        return int(value) if value.lstrip("-").isdigit() and len(value) < 20 else self.other(value)


class Choice(Input):
    """One of a few words."""

    def __init__(self, choices, **kwargs):
        super().__init__(**kwargs)
        self.choices = tuple(choices)
        extend_schema_field({"type": "string", "enum": list(self.choices)})(self)

    def read(self, value):
        if value not in self.choices or type(value) is not str:
            raise Refused(
                "NOT_A_CHOICE",
                _("This is none of the words that are possible here."),
                _("See the API description for the words."),
            )
        return value


class Texts(Input):
    """A list of texts."""

    most = 100

    def __init__(self, *, max_length=200, **kwargs):
        super().__init__(**kwargs)
        self.child = Text(max_length=max_length)
        items = {"type": "string", "maxLength": max_length}
        extend_schema_field({"type": "array", "items": items, "maxItems": self.most})(self)

    def read(self, value):
        if type(value) is not list:
            raise Refused("WRONG_TYPE", _("This must be a list."), _("Write [ … ]."))
        if len(value) > self.most:
            raise Refused(
                "TOO_LONG",
                _("The text is too long."),
                _("See the API description for the greatest length."),
            )
        return [self.child.read(item) for item in value]


class Words(Texts):
    """A list of words out of a few."""

    def __init__(self, choices, **kwargs):
        super().__init__(**kwargs)
        self.child = Choice(choices)
        items = {"type": "string", "enum": list(choices)}
        extend_schema_field({"type": "array", "items": items, "maxItems": self.most})(self)


@extend_schema_field({"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"})
class PublicKey(Input):
    """An Ed25519 public key: 32 bytes as base64url without padding."""

    def read(self, value) -> bytes:
        try:
            key = text_forms.decode(value) if type(value) is str else b""
        except ValueError:
            key = b""
        if len(key) != ALGORITHMS[ED25519].public_length:
            raise Refused(
                "NOT_A_PUBLIC_KEY",
                _("This must be an Ed25519 public key: 32 bytes as base64url without padding."),
                _("Give the member x of the key's JWK (RFC 8037)."),
            )
        return key


@extend_schema_field(
    {"type": "string", "pattern": "^[0-9]{1,4}$", "default": "100", "examples": ["100"]}
)
class Limit(Input):
    """How many items a page has at most."""

    greatest = 1000

    def read(self, value):
        if not (value.isascii() and value.isdecimal() and 1 <= int(value[:9]) <= self.greatest):
            raise Refused(
                "LIMIT_OUT_OF_RANGE",
                _("A page has from 1 to 1,000 items."),
                _("Follow the next link for more."),
            )
        return int(value)
