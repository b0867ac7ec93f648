"""An allocation table: every row is a line of one proposal, which is approved as any other."""

from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from registry.checks.existence import DestinationExists, SourceExists, UnitTypeExists
from registry.errors import DomainError, Failure
from registry.lines import Line, units_failure
from registry.selectors import references
from registry.services.allocate import allocate
from registry.services.propose import Outcome, Request, dry_run
from registry.services.requested.accounts import WHOLE

from .work import Work, at_rows

TYPE = "allocate"
# The column that a failure of the ledger's checks is about, by the beginning of its code.
PLACES = (
    (("SOURCE_", "UNKNOWN_SOURCE_ACCOUNT", "INSUFFICIENT_"), "source"),
    (("DESTINATION_", "UNKNOWN_DESTINATION_ACCOUNT", "HOLDING_LIMIT_EXCEEDED"), "destination"),
    (("UNIT_TYPE_", "UNKNOWN_UNIT_TYPE"), "unit_type"),
)


class Allocations(Work):
    columns = {
        "source": True,
        "destination": True,
        "unit_type": True,
        "quantity": True,
        "vintage_from": False,
    }
    places = {"NOT_A_DATE": "vintage_from"}

    def __init__(self, *given):
        super().__init__(*given)
        self.rows, self.lines = [], []

    def skip(self, rows):
        super().skip(rows)
        self.failures_of([row for row in rows if not row.failures])

    def failures_of(self, rows):
        """What is wrong with the names and numbers of rows; the lines that can be read are kept."""
        found = references.resolve(
            self.actor,
            accounts={row.cells[name] for row in rows for name in ("source", "destination")},
            unit_types={row.cells["unit_type"] for row in rows},
        )
        failures = []
        for row in rows:
            wrong = list(_failures(row, found))
            failures.extend(self.at_row(row, failure) for failure in wrong)
            if not wrong:
                self.rows.append(row)
                self.lines.append(_line(row.cells, found))
        return failures

    def finish(self):
        """What the ledger has against the proposal: it is tried, and taken back."""
        if not self.lines:
            return []
        request = Request(TYPE, self.lines, f"upload {self.upload.pk}", self.at, self._reason)
        return self._at_rows(dry_run(self.actor, request))

    def propose(self) -> Outcome:
        """Proposes all lines as one transaction.   Raises: DomainError, its failures by row."""
        try:
            return allocate(
                actor=self.actor,
                lines=self.lines,
                key=f"upload {self.upload.pk}",
                at=self.at,
                reason=self._reason,
            )
        except DomainError as error:
            raise at_rows(error, self.rows) from error

    @property
    def _reason(self):
        return self.upload.reason

    def _at_rows(self, failures):
        return [
            failure if failure.line is None else self.at_row(self.rows[failure.line - 1], failure)
            for failure in failures
        ]

    def at_row(self, row, failure):
        for beginnings, column in PLACES:
            if failure.code.startswith(beginnings):
                return super().at_row(row, _about(failure, column))
        return super().at_row(row, failure)


def _about(failure, column):
    return Failure(
        failure.code, failure.message, failure.hint, failure.line, {**failure.data, "field": column}
    )


def _failures(row, found):
    for name, check in (("source", SourceExists), ("destination", DestinationExists)):
        if row.cells[name] not in found.accounts:
            yield Failure(check.code, check.message, check.hint, data={"account": row.cells[name]})
    if row.cells["unit_type"] not in found.unit_types:
        yield Failure(
            UnitTypeExists.code,
            UnitTypeExists.message,
            UnitTypeExists.hint,
            data={"unit_type": row.cells["unit_type"]},
        )
    failure = units_failure(_whole(row.cells["quantity"]), None, "quantity")
    if failure:
        yield failure
    if "vintage_from" in row.cells and _day(row.cells["vintage_from"]) is None:
        yield Failure("NOT_A_DATE", _("This must be a date."), _("Write it as 2026-11-22."))


def _line(cells, found):
    return Line(
        found.accounts[cells["source"]],
        found.accounts[cells["destination"]],
        found.unit_types[cells["unit_type"]],
        _whole(cells["quantity"]),
        vintage_from=_day(cells["vintage_from"]) if "vintage_from" in cells else None,
    )


def _whole(text):
    return int(text) if WHOLE.fullmatch(text) else text


def _day(text):
    try:
        return parse_date(text)
    except ValueError:
        return None
