"""Limits recounted from decisions, and texts compared with what was signed.

Written for the audit: nothing here is shared with what decides, takes, or signs.
"""

import base64
import json
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from math import lcm

from registry.audit.signatures import verifies

Violation = tuple[str, str, str, dict]
COUNTER = "registry_limitcounter"


def limits(
    edges: Iterator[tuple],
    taken: Iterator[tuple],
    unsaid: Iterator[tuple],
    limits: Iterator[tuple],
) -> Iterator[Violation]:
    """Limits that are not what decisions took, or whose slots have not their capacity."""
    documents = [json.loads(text) for _edge_id, text in edges]
    scales, net = dict(_scales(documents)), {}
    flows = {(source, to): units for source, to, units in unsaid}
    for document in documents:
        units = flows.get((document["acceptor"], document["source"]), 0)
        net |= dict(_restorable(document, units, scales)) if units else {}
    sums = defaultdict(list)
    for pool, entity, period, scale, parts, count in taken:
        sums[pool, entity, period].append((scale, parts, count))
    for pool, entity, period, number, used, extra, capacity, limit in limits:
        found = sums.pop((pool, entity, period), [])
        told = {"pool": pool, "period": period}
        if limit is not None and capacity != max(used, limit + extra):
            yield "capacity", COUNTER, str(number), {**told, "capacity": str(capacity)}
        lost = used - extra
        least, most = _bounds(pool, found, scales)
        least -= net.get(pool) or net.get(pool.rpartition(":")[0], 0)
        if not (least <= lost and (most is None or lost <= most)):
            taken_t = {"lost": str(lost), "taken": str(most if most is not None else least)}
            yield "differs", COUNTER, str(number), {**told, **taken_t}
    for (pool, entity, period), found in sums.items():
        parts = sum(parts for _scale, parts, _count in found)
        if parts:
            told = {"entity": str(entity), "period": period, "taken": str(parts)}
            yield "missing", COUNTER, pool, told


def _factors(document):
    """The factors of an edge in all of its phases."""
    stated = [document, *(phase.get("overrides") or {} for phase in document["phases"])]
    return [Fraction(str(each["factor"]["value"])) for each in stated if "factor" in each]


def _restorable(document, units, scales):
    """(pool, parts) that the net quotas of an edge can have got back for units the other way: a
    tonne for each, or what the unit took when it came."""
    worth = max(1, *_factors(document))
    for number, quota in enumerate(document["quotas"]):
        if quota.get("direction") == "net":
            own = f"link:{document['edge_id']}:{number}"
            shared = f"offsets:{document['acceptor']}"
            pool = own if quota.get("pool", "own") == "own" else shared
            yield pool, int(units * worth * scales[own])


def _scales(documents):
    """(pool, parts of a tonne that its counters count in) of each quota in force."""
    for document in documents:
        edge_id = document["edge_id"]
        scale = lcm(*(value.denominator for value in _factors(document)))
        for number, quota in enumerate(document["quotas"]):
            in_tonnes = quota.get("measure", "compliance_tonnes") == "compliance_tonnes"
            yield (
                f"link:{edge_id}:{number}",
                scale if in_tonnes and quota["at"] == "import" else 1,
            )


def _bounds(pool, found, scales):
    """The least and the most that a limit can have lost; None where others draw on it as well.

    An amendment can change the parts of a tonne: then each sum is rounded once.
    """
    if not pool.startswith("link:"):
        return sum(parts for _scale, parts, _count in found), None
    now = scales.get(pool) or scales.get(pool.rpartition(":")[0])
    if now is None:
        now = max((scale for scale, _parts, _count in found), default=1)
    exact = sum(Fraction(parts * now, scale) for scale, parts, _count in found)
    rounded = sum(count for scale, _parts, count in found if scale != now)
    return exact - rounded, exact + rounded


def texts(signatures: Iterator[tuple], edges: Iterator[tuple]) -> Iterator[Violation]:
    """Signatures that are not over their text, and edges that differ from it."""
    for number, signature, registry, canonical in signatures:
        keys = {party["registry"]: party["key"] for party in json.loads(canonical)["parties"]}
        key = keys.get(registry, {}).get("x", "")
        public_key = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
        if not verifies("Ed25519", public_key, bytes(signature), canonical.encode()):
            yield (
                "signature",
                "linking_versionsignature",
                str(number),
                {"registry": registry},
            )
    for number, edge_id, source, acceptor, document, canonical in edges:
        said = {edge["edge_id"]: edge for edge in json.loads(canonical)["edges"]}.get(edge_id)
        row = json.loads(document)
        ends = (row["source"], row["acceptor"])
        if row != said or ends != (source, acceptor):
            yield "edge", "linking_linkedge", str(number), {"edge": edge_id}
