"""Move units between accounts of one registry."""

from .propose import Outcome, Request, propose


def transfer(*, actor, lines, key, at, reason="", execute_at=None) -> Outcome:
    """Proposes one transfer, or many at once: all lines or none. A second person approves.

    With `execute_at` it is not completed before that moment.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    request = Request("transfer", lines, key, at, reason, execute_at=execute_at)
    return propose(actor, request)


def deliver(*, actor, lines, key, at, reason="", execute_at=None) -> Outcome:
    """Carries out trades that a market has matched; they need no further approval.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    request = Request("delivery", lines, key, at, reason, execute_at=execute_at)
    return propose(actor, request)
