"""Many transfers in one request, each on its own: how they are read and how each is answered.

A row that can not be read, or names what does not exist, is refused alone; the others go on.
"""

from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from registry.errors import DomainError, Failure, InvalidInput, RuleViolated
from registry.models import Transaction
from registry.selectors import references
from registry.services.propose_each import Item

from . import errors, fields
from .forms import BATCHED, LINES
from .many_forms import MODES, BatchProposal, Trade
from .proposals import Naming, check_lines, line_of
from .reading import missing, read_object

MOST = 10_000


class _Typed(serializers.Serializer):
    type = fields.Choice(BATCHED)


@dataclass
class Row:
    """A row as it was sent, the transfer that it means, or why it means none."""

    number: int
    said: dict = field(default_factory=dict)
    item: Item | None = None
    refusal: DomainError | None = None

    @property
    def result(self):
        return self.refusal or self.item.result


def require_count(rows, pointer):
    """Raises: InvalidInput (NO_LINES, TOO_MANY_LINES)."""
    if not rows:
        raise InvalidInput(
            Failure("NO_LINES", _("The proposal moves nothing."), _("Give at least one line."))
        )
    if len(rows) > MOST:
        raise InvalidInput(
            Failure(
                "TOO_MANY_LINES",
                _("One request has at most 10,000 lines."),
                _("Send several requests, each with a key of its own."),
                data={"pointer": pointer},
            )
        )


def read_batch(request, *, key_of) -> tuple[dict, list[Row]]:
    """What a batch says besides its lines, and its rows. Where they are all or nothing, what is
    wrong with any of them is wrong with the whole.

    Raises: InvalidInput, RuleViolated.
    """
    given, failures = request.data, []
    lines = given.get("lines") if type(given) is dict else None
    is_list = type(lines) is list
    said = read_object(BatchProposal, {**given, "lines": []} if is_list else given, "", failures)
    if failures:
        raise InvalidInput(*failures)
    require_count(lines, "/lines")
    read = line_of_batch(said.get("type"))
    rows = read_rows(request.actor, lines, read, key_of=key_of)
    if said["mode"] == MODES[0]:
        require_all(rows)
    return said, rows


def by_type(rows) -> dict[str, list[Row]]:
    """The rows of each type, in the order in which the types come."""
    grouped = {}
    for row in rows:
        grouped.setdefault(row.item.type_code, []).append(row)
    return grouped


def pointers_of(grouped):
    """Where the lines of grouped rows stand in the body."""
    return [f"/lines/{row.number - 1}" for same in grouped.values() for row in same]


def line_of_batch(default):
    """How a line of a batch is read whose type is `default` where it names none."""

    def read(said, failures):
        if type(said) is not dict:
            return read_object(LINES["transfer"], said, "", failures)
        given = dict(said)
        code = given.pop("type", default)
        if code is None:
            failures.append(missing("", "type"))
            return {}
        if type(code) is not str or code not in LINES:
            return read_object(_Typed, {"type": code}, "", failures)
        return {"type": code, **read_object(LINES[code], given, "", failures)}

    return read


def trade(said, failures):
    """How a trade of a settlement file is read."""
    return {"type": "delivery", **read_object(Trade, said, "", failures)}


def read_rows(actor, given, read, *, key_of) -> list[Row]:
    """The rows, each with its transfer or its refusal; `key_of` gives each its own key."""
    rows = [Row(number) for number in range(1, len(given) + 1)]
    for row, said in zip(rows, given, strict=True):
        if isinstance(said, DomainError):
            row.refusal = said
            continue
        failures = []
        row.said = read(said, failures)
        if not failures:
            check_lines({"lines": [row.said]}, failures)
            failures = [_of_row(failure) for failure in failures]
        if failures:
            row.refusal = InvalidInput(*failures)
    readable = [row for row in rows if row.refusal is None]
    found = _resolve(actor, [row.said for row in readable])
    for row in readable:
        naming = Naming(actor, found)
        line = line_of(row.said, "", naming)
        if naming.failures:
            row.refusal = RuleViolated(*naming.failures)
        else:
            row.item = Item(key_of(row), line, row.said["type"])
    return rows


def answer_of(row) -> dict:
    """What becomes of one row: its status is the one that it would have had alone."""
    result = row.result
    if isinstance(result, DomainError):
        status, _title = errors.status_of(result)
        return {
            "line": row.number,
            "status": status,
            "code": result.code,
            "transaction": None,
            "posting": None,
            "state": None,
            "replayed": False,
            "errors": errors.failures_of(result, ("",)),
        }
    state = Transaction.Status(result.status)
    return {
        "line": row.number,
        "status": 201 if state == Transaction.Status.COMPLETED else 202,
        "code": None,
        "transaction": str(result.transaction_id),
        "posting": None if result.posting_id is None else str(result.posting_id),
        "state": state.name.lower(),
        "replayed": result.replayed,
        "errors": [],
    }


def _of_row(failure):
    """The failure of a row, which is looked at as the first of several lines, with its pointer."""
    pointer = failure.data.get("pointer", "").removeprefix("/lines/0")
    return replace(failure, data={**failure.data, "pointer": pointer})


def _resolve(actor, lines):
    accounts, unit_types, entities = set(), set(), set()
    for line in lines:
        accounts.update(line[name] for name in ("source", "destination") if name in line)
        unit_types.add((line.get("block") or line)["unit_type"])
        entities.update(line[name] for name in ("entity",) if name in line)
    return references.resolve(actor, accounts=accounts, unit_types=unit_types, entities=entities)


def require_all(rows, pointer="/lines"):
    """Where rows are all or nothing, what is wrong with any of them is wrong with all.

    Raises: InvalidInput, RuleViolated.
    """
    refused = [row for row in rows if row.refusal is not None]
    misread = [row for row in refused if isinstance(row.refusal, InvalidInput)]
    if refused:
        kind = InvalidInput if misread else RuleViolated
        raise kind(
            *(
                replace(failure, data={**failure.data, "pointer": _within(row, failure, pointer)})
                for row in misread or refused
                for failure in row.refusal.failures
            )
        )


def _within(row, failure, pointer):
    return f"{pointer}/{row.number - 1}{failure.data.get('pointer', '')}"
