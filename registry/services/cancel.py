"""Cancel units: by choice, by order, for overall mitigation, or for the Adaptation Fund."""

from .propose import Outcome, Request
from .use import use

ACCOUNTS = {
    "cancel": "cancellation",
    "cancel_mandatorily": "mandatory_cancellation",
    "cancel_for_omge": "omge_cancellation",
    "cancel_for_adaptation_fund": "adaptation_fund",
}


def cancel(*, actor, lines, key, at, reason="", purpose="cancel") -> Outcome:
    """Proposes to cancel units; `purpose` is a key of ACCOUNTS, voluntary by default.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    return use(actor, ACCOUNTS[purpose], Request(purpose, lines, key, at, reason))
