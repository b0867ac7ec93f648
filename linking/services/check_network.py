"""Compare all that has crossed a border, on this node and, by its peers, on theirs."""

from dataclasses import dataclass

from linking.models import Peer
from registry.errors import DomainError
from registry.keys.node import node_name

from .ask_peer import ask_peer
from .reconcile import reconcile_all


@dataclass(frozen=True)
class Compared:
    """One unit type of a registry with one partner, as the node that keeps the registry says.

    `differences` are [first, last, times], as ReconciliationRun has them.
    """

    node: str
    registry: str
    unit_type: str
    partner: str
    result: str
    differences: list


def check_network(*, at, clock) -> list[Compared]:
    """What every node says of its own unit types: this one, and each peer that is pinned."""
    return [
        *own(at=at, clock=clock),
        *(
            row
            for peer in Peer.objects.filter(state=Peer.State.PINNED)
            for row in _said(peer, clock())
        ),
    ]


def _said(peer, at):
    """What a peer finds; one line of a failure where it does not answer."""
    try:
        said = ask_peer(peer, "network", {}, at=at).body["compared"]
    except DomainError as error:
        return [Compared(peer.name, "–", "–", "–", ", ".join(sorted(error.codes)), [])]
    return [
        Compared(
            peer.name,
            *(row[name] for name in ("home", "unit_type", "partner", "result", "differences")),
        )
        for row in said
    ]


def own(*, at, clock) -> list[Compared]:
    """What this node finds of the unit types of its registries."""
    return [
        Compared(
            node_name(),
            run.unit_type.registry.code,
            run.unit_type.code,
            run.partner.code,
            str(run.result),
            run.differences,
        )
        for run in reconcile_all(at=at, clock=clock)
    ]
