"""What is wrong after a run, if anything. Shares no code with the ledger but its tables."""

from collections import Counter
from io import StringIO

from django.core.management import call_command
from django.db import connection

from tests.log.findings import log_findings

OPEN = "SELECT account_id, first, last FROM registry_holding WHERE closed_by_id IS NULL"
MARKS = (
    "SELECT kind, transaction_id, first, last FROM registry_mark"
    " WHERE released_at IS NULL AND kind IN ('reservation', 'freeze')"
)
PLACED = (
    "SELECT p.id, o.position FROM registry_posting p"
    " LEFT JOIN registry_position o ON o.posting_id = p.id ORDER BY o.position, p.id"
)
ROWS = (
    "SELECT opened_by_id, closed_by_id, account_id, first, last FROM registry_holding ORDER BY id"
)


def _rows(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def find(client):
    """Everything that is wrong, as sentences."""
    return [
        *acknowledged_is_found(client),
        *requests_are_done_once(),
        *units_are_where_the_model_says(client),
        *marks_are_those_of_the_model(client),
        *order_is_dense_and_causal(),
        *log_findings(),
        *check_ledger_agrees(),
    ]


def acknowledged_is_found(client):
    found = dict(_rows("SELECT id, posting_id FROM registry_transaction"))
    for number, posting in client.acknowledged:
        if number not in found:
            yield f"transaction {number} was acknowledged and is not there"
        elif posting is not None and found[number] != posting:
            yield f"transaction {number} was acknowledged with posting {posting}"


def requests_are_done_once():
    reasons = Counter(
        reason
        for (reason,) in _rows(
            "SELECT reason FROM registry_transaction WHERE reason LIKE 'request %%'"
        )
    )
    for reason, count in reasons.items():
        if count > 1:
            yield f"{reason} was done {count} times"


def units_are_where_the_model_says(client):
    names = {account: name for name, account in vars(client.world.at_home).items()}
    found = {}
    for account, first, last in _rows(OPEN):
        for serial in range(first, last + 1):
            found.setdefault(serial, []).append(names[account])
    for serial in sorted(set(found) | set(client.model.holder)):
        holders, expected = found.get(serial, []), client.model.holder.get(serial)
        if holders != [expected]:
            yield f"serial {serial} is held by {holders}, not by {expected}"


def marks_are_those_of_the_model(client):
    expected = {("reservation", s, by) for s, by in client.model.reserved.items()}
    expected |= {("freeze", s, by) for s, by in client.model.frozen.items()}
    found = {
        (kind, serial, transaction)
        for kind, transaction, first, last in _rows(MARKS)
        for serial in range(first, last + 1)
    }
    for kind, serial, _transaction in sorted(found ^ expected):
        yield f"the {kind} of serial {serial} is not as the model says"


def order_is_dense_and_causal():
    """Positions follow without a gap, and replayed in their order every serial is in one place."""
    placed = _rows(PLACED)
    if [position for _posting, position in placed] != list(range(1, len(placed) + 1)):
        yield "positions are not dense"
        return
    opened, closed = {}, {}
    for opens, closes, account, first, last in _rows(ROWS):
        opened.setdefault(opens, []).append((account, first, last))
        if closes is not None:
            closed.setdefault(closes, []).append((account, first, last))
    place = {}
    for posting, position in placed:
        for account, first, last in closed.pop(posting, ()):
            for serial in range(first, last + 1):
                if place.pop(serial, None) != account:
                    yield f"position {position} takes serial {serial} from where it is not"
        for account, first, last in opened.pop(posting, ()):
            for serial in range(first, last + 1):
                if place.setdefault(serial, account) != account:
                    yield f"position {position} doubles serial {serial}"
    if opened or closed:
        yield f"holdings of postings that are not there: {sorted({*opened, *closed})}"


def check_ledger_agrees():
    """The product's own check, which every other finding must also make red."""
    told = StringIO()
    try:
        call_command("check_ledger", stdout=told, stderr=StringIO())
    except SystemExit:
        yield f"check_ledger: {told.getvalue()}"
