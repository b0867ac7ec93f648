"""The only module that writes the ledger: it calls the gate's SQL functions, a round trip each.

Refusals of the gate and of constraints come back as the errors of registry/errors.py; the
statement that was refused has written nothing.
"""

import json
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection

from . import errors

SALT_BYTES = 32
SUBMIT = (
    "SELECT transaction_id, posting_id, status, replayed FROM registry_submit("
    "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s::registry_line[])"
)


@dataclass(frozen=True)
class Outcome:
    """What became of a proposal. `replayed`: the answer given to an earlier, equal request."""

    transaction_id: int
    posting_id: int | None
    status: int
    replayed: bool = False


@dataclass(frozen=True)
class Header:
    """What a transaction says besides its lines. `reference` is the version of the reference
    data that its checks have read."""

    type_id: int
    registry_id: int
    key: str
    request_hash: bytes
    payload_hash: bytes | None
    attributes: dict
    reason: str
    reverses_id: int | None
    at: datetime
    reference: int


def submit(actor, header: Header, lines) -> Outcome:
    """Raises: RuleViolated, Conflict, NotPermitted."""
    return Outcome(
        *_call(
            SUBMIT,
            [
                header.type_id,
                header.registry_id,
                actor.person_id,
                actor.api_key_id,
                header.key,
                header.request_hash,
                header.payload_hash,
                json.dumps(header.attributes),
                header.reason,
                header.reverses_id,
                header.at,
                secrets.token_bytes(SALT_BYTES),
                header.reference,
                _array(map(_row, lines)),
            ],
        )
    )


def decide(actor, transaction_id, *, payload_hash, approved, reason, at) -> Outcome:
    """Raises: NotFound, Conflict, NotPermitted, RuleViolated."""
    posting_id, status = _call(
        "SELECT posting_id, status FROM registry_decide(%s,%s,%s,%s,%s,%s,%s,%s)",
        [
            transaction_id,
            actor.person_id,
            actor.api_key_id,
            payload_hash,
            approved,
            reason,
            at,
            secrets.token_bytes(SALT_BYTES),
        ],
    )
    return Outcome(transaction_id, posting_id, status)


def withdraw(actor, transaction_id, *, reason) -> Outcome:
    """Raises: NotFound, Conflict."""
    status = _call(
        "SELECT registry_withdraw(%s,%s,%s,%s)",
        [transaction_id, actor.person_id, actor.api_key_id, reason],
    )[0]
    return Outcome(transaction_id, None, status)


def sequence(limit) -> int:
    """Gives positions to at most `limit` committed postings; returns how many."""
    return _call("SELECT registry_sequence(%s)", [limit])[0]


def _call(sql, parameters):
    with explained(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()


@contextmanager
def explained():
    """Turns refusals of the database into the errors that explain them."""
    try:
        yield
    except DatabaseError as exception:
        diagnostics = getattr(exception.__cause__, "diag", None)
        error = None
        if diagnostics is not None and diagnostics.sqlstate == "RG409":
            raise errors.ReferenceChanged from exception
        if diagnostics is not None and diagnostics.sqlstate == "RG422":
            error = errors.from_gate(json.loads(diagnostics.message_detail))
        elif diagnostics is not None and diagnostics.constraint_name:
            error = errors.from_constraint(diagnostics.constraint_name)
        if error is None:
            raise
        raise error from exception


def _row(line):
    """A line as a composite literal inside an array literal."""
    values = (
        line.source,
        line.destination,
        line.unit_type,
        line.quantity,
        line.minimum,
        line.first,
        line.vintage_from,
        line.entity,
        _quoted(line.period),
        line.credited_tonnes,
        _quoted(line.factor_version),
    )
    return '"(' + ",".join(["" if value is None else str(value) for value in values]) + ')"'


def _quoted(text):
    """Text as a field of a composite inside an array: each level escapes with backslashes."""
    if not text:
        return None
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return '\\"' + inner.replace("\\", "\\\\").replace('"', '\\"') + '\\"'


def _array(values):
    """An array literal: far faster for the server to read than ten thousand parameters."""
    return "{" + ",".join("NULL" if v is None else str(v) for v in values) + "}"
