"""The only module that writes the ledger: it calls the gate's SQL functions, a round trip each.

Refusals of the gate and of constraints come back as the errors of registry/errors.py; the
statement that was refused has written nothing.
"""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection

from . import errors
from .facts import Facts

SUBMIT = (
    "SELECT transaction_id, posting_id, status, replayed FROM registry_submit("
    "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s::bigint[],%s::bigint[],%s::bigint[],%s::bigint[],"
    "%s::bigint[],%s::bigint[],%s::date[],%s::bigint[],%s::text[],%s::bigint[],%s::text[])"
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
    """What a transaction says besides its lines."""

    type_id: int
    registry_id: int
    key: str
    request_hash: bytes
    payload_hash: bytes
    attributes: dict
    reason: str
    reverses_id: int | None
    at: datetime


def read_facts(type_code, at, accounts, unit_types, entities) -> Facts:
    """What the checks of a proposal need to know, in one query."""
    return Facts.parse(
        _call(
            "SELECT type_id, type_digest, accounts, unit_types, entities"
            " FROM registry_facts(%s,%s,%s::bigint[],%s::bigint[],%s::bigint[])",
            [type_code, at, _array(accounts), _array(unit_types), _array(entities)],
        )
    )


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
                _array(line.source for line in lines),
                _array(line.destination for line in lines),
                _array(line.unit_type for line in lines),
                _array(line.quantity for line in lines),
                _array(line.minimum for line in lines),
                _array(line.first for line in lines),
                _array(line.vintage_from for line in lines),
                _array(line.entity for line in lines),
                [line.period for line in lines],
                _array(line.credited_tonnes for line in lines),
                [line.factor_version for line in lines],
            ],
        )
    )


def decide(actor, transaction_id, *, payload_hash, approved, reason, at) -> Outcome:
    """Raises: NotFound, Conflict, NotPermitted, RuleViolated."""
    posting_id, status = _call(
        "SELECT posting_id, status FROM registry_decide(%s,%s,%s,%s,%s,%s,%s)",
        [transaction_id, actor.person_id, actor.api_key_id, payload_hash, approved, reason, at],
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
        if diagnostics is not None and diagnostics.sqlstate == "RG422":
            error = errors.from_gate(json.loads(diagnostics.message_detail))
        elif diagnostics is not None and diagnostics.constraint_name:
            error = errors.from_constraint(diagnostics.constraint_name)
        if error is None:
            raise
        raise error from exception


def _array(values):
    """An array literal: far faster for the server to read than ten thousand parameters."""
    return "{" + ",".join("NULL" if v is None else str(v) for v in values) + "}"
