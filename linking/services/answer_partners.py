"""Answer another node that compares its books with those of this one's registries.

Each answers about units whose home is a registry of the node that asks, and in books that are kept
here. Nothing is written but what brings the digests up to the ledger, and the case of a difference.
"""

from linking.digests import questions
from linking.errors import failure
from linking.models import ReconciliationCase
from linking.selectors import digests, halves, partners
from linking.selectors.peers import keeps
from registry.errors import NotPermitted, RuleViolated
from registry.models import Registry, UnitType
from registry.services.sequence import sequence_postings

from .check_network import own
from .keep_digests import keep_digests
from .open_case import open_case


def answer_held(peer, message, at):
    """Which unit types of the peer's registries those of this node have, or have had."""
    sequence_postings()
    keep_digests()
    pairs = partners.foreign_pairs(peer)
    names = ("partner__code", "keeper__code", "unit_type__code")
    return {
        "held": [
            dict(zip(("home", "partner", "unit_type"), row, strict=True))
            for row in pairs.order_by(*names).values_list(*names)
        ]
    }


def answer_digests(peer, message, at):
    """What a registry of this node has of the peer's unit type, as of now."""
    pair = _pair(peer, message.body)
    sequence_postings()
    keep_digests()
    said = partners.state(pair)
    returning = halves.returning(pair, int(said["position"]))
    return {
        **said,
        "returning": [
            {"transfer": str(name), "blocks": [[str(first), str(last)] for first, last in blocks]}
            for name, blocks in returning.items()
        ],
    }


def answer_posted(peer, message, at):
    """Which of the peer's transfers this node had posted at a position."""
    names = message.body["transfers"]
    posted = halves.posted(peer, names, int(message.body["position"]))
    return {"transfers": [str(name) for name in posted]}


def answer_ranges(peer, message, at):
    """What it has in some ranges, as of a position."""
    pair, position = _pair(peer, message.body), int(message.body["position"])
    try:
        return {"answer": partners.ranges(pair, position, message.body["question"])}
    except (questions.Malformed, AssertionError) as error:
        raise RuleViolated(failure("QUESTION_NOT_UNDERSTOOD")) from error


def answer_differences(peer, message, at):
    """Opens a case of what this node holds and the peer does not book here."""
    pair = _pair(peer, message.body)
    blocks = [(int(first), int(last)) for first, last in message.body["blocks"]]
    evidence = {"from": peer.name, "message": str(message.id)}
    kind = ReconciliationCase.Kind.NOT_AT_HOME
    case = open_case(pair, kind, blocks, evidence=evidence, at=at)
    return {"cases": [str(case.pk)] if case else []}


def answer_network(peer, message, at):
    """What this node finds of its own unit types."""
    return {
        "compared": [
            {
                "home": row.registry,
                "partner": row.partner,
                "unit_type": row.unit_type,
                "result": row.result,
                "differences": row.differences,
            }
            for row in own(at=at, clock=lambda: at)
        ]
    }


def _pair(peer, asked):
    """The books that are asked about.   Raises: NotPermitted, RuleViolated."""
    if not keeps(peer, asked["home"]):
        raise NotPermitted(failure("NOT_A_PARTY"))
    keeper = Registry.objects.filter(code=asked["partner"], hosted=True).first()
    unit_type = (
        UnitType.objects.select_related("registry")
        .filter(registry__code=asked["home"], code=asked["unit_type"])
        .first()
    )
    if keeper is None or unit_type is None:
        raise RuleViolated(failure("NOTHING_TO_COMPARE"))
    return digests.Pair(keeper, unit_type.registry, unit_type)
