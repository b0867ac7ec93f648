"""Whether all books hold: each ledger by its own check, and each pair of nodes by both books."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

from federation import members
from federation.books import ENDED, abroad, transfers
from federation.introduce import ONE
from federation.nodes import Node
from federation.telling import Telling

AT_ONCE = 2


def prove(nodes: list[Node], telling: Telling, *, seconds: float) -> list[str]:
    """What is wrong, as lines for people; nothing where all holds.   Raises: Refused, OSError."""
    wrong = settle(nodes, telling, seconds=seconds)
    # Each is a process of its own. One node asks all others about the network, if they are there.
    checks = [(node, "check_ledger") for node in nodes]
    if len(nodes) == len(members.ALL):
        checks.append((nodes[0], "check_network"))
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        for said in pool.map(lambda check: _checked(check[0], telling, check[1]), checks):
            wrong += said
    return wrong + _from_outside(nodes, telling) + compare(nodes, telling)


def compare(nodes: list[Node], telling: Telling) -> list[str]:
    """What differs between the books of two nodes, and between the halves of transfers."""
    wrong = []
    for home, at in permutations(nodes, 2):
        stands, there = abroad(home, at)
        line = (
            f"{home.member.unit_type} in {at.member.code}: {stands:,} by the books of "
            f"{home.member.code}, {there:,} by those of {at.member.code}"
        )
        telling(line)
        if stands != there:
            wrong.append(line)
    return wrong + _halves(nodes)


def settle(nodes: list[Node], telling: Telling, *, seconds: float) -> list[str]:
    """Waits until every half of every transfer has come to its end; what has not."""
    began = time.monotonic()
    while waiting := [
        f"{node.member.code}: transfer {row['transfer']} is {row['state']} ({row['half']})"
        for node in nodes
        for row in transfers(node)
        if row["state"] not in ENDED and not _waits_for_people(node, row)
    ]:
        if time.monotonic() - began > seconds:
            return waiting
        time.sleep(1)
    telling(f"every transfer has ended {time.monotonic() - began:.0f} s after the traffic")
    return []


def _waits_for_people(node, row):
    """Proposed, and not approved by anybody: nothing that a node does by itself."""
    return row["state"] == "proposed" and row["source_status"] == "awaiting_approval"


def _halves(nodes):
    """Transfers between these nodes whose halves end otherwise, or of which one is missing."""
    ends, names = {}, {node.member.node_name for node in nodes}
    for node in nodes:
        for row in transfers(node):
            if row["peer"] not in names:
                continue
            ends.setdefault(row["transfer"], {})[row["half"]] = row["state"]
    return [
        f"transfer {name}: {halves}"
        for name, halves in ends.items()
        if "completed" in halves.values() and set(halves.values()) != {"completed"}
    ] + [
        f"transfer {name} is completed on one side only: {halves}"
        for name, halves in ends.items()
        if "completed" in halves.values() and halves.keys() != {"source", "destination"}
    ]


def _from_outside(nodes, telling):
    """The same by nobody's word: what the nodes hold is read by REST and compared."""
    keys = nodes[0].home / "keys_of_all.json"
    keys.touch(mode=0o600)
    keys.write_text(json.dumps({node.address: node.keys()[ONE] for node in nodes}))
    return _checked(nodes[0], telling, "check_network", "--keys", str(keys))


def _checked(node, telling, check, *arguments):
    said = node.command(check, *arguments)
    last = (said.stdout.strip() or said.stderr.strip()).splitlines()[-1:]
    name = f"{check} from outside" if arguments else f"{check} of {node.member.code}"
    telling(f"{name}: status {said.returncode} {' '.join(last)}")
    if said.returncode == 0:
        return []
    return [f"{name}:\n{said.stdout}{said.stderr}"]
