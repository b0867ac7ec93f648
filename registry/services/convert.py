"""Issue-and-cancel: units of one type end, and as many of the type they convert to begin."""

from registry.lines import Line

from .issue import describe
from .propose import Outcome, Request, propose


def convert(*, actor, lines, issuances, key, at, reason="") -> Outcome:
    """Proposes a conversion. `lines` move the old units to their registry's conversion account;
    `issuances` say what is issued for them, one for one.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    issuing = [
        Line(None, account, issuance.unit_type, quantity)
        for issuance in issuances
        for account, quantity in issuance.blocks
    ]
    attributes = {"issuances": describe(issuances, after=len(lines))}
    return propose(actor, Request("convert", [*lines, *issuing], key, at, reason, attributes))
