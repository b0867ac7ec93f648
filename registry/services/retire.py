"""Take units out of circulation for good, on behalf of someone."""

from .propose import Outcome, Request
from .use import use


def retire(*, actor, lines, key, at, reason="") -> Outcome:
    """Proposes to retire units; the reason names the beneficiary and the purpose.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    return use(actor, "retirement", Request("retire", lines, key, at, reason))
