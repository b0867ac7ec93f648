"""The members agree on the edges of scenarios/federation, each signing on its own node."""

import json
from pathlib import Path

from config.embedded.layout import PROJECT
from federation.introduce import ONE, TWO, person
from federation.nodes import Node
from federation.rest import Person, Refused, fetch, until
from federation.telling import Telling

FILE = PROJECT / "scenarios" / "federation" / "agreement.json"
ARRIVES_WITHIN_S = 60
COMES_WITHIN_S = 5


def agree(nodes: list[Node], telling: Telling, *, file: Path = FILE) -> None:
    """One party begins and proposes; all sign what has reached them; it is in force everywhere.

    Edges between members that do not take part are left out. An agreement that is in force stays.

    Raises: Refused, OSError, TimeoutError.
    """
    said = json.loads(file.read_text())
    code = said["agreement"]
    first = nodes[0]
    if all(_in_force(node, code) for node in nodes):
        return
    if not _newest(first, code):
        _begin(first, nodes, said)
    digest = _newest(first, code)["digest"]
    for node in nodes:
        if not _arrives(node, code, digest):
            # The text has no proposer: who proposes the same words has the same digest.
            _begin(node, nodes, said)
        _sign(node, {"party": node.member.code, "digest": digest}, code)
        telling(f"{node.member.code} has signed {code}")
    for node in nodes:
        _carry(nodes, node, code, digest)
        until(lambda node=node: _in_force(node, code), seconds=ARRIVES_WITHIN_S)
    telling(f"{code} is in force on {len(nodes)} nodes")


def _begin(first: Node, nodes: list[Node], said: dict) -> None:
    one = person(first, ONE)
    members = {node.member.code: node for node in nodes}
    parties = [
        {"registry": node.member.registry} | ({} if node is first else {"public_key": key_of(node)})
        for node in nodes
    ]
    code = said["agreement"]
    one.post("agreements", {"code": code, "parties": parties}, key=f"begin {code}")
    edges = [
        edge for edge in said["edges"] if edge["source"] in members and edge["acceptor"] in members
    ]
    text = {"title": said["title"], "clauses": said["clauses"], "edges": edges}
    path = f"agreements/{code}/versions"
    one.post(path, {"party": first.member.code, "text": text}, key=f"propose {code}")


def key_of(node: Node) -> str:
    """The key that a member's registry signs with, as its card tells: base64url."""
    keys = fetch(f"{node.address}/protocol/v1/card")["card"]["keys"]
    for key in keys:
        told = key["concord"]
        ended = told["revoked_at"] or told["valid_to"]
        if told["registry"] == node.member.registry and not ended:
            return key["x"]
    raise LookupError(f"the card of {node.member.node_name} has no key of {node.member.registry}")


def _arrives(node: Node, code: str, digest: str) -> bool:
    """Whether the text comes by itself."""
    try:
        return until(lambda: _has(node, code, digest), seconds=COMES_WITHIN_S)
    except TimeoutError:
        return False


def _carry(nodes: list[Node], to: Node, code: str, digest: str) -> None:
    """Hands over the signatures of the others, where they have not come by themselves."""
    for node in nodes:
        version = _newest(node, code)
        for given in version["signatures"]:
            if node is not to and given["party"] == node.member.code:
                told = {name: given[name] for name in ("party", "signature")}
                _sign(to, {**told, "digest": digest}, code)


def _sign(node: Node, body: dict, code: str) -> None:
    try:
        person(node, TWO).post(f"agreements/{code}/signatures", body)
    except Refused as refused:
        if refused.code not in ("ALREADY_SIGNED", "NOT_PROPOSED"):
            raise


def _versions(node: Node, code: str) -> list[dict]:
    try:
        return _one(node).items(f"agreements/{code}/versions")
    except Refused as refused:
        if refused.status != 404:
            raise
        return []


def _newest(node: Node, code: str) -> dict | None:
    return next(iter(_versions(node, code)), None)


def _has(node: Node, code: str, digest: str) -> bool:
    return any(version["digest"] == digest for version in _versions(node, code))


def _in_force(node: Node, code: str) -> bool:
    return any(version["state"] == "in_force" for version in _versions(node, code))


def _one(node: Node) -> Person:
    return person(node, ONE)
