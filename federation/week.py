"""A scripted week between three nodes: every act by REST, by the administrators of its node.

Units cross both ways with what Article 6 asks for, one transfer exceeds a quota, a link is
suspended and resumed, units go home, and go on to a third market. Each act has a key of its own, so
a week that was broken off goes on where it stopped, and a second run changes nothing.
"""

import json

from config.embedded.layout import PROJECT
from federation.books import ENDED, account_of
from federation.introduce import ONE, TWO, person
from federation.nodes import Node
from federation.rest import Refused, until
from federation.telling import Telling

FILE = PROJECT / "scenarios" / "federation" / "week.json"
ENDS_WITHIN_S = 120
HEARD_WITHIN_S = 15


class Week:
    """The acts of a week on the nodes of some members; an act of another member is left out."""

    def __init__(self, nodes: list[Node], telling: Telling, *, name: str = "week"):
        self.nodes = {node.member.code: node for node in nodes}
        self.telling = telling
        self.name = name

    def run(self, days: list[dict]) -> None:
        """Raises: Refused, OSError, TimeoutError, AssertionError where an act ends otherwise than
        the script says."""
        for day in days:
            acts = [act for act in day["acts"] if set(self._members(act)) <= self.nodes.keys()]
            if acts:
                self.telling(day["day"])
            for number, act in enumerate(acts):
                getattr(self, f"_{act['act']}")(act, f"{self.name}/{day['day']}/{number}")

    def _members(self, act):
        return [act[name] for name in ("on", "from", "to", "through") if name in act]

    def _transfer(self, act, key):
        """Sent by one, approved by another; `ends` has the states that the script expects:
        rejected by the other node, or refused by one's own, where that knows it already."""
        source, there = self.nodes[act["from"]], self.nodes[act["to"]]
        holder = getattr(source.member, act.get("by", "seller"))
        body = {
            "source": account_of(source, holder),
            "destination": account_of(there, there.member.buyer),
            "unit_type": act["unit_type"],
            "quantity": act["quantity"],
        }
        way = " → ".join(act[name] for name in ("from", "through", "to") if name in act)
        told = f"{way}: {int(act['quantity']):,} {act['unit_type']}"
        home = self.nodes.get(act.get("through"))
        if home:
            body["through"] = account_of(home, home.member.buyer)
        try:
            ended = send(source, body, key=key)
            if home:
                ended = go_on(source, home, ended, key=key)["onward"]
        except Refused as refused:
            state, codes = "refused", refused.codes
        else:
            state = ended["state"]
            codes = [each["code"] for each in (ended["answer"] or {}).get("failures", [])]
        self.telling(f"  {told}: {state} {' '.join(codes)}".rstrip())
        if state not in act["ends"].split("|") or not set(act.get("codes", [])) <= set(codes):
            raise AssertionError(f"{told}: {state} {codes}; wanted {act}")

    def _suspend(self, act, key):
        self._change(act, key, "suspension")

    def _resume(self, act, key):
        self._change(act, key, "resumption")

    def _change(self, act, key, what):
        """An act of the acceptor; the other side's node knows of it within seconds."""
        node = self.nodes[act["on"]]
        path = f"links/{act['edge'].replace('>', '%3E')}"
        changes = person(node, TWO).post(f"{path}/{what}", {"reason": act["reason"]}, key=key)
        self.telling(f"  {what} by {act['on']}: {', '.join(_told(changes))}")
        source = self.nodes.get(act["edge"].partition(">")[0])
        wanted = person(node, ONE).get(path)["state"]
        try:
            if source:
                until(
                    lambda: person(source, ONE).get(path)["state"] == wanted, seconds=HEARD_WITHIN_S
                )
        except TimeoutError:
            # Its own node refuses from now on, whether the other side has heard of it or not.
            self.telling(f"  {source.member.code} has not heard of it yet")


def send(source: Node, body: dict, *, key: str) -> dict:
    """A transfer from its order to its end.   Raises: Refused, OSError, TimeoutError."""
    one, two = person(source, ONE), person(source, TWO)
    sent = one.post("transfers", body, key=key)
    approve(two, sent["source_transaction"], key=f"{key}/approval")
    path = f"transfers/{sent['id']}"
    return until(lambda: _ended(one.get(path)), seconds=ENDS_WITHIN_S)


def go_on(source: Node, home: Node, sent: dict, *, key: str) -> dict:
    """The transfer that brings units home, when home has sent them on, or has not: there a second
    person approves the order that the node itself has made.

    Raises: Refused, OSError, TimeoutError.
    """
    two = person(home, TWO)
    halves = two.items("transfers", limit="1000")
    (half,) = (row["id"] for row in halves if row["transfer"] == sent["transfer"])
    path, there = f"transfers/{sent['id']}", f"transfers/{half}"

    def heard():
        number = two.get(there)["onward"]["second"]
        if number:
            second = two.get(f"transfers/{number}")
            approve(two, second["source_transaction"], key=f"{key}/onward")
        said = person(source, ONE).get(path)
        return said if said["onward"]["ended_at"] else None

    return until(heard, seconds=ENDS_WITHIN_S)


def approve(two, transaction: str, *, key: str) -> None:
    """Approves what waits for it; what does not is left alone.   Raises: Refused, OSError."""
    row = two.get(f"transactions/{transaction}")
    if row["status"] == "awaiting_approval":
        body = {"decision": "approve", "payload_hash": row["payload_hash"]}
        two.post(f"transactions/{transaction}/approvals", body, key=key)


def days() -> list[dict]:
    return json.loads(FILE.read_text())["days"]


def _ended(transfer):
    return transfer if transfer["state"] in ENDED else None


def _told(changes):
    return [f"{change['edge']} {change['state']}" for change in changes["changes"]]
