"""Many transactions of one line, each on its own: what is refused stops none of the others.

Movements go to the gate first, all of a registry and type in one round trip; then what ends units,
one after the other, for the value of each is asked.
"""

from dataclasses import dataclass, field
from datetime import datetime

from registry import errors, facts, lines, permissions, posting
from registry.lines import Line
from registry.models import Transaction
from registry.posting import Outcome

from .cancel import ACCOUNTS
from .propose import (
    ATTEMPTS,
    REFERENCE_MOVES,
    Request,
    failures_of,
    header_of,
    prepare,
    replay,
    require_reason,
)
from .use import use

# The kind of account in which units end, by the type of the transaction.
ENDS = {"surrender": "surrender", "retire": "retirement", **ACCOUNTS}


@dataclass
class Item:
    """One transaction of a batch, and what became of it: an outcome, or the error."""

    key: str
    line: Line
    type_code: str
    result: Outcome | errors.DomainError | None = field(default=None)


def propose_each(
    *, actor, items: list[Item], at: datetime, reason="", approvals=0, execute_at=None
) -> None:
    """Proposes each item as a transaction of its own, and sets its result.

    At least `approvals` persons are to approve each, whatever its type asks; none is completed
    before `execute_at`.

    Raises: NotPermitted (NO_ACTOR), InvalidInput, Unavailable (REFERENCE_DATA_CHANGES).
    """
    permissions.require_actor(actor)
    require_reason(reason)
    terms = {"approvals": approvals, "execute_at": execute_at}
    requests = {
        item.key: Request(item.type_code, [item.line], item.key, at, reason, **terms)
        for item in items
    }
    for item in items:
        try:
            lines.require_form([item.line])
        except errors.DomainError as error:
            item.result = error
    moving = [item for item in items if item.type_code not in ENDS]
    _propose_moves(actor, moving, requests)
    for item in items:
        if item.result is None:
            _propose_use(actor, item, requests[item.key])


def _propose_use(actor, item, request):
    try:
        item.result = use(actor, ENDS[item.type_code], request)
    except errors.DomainError as error:
        item.result = error


def _propose_moves(actor, items, requests):
    for _attempt in range(ATTEMPTS):
        waiting = [item for item in items if item.result is None]
        version = facts.reference().version
        headers = _checked(actor, waiting, requests)
        if facts.outdated(version) or not _submitted(actor, waiting, headers):
            facts.forget()
            for item in waiting:
                item.result = None
            continue
        _replay_refused(actor, items, requests)
        return
    raise errors.Unavailable(REFERENCE_MOVES)


def _checked(actor, items, requests):
    """The headers of the items that pass the checks; the others get their errors."""
    headers = {}
    for item in items:
        request = requests[item.key]
        try:
            proposal = prepare(actor, request)
        except errors.NotPermitted as error:
            item.result = error
            continue
        failures = failures_of(proposal)
        if failures:
            item.result = errors.RuleViolated(*failures)
        else:
            headers[item.key] = header_of(proposal, request)
    return headers


def _submitted(actor, items, headers):
    """Submits what has a header; False when the reference data have changed."""
    groups = {}
    for item in items:
        if item.key in headers:
            header = headers[item.key]
            groups.setdefault((header.type_id, header.registry_id), []).append(item)
    for group in groups.values():
        results = posting.submit_each(
            actor, [headers[item.key] for item in group], [item.line for item in group]
        )
        if not results:
            return False
        for item, result in zip(group, results, strict=True):
            item.result = result
    return True


def _replay_refused(actor, items, requests):
    """An item that was carried out before is answered so, whatever the checks say today."""
    refused = {item.key: item for item in items if isinstance(item.result, errors.RuleViolated)}
    known = Transaction.objects.filter(proposer_id=actor.person_id, key__in=refused)
    for key in known.values_list("key", flat=True):
        try:
            refused[key].result = replay(actor, requests[key])
        except errors.Conflict as error:
            refused[key].result = error
