"""What each node's books say, read by REST: holdings, transfers, limits, and what waits."""

from collections import Counter

from federation.introduce import ONE, person
from federation.nodes import Node
from federation.rest import Refused

ENDED = ("completed", "rejected", "aborted")


def held(node: Node, *, kind: str = "", unit_type: str = "") -> Counter:
    """Units by (account's number, unit type)."""
    asked = {"registry": node.member.registry, "limit": "1000"}
    if unit_type:
        asked["unit_type"] = unit_type
    found = Counter()
    kinds = accounts(node)
    for each in person(node, ONE).items("holdings", **asked):
        account = kinds[each["account"]]
        if not kind or account["kind"] == kind:
            found[each["account"], each["block"]["unit_type"]] += int(each["quantity"])
    return found


def accounts(node: Node) -> dict[str, dict]:
    """The accounts of the member's registry by number."""
    rows = person(node, ONE).items("accounts", registry=node.member.registry, limit="1000")
    return {row["number"]: row for row in rows}


def account_of(node: Node, holder: str) -> str:
    """The number of an operator's account."""
    (row,) = person(node, ONE).items("accounts", holder=holder, kind="operator")
    return row["number"]


def largest_block(node: Node, holder: str) -> tuple[int, int]:
    """The first and the last serial of the longest run that an operator holds of home units."""
    number = account_of(node, holder)
    asked = {"account": number, "unit_type": node.member.unit_type, "limit": "1000"}
    rows = person(node, ONE).items("holdings", **asked)
    runs = [(int(row["block"]["first"]), int(row["block"]["last"])) for row in rows]
    return max(runs, key=lambda run: run[1] - run[0])


def transfers(node: Node) -> list[dict]:
    """All transfers over links that the node keeps a half of."""
    return person(node, ONE).items("transfers", limit="1000")


def abroad(home: Node, at: Node) -> tuple[int, int]:
    """Units of `home` in its account that stands for `at`, and those that `at` holds."""
    stands = sum(
        units
        for (number, unit_type), units in held(home, kind="partner").items()
        if unit_type == home.member.unit_type
        and accounts(home)[number].get("stands_for") == at.member.registry
    )
    there = sum(held(at, unit_type=home.member.unit_type).values())
    return stands, there


def lines(node: Node) -> list[str]:
    """One node's view, as lines for people."""
    told = [f"{node.member.code} ({node.address}/admin/)"]
    kinds = accounts(node)
    by_type = Counter()
    for (number, unit_type), units in held(node).items():
        by_type[kinds[number]["kind"], unit_type] += units
    for (kind, unit_type), units in sorted(by_type.items()):
        told.append(f"  {unit_type:<6} {units:>12,}  {_where(kind, unit_type, node)}")
    states = Counter((row["half"], row["state"]) for row in transfers(node))
    for (half, state), count in sorted(states.items()):
        told.append(f"  transfers: {count} {state} ({half})")
    # What is left of an edge's quotas is known to who accepts by it.
    links = [
        link for link in person(node, ONE).items("links") if link["acceptor"] == node.member.code
    ]
    return told + [
        f"  {link['edge']} {link['state']}: {_left(node, link['edge'])}" for link in links
    ]


def _where(kind, unit_type, node):
    if kind == "partner":
        return "abroad, in the account that stands for a partner"
    return f"{kind}" + ("" if unit_type == node.member.unit_type else ", foreign")


def _left(node, edge):
    try:
        meters = person(node, ONE).get(f"links/{edge.replace('>', '%3E')}/meters")["meters"]
    except Refused as refused:
        return refused.code
    return ", ".join(f"{meter['left']} of {meter['capacity']} t left" for meter in meters)
