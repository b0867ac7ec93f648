"""The only module that writes the ledger: it calls the gate's SQL functions, a round trip each.

Refusals of the gate and of constraints come back as the errors of registry/errors.py; the
statement that was refused has written nothing.
"""

import json
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, DatabaseError, IntegrityError, connections

from . import errors, prepared

SALT_BYTES = 32
SUBMIT_TYPES = (
    *("bigint", "bigint", "bigint", "bigint", "text", "bytea", "bytea", "jsonb", "text", "bigint"),
    *("timestamptz", "bytea", "bigint", "registry_terms", "registry_line[]"),
)
SUBMIT_PLACES = ",".join(f"${n}" for n in range(1, len(SUBMIT_TYPES) + 1))
# Reading it anew would be a tenth of a transfer.
SUBMIT = prepared.Prepared(
    "registry_submit", SUBMIT_TYPES, f"SELECT registry_submit({SUBMIT_PLACES})"
)


@dataclass(frozen=True)
class Outcome:
    """What became of a proposal. `replayed`: the answer given to an earlier, equal request. What
    was proposed just now, alone, says as well when that was, and by which version of a type where.
    """

    transaction_id: int
    posting_id: int | None
    status: int
    replayed: bool = False
    proposed_at: datetime | None = None
    type_id: int | None = None
    registry_id: int | None = None


@dataclass(frozen=True)
class Terms:
    """What is asked of a transaction beyond its type's plain rule: how many persons approve it,
    before when it is not completed, and when its delay ends if that begins now."""

    needed: int
    execute_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Header:
    """What a transaction says besides its lines. `reference` is the version of the reference
    data that its checks have read; `terms` are None where its type's plain rule holds."""

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
    terms: Terms | None = None


def submit(actor, header: Header, lines) -> Outcome | None:
    """None when the reference data has changed since the checks; then nothing was written.

    Raises: RuleViolated, Conflict, NotPermitted.
    """
    parameters = [
        header.type_id,
        header.registry_id,
        actor.person_id,
        actor.api_key_id,
        header.key,
        header.request_hash,
        header.payload_hash,
        json.dumps(header.attributes) if header.attributes else "{}",
        header.reason,
        header.reverses_id,
        header.at,
        secrets.token_bytes(SALT_BYTES),
        header.reference,
        header.terms and _terms(header.terms),
        _array(map(_row, lines)),
    ]
    with explained():
        ((row,),) = prepared.rows(SUBMIT, parameters)
    # The row comes as a composite's text, which spares the server a function scan.
    transaction_id, posting_id, status, replayed, proposed_at = row[1:-1].split(",")
    if not status:
        return None
    return Outcome(
        int(transaction_id),
        int(posting_id) if posting_id else None,
        int(status),
        replayed == "t",
        datetime.fromisoformat(proposed_at.strip('"')) if proposed_at else None,
        header.type_id,
        header.registry_id,
    )


def submit_each(actor, headers: list[Header], lines: list) -> list[Outcome | errors.DomainError]:
    """Submits transactions of one line each, in one round trip: some may be refused alone.

    The headers are of one type, registry, moment, reason and version of the reference data. The
    list is empty when the reference data have changed since the checks.

    Raises: the database's error, when a constraint refused that no request of a user can break.
    """
    first = headers[0]
    rows = _call_all(
        "SELECT item, transaction_id, posting_id, status, replayed, failures::text"
        " FROM registry_submit_each(%s,%s,%s,%s,%s,%s,%s,%s,%s::bytea[],%s::bytea[],%s::bytea[],"
        "%s::registry_terms[],%s::registry_line[])",
        [
            first.type_id,
            first.registry_id,
            actor.person_id,
            actor.api_key_id,
            first.reason,
            first.at,
            first.reference,
            [header.key for header in headers],
            [header.request_hash for header in headers],
            [header.payload_hash for header in headers],
            [secrets.token_bytes(SALT_BYTES) for _ in headers],
            _array([header.terms and f'"{_terms(header.terms)}"' for header in headers]),
            _array(map(_row, lines)),
        ],
    )
    if any(status is None and failures is None for *_ids, status, _replayed, failures in rows):
        return []
    return [
        Outcome(transaction_id, posting_id, status, replayed)
        if failures is None
        else _refusal(json.loads(failures))
        for _item, transaction_id, posting_id, status, replayed, failures in rows
    ]


@dataclass(frozen=True)
class Verdict:
    """What a person decides of exactly one payload, why, and when. `due_at` is the end of the delay
    that an approval begins if it is the last one needed."""

    payload_hash: bytes
    approved: bool
    reason: str
    at: datetime
    due_at: datetime | None = None


def decide(actor, transaction_id, verdict: Verdict) -> Outcome:
    """Writes a decision, and what follows from it.

    Raises: NotFound, Conflict, NotPermitted, RuleViolated.
    """
    posting_id, status = _call(
        "SELECT posting_id, status FROM registry_decide(%s,%s,%s,%s,%s,%s,%s,%s,%s)",
        [
            transaction_id,
            actor.person_id,
            actor.api_key_id,
            verdict.payload_hash,
            verdict.approved,
            verdict.reason,
            verdict.at,
            secrets.token_bytes(SALT_BYTES),
            verdict.due_at,
        ],
    )
    return Outcome(transaction_id, posting_id, status)


@dataclass(frozen=True)
class Saying:
    """What is said of each of many transactions: `decide` (status 4 approves, 6 rejects),
    `withdraw`, `execute`, or `end` with the status that they end in."""

    what: str
    status: int | None = None
    reason: str = ""
    at: datetime | None = None
    due_at: datetime | None = None


def say_each(actor, transactions, hashes, saying: Saying) -> list:
    """Says the same of each transaction, in one round trip: an outcome, the error that refuses
    it, or None where there was nothing to execute or to end. `hashes` are those of payloads.

    Raises: the database's error, when a constraint refused that no request of a user can break.
    """
    rows = _call_all(
        "SELECT posting_id, status, failures::text"
        " FROM registry_say_each(%s,%s,%s::bytea[],%s::bytea[],%s,%s,%s,%s,%s,%s)",
        [
            saying.what,
            list(transactions),
            list(hashes),
            [secrets.token_bytes(SALT_BYTES) for _ in hashes],
            actor.person_id,
            actor.api_key_id,
            saying.status,
            saying.reason,
            saying.at,
            saying.due_at,
        ],
    )
    return [
        _said(number, posting_id, status, failures)
        for number, (posting_id, status, failures) in zip(transactions, rows, strict=True)
    ]


def _said(number, posting_id, status, failures):
    if failures is not None:
        return _refusal(json.loads(failures))
    return None if status is None else Outcome(number, posting_id, status)


def execute(actor, transaction_id) -> Outcome | None:
    """None when the transaction is not due, or another worker is at it.   Raises: RuleViolated."""
    posting_id, status = _call(
        "SELECT posting_id, status FROM registry_execute(%s,%s,%s,%s)",
        [transaction_id, actor.person_id, actor.api_key_id, secrets.token_bytes(SALT_BYTES)],
    )
    return None if status is None else Outcome(transaction_id, posting_id, status)


def end(actor, transaction_id, *, status, reason) -> Outcome | None:
    """Ends what waits: cancelled (40) or failed (-1) while delayed, or expired (5). None when there
    is nothing left to fail or to expire.

    Raises: Conflict.
    """
    (ended,) = _call(
        "SELECT registry_end(%s,%s,%s,%s,%s)",
        [transaction_id, actor.person_id, actor.api_key_id, status, reason],
    )
    return None if ended is None else Outcome(transaction_id, None, ended)


def decide_type(actor, proposal_id, *, payload_hash, status, reason) -> int | None:
    """The id of the version that an approval (4) makes.

    Raises: NotFound, Conflict, NotPermitted.
    """
    return _call(
        "SELECT version_id FROM registry_decide_type(%s,%s,%s,%s,%s)",
        [proposal_id, actor.person_id, payload_hash, status, reason],
    )[0]


def decide_reference(actor, change_id, payload_hash, status, reason) -> int | None:
    """The id of the row that an approval changes, adds or deletes.

    Raises: NotFound, Conflict, NotPermitted, RuleViolated; what no rule explains as it is.
    """
    return _call(
        "SELECT registry_decide_reference(%s,%s,%s,%s,%s)",
        [change_id, actor.person_id, payload_hash, status, reason],
    )[0]


def begin_loading(what, using) -> int:
    """What the owner writes until the end of its database transaction is a loading; its id."""
    with explained(), connections[using].cursor() as cursor:
        cursor.execute("SELECT registry_begin_loading(%s)", [what])
        return cursor.fetchone()[0]


def keep_foreign_issuance(unit_type_id, first, last, attributes: dict) -> int:
    """The id of an issuance of a registry that another node keeps, by its verified certificate.

    `attributes` are those of the columns, dates as text.

    Raises: RuleViolated (FOREIGN_ISSUANCE_DIFFERS) where another one is known of these serials.
    """
    return _call(
        "SELECT registry_keep_foreign_issuance(%s,%s,%s,%s)",
        [unit_type_id, first, last, json.dumps(attributes)],
    )[0]


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
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with explained(), database.wrap_database_errors, prepared.cursor(database) as asked:
        asked.execute(sql, parameters)
        return asked.fetchone()


def _call_all(sql, parameters):
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with explained(), database.wrap_database_errors, prepared.cursor(database) as asked:
        asked.execute(sql, parameters)
        return asked.fetchall()


def _refusal(failures):
    """The error of one item, from what the gate or a constraint said."""
    if "constraint" not in failures[0]:
        return errors.from_gate(failures)
    error = errors.from_constraint(failures[0]["constraint"])
    if error is None:
        raise IntegrityError(f"an item broke {failures[0]['constraint']}")
    return error


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


def _terms(terms):
    moments = (terms.execute_at, terms.due_at)
    return f"({terms.needed},{','.join('' if at is None else at.isoformat() for at in moments)})"


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
