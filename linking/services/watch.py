"""Suspend edges whose triggers fire. Their acceptors have agreed to that by signing them."""

from linking import permissions
from linking.lifecycle.triggers import Observations, fired
from linking.selectors.graph import links

from .change_edge import Act, suspend


def watch(*, actor, edge_id, seen: Observations, at) -> list[str]:
    """The kinds of the triggers that fired; the edge is suspended by the first of them.

    An edge that is not open is left alone. Only its acceptor's administrators report on it.

    Raises: NotPermitted (NO_ACTOR, NOT_A_PARTY, …).
    """
    known = links()
    row = known.rows.get(edge_id)
    if row is None:
        return []
    permissions.require_party(actor, row.version.agreement, row.acceptor.code)
    (edge,) = [each for each in known.graph.edges if each.edge_id == edge_id]
    present = known.graph.present(edge, at)
    if not present.is_open:
        return []
    found = fired(present.edge.suspension.triggers, seen)
    if found:
        code = row.version.agreement.code
        suspend(actor=actor, agreement=code, edge_id=edge_id, act=Act("suspended", found[0]), at=at)
    return found
