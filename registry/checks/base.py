"""What a check is. Each check has one code; all that fail are returned together.

The list and its order are settings.CONCORD["CHECKS"]; docs/checks.md documents them and a test
keeps the two equal.
"""

from dataclasses import dataclass
from datetime import datetime

from registry.actors import Actor
from registry.errors import Failure
from registry.facts import Facts
from registry.models.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a check looks at. `reverses` is the transaction that this one would undo."""

    actor: Actor
    type_code: str
    lines: list
    attributes: dict
    facts: Facts
    at: datetime
    reverses: Transaction | None = None
    reason: str = ""
    execute_at: datetime | None = None


class Check:
    """Subclasses set `code`, `message`, `hint` and yield failures from `failures`.

    `number` is the response code by which the ITL's and the UK registry's users know the rule.
    A check that `needs_existing` rows runs only when everything that the lines name exists. One
    `of_rules` asks about a rule that plain versions of types do not have: it runs for others only.
    """

    code = ""
    number = 0
    message = ""
    hint = ""
    needs_existing = True
    of_rules = False

    def failures(self, proposal):
        """Yields (line number or None, data) for each place where the rule is broken."""
        raise NotImplementedError

    def run(self, proposal):
        return [self.failure(line, **(data or {})) for line, data in self.failures(proposal)]

    @classmethod
    def failure(cls, line=None, **data) -> Failure:
        """The rule as broken in a line, or as a whole."""
        return Failure(cls.code, cls.message, cls.hint, line, data)


class LineCheck(Check):
    """A check that looks at each line alone."""

    def failures(self, proposal):
        for number, line in enumerate(proposal.lines, 1):
            data = self.broken(line, proposal)
            if data is not None:
                yield number, data

    def broken(self, line, proposal):
        """Data about the breach, or None when the line is in order."""
        raise NotImplementedError


class Checklist:
    """Checks that are run together, in their order."""

    def __init__(self, checks):
        self.checks = checks
        self._plain = [check for check in checks if not check.of_rules]
        self._of_lines = [check.broken for check in self._plain if isinstance(check, LineCheck)]
        self._others = [check for check in self._plain if not isinstance(check, LineCheck)]

    def failures(self, proposal):
        """All failures of all checks.

        Most proposals are in order, and of a plain version of their type: that is found first,
        without making up what each check says.
        """
        kind = proposal.facts.type
        if kind is None or kind["is_plain"]:
            if self._all_hold(proposal):
                return []
            return [failure for check in self._plain for failure in check.run(proposal)]
        return [failure for check in self.checks for failure in check.run(proposal)]

    def _all_hold(self, proposal):
        for line in proposal.lines:
            for broken in self._of_lines:
                if broken(line, proposal) is not None:
                    return False
        for check in self._others:
            for _failure in check.failures(proposal):
                return False
        return True
