"""Asks for something under a key: a form that is sent twice asks once."""

from registry import canonical, permissions
from registry.models import GovernanceRequest
from registry.selectors import governance
from registry.selectors.answers import Answer

from .answer_once import Sent, answer_once
from .governance import Request, ask

# Where answers to the forms of the pages are kept, beside those to addresses of the API.
ADDRESS = "ask"
CREATED = 201


def ask_once(*, actor, request: Request, key, at) -> GovernanceRequest:
    """The request; the earlier one, where the same was asked for under this key before.

    Raises: NotPermitted, NotFound, InvalidInput, RuleViolated, Conflict (REQUEST_IN_PROGRESS,
    IDEMPOTENCY_KEY_REUSED).
    """
    permissions.require_actor(actor)
    said = {
        "kind": request.kind,
        "registry": str(request.registry_id),
        "account": request.account_id and str(request.account_id),
        "payload": request.payload,
        "reason": request.reason,
    }
    sent = Sent(actor.person_id, ADDRESS, key, canonical.digest(said))

    def answer():
        made = ask(actor=actor, request=request, at=at)
        return Answer(sent.fingerprint, CREATED, {"number": str(made.pk)}, b"")

    given, _is_repeated = answer_once(sent, answer, at=at)
    return governance.find(actor, int(given.headers["number"]))
