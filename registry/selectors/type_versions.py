"""Proposed versions of transaction types. Whoever is signed in may read them, as the types."""

from registry import permissions
from registry.errors import from_gate
from registry.models import TypeProposal


def proposals(actor):
    """All proposed versions, the newest first.   Raises: NotPermitted (NO_ACTOR)."""
    permissions.require_actor(actor)
    rows = TypeProposal.objects.select_related("registry", "proposer", "decider", "version")
    return rows.order_by("-pk")


def find(actor, number) -> TypeProposal:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_TYPE_PROPOSAL)."""
    found = proposals(actor).filter(pk=number).first()
    if found is None:
        raise from_gate([{"code": "UNKNOWN_TYPE_PROPOSAL", "proposal": str(number)}])
    return found
