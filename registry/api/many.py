"""Many transfers in one request, each on its own: how they are read and how each is answered.

A row that can not be read, or names what does not exist, is refused alone; the others go on.
"""

from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _

from registry.errors import DomainError, Failure, InvalidInput, RuleViolated
from registry.models import Transaction
from registry.selectors import references
from registry.services.propose_each import Item

from . import errors
from .proposals import Naming, check_lines, line_of
from .reading import read_object

MOST = 10_000


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


def read_rows(actor, given, form, *, key_of) -> list[Row]:
    """The rows, each with its transfer or its refusal; `key_of` gives each its own key."""
    rows = [Row(number) for number in range(1, len(given) + 1)]
    for row, said in zip(rows, given, strict=True):
        if isinstance(said, DomainError):
            row.refusal = said
            continue
        failures = []
        row.said = read_object(form, said, "", failures)
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
            row.item = Item(key_of(row), line)
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
    accounts, unit_types = set(), set()
    for line in lines:
        accounts.update((line["source"], line["destination"]))
        unit_types.add((line.get("block") or line)["unit_type"])
    return references.resolve(actor, accounts=accounts, unit_types=unit_types)
