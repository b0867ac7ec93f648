"""Nodes get to know each other: one administrator introduces, another confirms by fingerprint."""

from itertools import permutations

from federation.nodes import Node
from federation.rest import Person, Refused
from federation.telling import Telling

ONE, TWO = "administrator-1", "administrator-2"


def person(node: Node, username: str) -> Person:
    """One of the two administrators of a node, at its API."""
    return Person(node.address, node.keys()[username])


def introduce_all(nodes: list[Node], telling: Telling) -> None:
    """Each pins each other one; who is pinned already stays so.   Raises: Refused, OSError."""
    for node, other in permutations(nodes, 2):
        if introduce(node, other):
            telling(f"{node.member.code} has pinned {other.member.code}")


def introduce(node: Node, other: Node) -> bool:
    """Whether the node has pinned the other one now, and not before.

    The fingerprint is asked of the other node's own administrator, as by telephone.

    Raises: Refused, OSError.
    """
    one, two = person(node, ONE), person(node, TWO)
    known = _peer(one, other)
    if known and known["state"] != "introduced":
        return False
    if not known:
        one.post("peers", {"url": other.public_address})
    told = person(other, ONE).get("node")["fingerprint"]
    two.post(f"peers/{other.member.node_name}/confirmation", {"fingerprint": told})
    return True


def _peer(one: Person, other: Node) -> dict | None:
    try:
        return one.get(f"peers/{other.member.node_name}")
    except Refused as refused:
        if refused.status != 404:
            raise
        return None
