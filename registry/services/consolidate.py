"""Merge adjacent blocks of an account, so that it can move many units in few rows."""

from registry.lines import Line
from registry.selectors.holdings import balance

from .propose import Outcome, Request, propose


def consolidate(*, actor, account_id, unit_type_id, key, at) -> Outcome:
    """Merges what can be merged of one unit type in one account; marked blocks stay.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    quantity = balance(account_id=account_id, unit_type_id=unit_type_id)
    lines = [Line(account_id, account_id, unit_type_id, max(quantity, 1))]
    said = [Line(account_id, account_id, unit_type_id, 1)]
    return propose(actor, Request("consolidate", lines, key, at, said=said))
