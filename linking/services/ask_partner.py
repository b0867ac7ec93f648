"""A partner of a comparison that another node keeps: asked by signed queries."""

import logging

from linking.models import Peer
from linking.selectors import halves
from linking.selectors.peers import keeps
from registry.errors import DomainError

from .ask_peer import ask_peer

logger = logging.getLogger(__name__)


def held_elsewhere(*, clock):
    """(home, partner, unit type), by their codes, of all that pinned peers say their registries
    have or have had of this node's unit types.

    A peer that does not answer is left out here: what is known of it is compared all the same, and
    fails there.
    """
    for peer in Peer.objects.filter(state=Peer.State.PINNED).order_by("name"):
        try:
            said = ask_peer(peer, "held", {}, at=clock()).body["held"]
        except DomainError as error:
            logger.warning("%s does not say what it holds: %s", peer.name, error.code)
            continue
        for row in said:
            if keeps(peer, row["partner"]):
                yield row["home"], row["partner"], row["unit_type"]


class There:
    """The books of a registry of a peer, about the units of a registry of this node.

    Raises, wherever it asks: RuleViolated (PEER_NOT_PINNED, QUERY_REFUSED, ANSWER_WRONG),
    Unavailable (PEER_DOES_NOT_ANSWER).
    """

    as_of = None

    def __init__(self, peer, home, *, at, clock):
        self._peer, self._home, self._at, self._clock = peer, home, at, clock
        self._returning = {}
        self._named = {
            "home": home.keeper.code,
            "partner": home.partner.code,
            "unit_type": home.unit_type.code,
        }

    def state(self):
        said = self._ask("digests", self._named)
        self._returning = {
            row["transfer"]: [(int(first), int(last)) for first, last in row["blocks"]]
            for row in said["returning"]
        }
        return said

    def ranges(self, at, question):
        asked = {**self._named, "position": str(at), "question": question}
        return self._ask("ranges", asked)["answer"]

    def on_the_way(self, home_pair, home_at, at):
        """What home adds and takes off; the partner tells what it had posted at its position.

        What the partner had completed when it was asked for its position is behind that position;
        so only transfers that home knows as under way, or that ended since, are asked about.
        """
        sent = halves.sent_out(home_pair, home_at, since=self._at)
        back = halves.come_home(home_pair, home_at, since=self._at)
        names = sorted({*sent, *back})
        posted = set()
        if names:
            asked = {"position": str(at), "transfers": names}
            posted = set(self._ask("posted", asked)["transfers"])
        arrived = halves.arrived(self._returning, home_at)
        return [
            *((*run, -1) for name in sent if name not in posted for run in sent[name]),
            *((*run, 1) for name in back if name not in posted for run in back[name]),
            *(
                (*run, -1)
                for name, runs in self._returning.items()
                if name not in arrived
                for run in runs
            ),
        ]

    def tell(self, blocks):
        """Tells the partner what it holds and home does not book there; its cases."""
        said = {**self._named, "blocks": [[str(first), str(last)] for first, last in blocks]}
        return self._ask("differences", said)["cases"]

    def _ask(self, kind, body):
        return ask_peer(self._peer, kind, body, at=self._clock()).body
