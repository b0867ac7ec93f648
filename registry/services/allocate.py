"""Hand out issued allowances: free allocation, delivery to the winners of an auction; and take back
what was allocated in excess."""

from .propose import Outcome, Request, propose


def allocate(*, actor, lines, key, at, reason="", execute_at=None) -> Outcome:
    """Moves units from a government account to those entitled to them.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    request = Request("allocate", lines, key, at, reason, execute_at=execute_at)
    return propose(actor, request)


def deliver_auction(*, actor, lines, key, at, reason="", execute_at=None) -> Outcome:
    """Moves units from the auction account to the winners of an auction.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    return propose(
        actor, Request("auction_delivery", lines, key, at, reason, execute_at=execute_at)
    )


def return_allocation(*, actor, lines, key, at, reason="", execute_at=None) -> Outcome:
    """Moves units that were allocated in excess back to a government account.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    return propose(
        actor, Request("return_allocation", lines, key, at, reason, execute_at=execute_at)
    )
