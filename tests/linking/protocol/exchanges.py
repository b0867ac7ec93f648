"""Exchanges between two nodes, made step by step by the table of states: what is recorded in
tests/vectors/protocol. `python -m tests.linking.protocol.exchanges` writes the files.

jp.example is the source of each transfer, kr.example its destination. All keys are for tests only.
"""

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from linking.messages import envelope
from linking.messages.envelope import Message
from linking.messages.kinds import Kind
from linking.protocol import Event, Role, State, step
from registry import canonical
from registry.keys import text_forms
from tests.linking.messages import keys, samples

DIRECTORY = Path(__file__).parents[2] / "vectors" / "protocol"
NODES = {Role.SOURCE: samples.JP, Role.DESTINATION: samples.KR}
OTHER = {Role.SOURCE: Role.DESTINATION, Role.DESTINATION: Role.SOURCE}
FRESH = (Kind.STATUS, Kind.UNKNOWN)


class Exchange:
    """Two halves of one transfer; each step is recorded with the messages that it sends."""

    def __init__(self, number, about):
        self.about = about
        self.transfer = UUID(int=(number << 96) | 0x4000_8000_0000_0000_0001, version=4)
        self.states = dict.fromkeys(Role, State.NONE)
        self.sent = {role: {} for role in Role}
        self.steps = []
        self.base = number * 1_000
        self.number = 0

    def does(self, role, event, **changes):
        """Something at home; `changes` are members of the bodies that it sends."""
        return self._step(role, event, None, changes, agrees=True)

    def hears(self, role, kind, *, agrees=True, copy=None, **changes):
        """The last message of a kind that the other side has sent arrives (again)."""
        message = copy or self.sent[OTHER[role]][kind]
        return self._step(role, Event(kind), message, changes, agrees)

    def travels(self, role, *kinds):
        """Messages to one side arrive, one after the other."""
        for kind in kinds:
            self.hears(role, kind)

    def _step(self, role, event, heard, changes, agrees):
        before = self.states[role]
        found = step(role, before, event, agrees=agrees)
        self.states[role] = found.state
        self.number += 1
        self.steps.append(
            {
                "node": NODES[role],
                "role": role.value,
                "event": event.value,
                "hears": heard and str(heard.id),
                "agrees": agrees,
                "before": before.value,
                "after": found.state.value,
                "verdict": found.verdict.value,
                "does": [act.value for act in found.does],
                "sends": [self._send(role, kind, heard, changes) for kind in found.sends],
            }
        )
        return found

    def _send(self, role, kind, heard, changes):
        earlier = self.sent[role].get(kind)
        if earlier is None or kind in FRESH:
            self.sent[role][kind] = self.message(role, kind, heard, changes)
        return str(self.sent[role][kind].id)

    def message(self, role, kind, heard=None, changes=None):
        at = samples.AT + timedelta(seconds=self.base + self.number)
        body = self._body(role, kind, canonical.instant(at)) | (changes or {})
        return Message(
            id=UUID(int=((self.base + self.number) << 64) | 0x4000_8000_0000, version=4),
            kind=kind.value,
            sender=NODES[role],
            receiver=NODES[OTHER[role]],
            sent_at=at,
            body=body,
            transfer=self.transfer,
            about=heard and heard.id,
            article6=ARTICLE6 if kind == Kind.PROPOSE else None,
        )

    def _body(self, role, kind, at):
        body = samples.bodies()[kind]
        names = {
            Kind.ACCEPTED: ("propose", Kind.PROPOSE),
            Kind.REJECTED: ("propose", Kind.PROPOSE),
            Kind.COMMITTED: ("accepted", Kind.ACCEPTED),
            Kind.COMPLETED: ("committed", Kind.COMMITTED),
        }
        if kind in names:
            member, of = names[kind]
            body[member] = envelope.digest(self.sent[OTHER[role]][of]).hex()
        if kind == Kind.STATUS:
            body["state"] = self.states[role].value
        if kind == Kind.COMMITTED:
            body["at"] = at
        return body

    def document(self):
        """The exchange as it is recorded: every message once, in the order in which it was sent."""
        messages = sorted(
            (m for of in self.sent.values() for m in of.values()), key=lambda m: m.sent_at
        )
        return {
            "about": self.about,
            "transfer": str(self.transfer),
            "messages": [recorded(message) for message in messages],
            "steps": self.steps,
        }


ARTICLE6 = {
    "cooperative_approach": "CA0004",
    "authorisation_id": "A-1",
    "first_transfer": "international_transfer",
    "ca_required": True,
    "purpose": "NDC",
}


def recorded(message) -> dict:
    """A message as its envelope, with what a reader should get on the way to it."""
    document = envelope.as_document(message)
    signed = keys.signature(message.sender, document)
    return {
        "canonical": envelope.encode(message).decode(),
        "digest": envelope.digest(message).hex(),
        "envelope": envelope.wrapped(
            message,
            key_id=keys.key_id(message.sender),
            signature=text_forms.decode(signed),
        ),
    }


S, D = Role.SOURCE, Role.DESTINATION


def _asked(number, about):
    made = Exchange(number, about)
    made.does(S, Event.ORDER)
    made.does(S, Event.ASK)
    return made


def _accepted(number, about):
    made = _asked(number, about)
    made.travels(D, Kind.PROPOSE)
    made.does(D, Event.DECIDED_YES)
    return made


def completed():
    made = _accepted(1, "Units go from JP-GX to KR-ETRS, and every message arrives once.")
    made.travels(S, Kind.ACCEPTED)
    made.does(S, Event.COMMIT)
    made.travels(D, Kind.COMMITTED)
    made.travels(S, Kind.COMPLETED)
    return made


def rejected():
    made = _asked(2, "A quota has nothing left, so the destination rejects.")
    made.travels(D, Kind.PROPOSE)
    made.does(D, Event.DECIDED_NO)
    made.travels(S, Kind.REJECTED)
    return made


def came_home():
    made = Exchange(3, "Units of KR-ETRS go home at par: no edge and no certificates.")
    home = samples.bodies()[Kind.PROPOSE]
    home.update(
        method="repatriation",
        edge=None,
        agreement=None,
        version=None,
        digest=None,
        unit_type="KAU",
        blocks=[{**block, "certificate": None} for block in home["blocks"]],
    )
    made.does(S, Event.ORDER)
    made.does(S, Event.ASK, **home)
    made.travels(D, Kind.PROPOSE)
    made.does(D, Event.DECIDED_YES, edge=None, factor="1", credited_t="1000")
    made.travels(S, Kind.ACCEPTED)
    made.does(S, Event.COMMIT)
    made.travels(D, Kind.COMMITTED)
    made.travels(S, Kind.COMPLETED)
    return made


def crossed():
    made = _accepted(4, "The link is suspended in flight: `aborted` and `accepted` cross.")
    made.does(S, Event.DECIDED_NO)
    made.travels(S, Kind.ACCEPTED)
    made.travels(D, Kind.ABORTED)
    made.travels(D, Kind.ABORTED)
    return made


def expired():
    made = _accepted(5, "The acceptance expires before the source can commit.")
    made.does(D, Event.EXPIRE)
    made.travels(S, Kind.STATUS, Kind.ACCEPTED)
    made.does(S, Event.EXPIRE, reason="ACCEPTANCE_EXPIRED")
    made.travels(D, Kind.ABORTED)
    return made


def late_commit():
    made = _accepted(6, "The destination hears of the commit long after; it was made in time.")
    made.travels(S, Kind.ACCEPTED)
    made.does(S, Event.COMMIT)
    made.does(D, Event.EXPIRE)
    made.travels(S, Kind.STATUS)
    made.travels(D, Kind.COMMITTED, Kind.COMMITTED)
    made.travels(S, Kind.COMPLETED, Kind.ACCEPTED)
    return made


def abort_requested():
    made = _accepted(7, "The destination wants out, and the source agrees.")
    made.does(D, Event.WITHDRAW)
    made.travels(S, Kind.ACCEPTED, Kind.ABORT)
    made.travels(D, Kind.ABORTED)
    return made


def abort_too_late():
    made = _accepted(8, "The destination wants out, but the units have left.")
    made.travels(S, Kind.ACCEPTED)
    made.does(S, Event.COMMIT)
    made.does(D, Event.WITHDRAW)
    made.travels(S, Kind.ABORT)
    made.travels(D, Kind.COMMITTED)
    made.travels(S, Kind.COMPLETED)
    return made


def aborted_first():
    made = _asked(9, "`aborted` overtakes `propose`, and is sent again later.")
    made.does(S, Event.WITHDRAW)
    made.travels(D, Kind.ABORTED, Kind.PROPOSE, Kind.ABORTED)
    return made


def forgotten():
    made = _asked(10, "The destination knows nothing of a transfer, and is told again.")
    made.does(S, Event.SILENCE)
    made.travels(D, Kind.STATUS)
    made.travels(S, Kind.UNKNOWN)
    made.travels(D, Kind.PROPOSE)
    return made


def contradicted():
    made = _accepted(11, "A commit that names another acceptance changes nothing: a case.")
    made.travels(S, Kind.ACCEPTED)
    made.does(S, Event.COMMIT, accepted="0" * 64)
    made.hears(D, Kind.COMMITTED, agrees=False)
    return made


EXCHANGES = {
    made.__name__: made
    for made in (
        *(completed, rejected, came_home, crossed, expired, late_commit),
        *(abort_requested, abort_too_late, aborted_first, forgotten, contradicted),
    )
}


def documents() -> dict:
    """The recorded files by name."""
    whole = {name: make().document() for name, make in EXCHANGES.items()}
    others = [kind for kind in Kind if kind not in envelope.OF_TRANSFERS]
    others += [Kind.ONWARD, Kind.WENT_ON, Kind.STAYED]
    return {
        **whole,
        "other_messages": [
            recorded(samples.message(kind, number)) for number, kind in enumerate(others, 1)
        ],
        "keys": {
            "note": "For tests only: the private keys are published in RFC 8032, section 7.1.",
            "keys": [
                {
                    "owner": owner,
                    "private": secret,
                    "public": keys.public_key(owner).hex(),
                    "key_id": keys.key_id(owner),
                }
                for owner, secret in keys.SECRETS.items()
            ],
        },
    }


def text(document) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        (DIRECTORY / f"{name}.json").write_text(text(document))
