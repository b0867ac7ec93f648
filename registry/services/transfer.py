"""Move units between accounts of one registry."""

from .propose import Outcome, Request, propose


def transfer(*, actor, lines, key, at, reason="") -> Outcome:
    """Proposes one transfer, or many at once: all lines or none. A second person approves.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    return propose(actor, Request("transfer", lines, key, at, reason))


def deliver(*, actor, lines, key, at, reason="") -> Outcome:
    """Carries out trades that a market has matched; they need no further approval.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    return propose(actor, Request("delivery", lines, key, at, reason))
