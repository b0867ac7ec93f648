"""Compare with a partner that can only export files: by what its file says, as of an instant.

The file answers as a node would, so that the same comparison, cases and repairs follow. It says
nothing of transfers: what is on its way is told by whether the file has the units already or still.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from linking import statements
from linking.digests import questions
from linking.digests.view import Listed, View
from linking.errors import failure
from linking.models import ReconciliationRun
from linking.ranges import without
from linking.selectors import halves, partners
from registry import permissions
from registry.errors import InvalidInput, RuleViolated
from registry.models import Registry, Role, UnitType

from .reconcile import reconcile_with

# Bytes of a file.
LARGEST = 64 * 2**20


@dataclass(frozen=True)
class Statement:
    """A file of a partner registry about all that it has of one unit type: held, and used.

    It says what was so at `as_of`; `name` is that of the file.
    """

    unit_type: UnitType
    partner: Registry
    form: str
    data: bytes
    as_of: datetime
    name: str = ""


def reconcile_statement(*, actor, said: Statement, at, clock) -> ReconciliationRun:
    """Compares; nothing is kept of a file with a row that is wrong.

    Raises: NotPermitted, RuleViolated (NOTHING_TO_COMPARE, PARTNER_IS_HERE, STATEMENT_AHEAD),
    InvalidInput, one failure for each row that is wrong.
    """
    home, partner = said.unit_type.registry, said.partner
    permissions.require_role(actor, {Role.ADMINISTRATOR, Role.SYSTEM}, home.pk)
    wrong = []
    if partner.pk == home.pk or not home.hosted:
        wrong.append(failure("NOTHING_TO_COMPARE"))
    elif partner.hosted:
        wrong.append(failure("PARTNER_IS_HERE", registry=partner.code))
    if said.as_of > at:
        wrong.append(failure("STATEMENT_AHEAD", as_of=said.as_of.isoformat()))
    if wrong:
        raise RuleViolated(*wrong)
    return reconcile_with(
        Stated(said, _runs(said)),
        said.unit_type,
        partner,
        trigger=ReconciliationRun.Trigger.STATEMENT,
        at=at,
        clock=clock,
    )


def _runs(said):
    """Raises: InvalidInput."""
    if len(said.data) > LARGEST:
        raise InvalidInput(failure("STATEMENT_TOO_LARGE", most=str(LARGEST)))
    try:
        return statements.read(said.data, statements.Form(said.form))
    except statements.Unreadable as error:
        raise InvalidInput(
            *(failure(each.code, row=str(each.row), value=each.value) for each in error.findings)
        ) from error


@dataclass
class Stated:
    """The books of a partner as its file has them; it answers as `partners.Here` does."""

    said: Statement
    runs: list
    _view: View | None = field(default=None)

    @property
    def as_of(self):
        return self.said.as_of

    def state(self):
        return {
            "position": None,
            "digest": partners.root_text(self._read()),
            "units": str(sum(last - first + 1 for first, last in self.runs)),
            "statement": {
                "name": self.said.name,
                "as_of": self.said.as_of.isoformat(),
                "sha256": hashlib.sha256(self.said.data).hexdigest(),
                "runs": str(len(self.runs)),
            },
        }

    def ranges(self, _at, question):
        return questions.answer(self._read(), question)

    def on_the_way(self, home_pair, home_at, _at):
        """Runs (first, last, sign) that only one side has booked: sent and not in the file yet,
        or on their way home and no longer in it."""
        out = halves.sent_out(home_pair, home_at, since=self.said.as_of)
        back = halves.going_home(home_pair, home_at)
        return [
            (*run, -1) for runs in (*out.values(), *back.values()) for run in runs
            if without([run], self.runs) == [run]
        ]  # fmt: skip

    def tell(self, _blocks):
        """Nobody is there to be told; home opens the case."""
        return []

    def _read(self):
        if self._view is None:
            home = self.said.unit_type.registry
            points = partners.digests.Pair(self.said.partner, home, self.said.unit_type).points
            self._view = View(Listed(self.runs, points), points)
        return self._view
