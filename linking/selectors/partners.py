"""A partner of a comparison that this node keeps too: it answers as another node would."""

import hashlib

from django.db import transaction
from django.db.models import F

from linking.digests import questions
from linking.digests.grid import ROOT
from linking.digests.points import written
from linking.models import DigestNode
from registry import turns

from . import digests, on_the_way


@transaction.atomic
def state(pair: digests.Pair) -> dict:
    """What a registry says of all that it keeps of a pair, as of now."""
    turns.take(digests.TURN)
    at = digests.position()
    return {
        "position": str(at),
        "digest": root_text(digests.view(pair, at)),
        "units": str(digests.units(pair, at)),
    }


@transaction.atomic
def ranges(pair: digests.Pair, at: int, question: dict) -> dict:
    """What it says to a question about ranges as of a position.   Raises: Malformed."""
    turns.take(digests.TURN)
    return questions.answer(digests.view(pair, at), question)


def root_text(view) -> str:
    """The SHA-256 of a view's digest, as hexadecimal text."""
    return hashlib.sha256(written(view.root())).hexdigest()


def pairs():
    """The roots of all that is compared: one row for each keeper, partner and unit type."""
    level, number = ROOT
    return DigestNode.objects.filter(level=level, number=number)


def foreign_pairs(peer):
    """Of these, what registries of this node have of units whose home the peer keeps."""
    return pairs().filter(
        keeper__hosted=True,
        partner__kept_by_peer__peer=peer,
        unit_type__registry=F("partner"),
    )


class Here:
    """The books of a registry of this node. `as_of`: it answers as of now, and says where."""

    as_of = None

    def __init__(self, pair: digests.Pair):
        self.pair = pair

    def state(self):
        return state(self.pair)

    def ranges(self, at, question):
        return ranges(self.pair, at, question)

    def on_the_way(self, home_pair, home_at, at):
        """What home adds and takes off, as of its own position and the partner's."""
        return on_the_way.between(home_pair, home_at, at)

    def tell(self, blocks):
        """Its case is opened with the run, in the same database."""
        return []
