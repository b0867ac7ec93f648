"""Give up units to meet an obligation."""

from .propose import Outcome, Request
from .use import use


def surrender(*, actor, lines, key, at, reason="") -> Outcome:
    """Proposes to surrender units; each line names the period (and the entity) it is for.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    return use(actor, "surrender", Request("surrender", lines, key, at, reason))
