"""The recorded exchanges: what is written there is what is encoded, signed, read and stepped."""

import json

import pytest

from linking.messages import envelope
from linking.protocol import Event, Role, State, Step, Verdict, step
from registry import canonical
from registry.keys.algorithms import ALGORITHMS
from tests.linking.protocol.exchanges import DIRECTORY, EXCHANGES, documents, text

ENDS = {
    "completed": ("completed", "completed"),
    "rejected": ("rejected", "rejected"),
    "came_home": ("completed", "completed"),
    "crossed": ("aborted", "aborted"),
    "expired": ("aborted", "aborted"),
    "late_commit": ("completed", "completed"),
    "abort_requested": ("aborted", "aborted"),
    "abort_too_late": ("completed", "completed"),
    "aborted_first": ("aborted", "aborted"),
    "forgotten": ("asked", "asked"),
    "contradicted": ("committed", "accepted"),
}


def recorded(name):
    return json.loads((DIRECTORY / f"{name}.json").read_text())


def public_keys():
    return {key["key_id"]: bytes.fromhex(key["public"]) for key in recorded("keys")["keys"]}


def messages():
    for name in EXCHANGES:
        for number, message in enumerate(recorded(name)["messages"]):
            yield pytest.param(message, id=f"{name} {number}")
    for number, message in enumerate(recorded("other_messages")):
        yield pytest.param(message, id=f"other {number}")


@pytest.mark.parametrize("message", list(messages()))
def test_recorded_messages_are_read_and_made_alike(message):
    """The canonical bytes, the digest and the signature are those of the envelope; what is read
    of it makes the same bytes again; a changed byte breaks the signature."""
    document = message["envelope"]["message"]
    data = message["canonical"].encode()
    assert canonical.encode(document) == data
    assert canonical.digest(document).hex() == message["digest"]
    found = envelope.unwrapped(message["envelope"])
    assert envelope.encode(found.message) == data
    verify, public = ALGORITHMS["Ed25519"].verify, public_keys()[found.key_id]
    assert verify(public, found.signature, data)
    assert not verify(public, found.signature, data.replace(b"kr.example", b"cn.example"))


@pytest.mark.parametrize("name", EXCHANGES)
def test_recorded_steps_follow_the_table(name):
    """Each step leads where the table says, from the state that the steps before have led to, and
    hears only what was sent."""
    exchange = recorded(name)
    ids = {each["envelope"]["message"]["id"]: each for each in exchange["messages"]}
    states, sent = dict.fromkeys(Role, State.NONE), set()
    for each in exchange["steps"]:
        role, event = Role(each["role"]), Event(each["event"])
        assert states[role] == each["before"]
        if each["hears"] is not None:
            heard = ids[each["hears"]]["envelope"]["message"]
            assert each["hears"] in sent
            assert (heard["kind"], heard["to"]) == (event, each["node"])
        found = step(role, states[role], event, agrees=each["agrees"])
        kinds = tuple(ids[number]["envelope"]["message"]["kind"] for number in each["sends"])
        assert found == Step(
            State(each["after"]), kinds, tuple(each["does"]), Verdict(each["verdict"])
        )
        states[role] = found.state
        sent.update(each["sends"])
    assert sent == set(ids)
    assert tuple(states.values()) == ENDS[name]


def test_messages_name_each_other_by_their_digests():
    """`accepted` names the proposal, `committed` the acceptance, `completed` the commit."""
    by_kind = {
        each["envelope"]["message"]["kind"]: each for each in recorded("completed")["messages"]
    }
    for kind, member in (
        ("accepted", "propose"),
        ("committed", "accepted"),
        ("completed", "committed"),
    ):
        body = by_kind[kind]["envelope"]["message"]["body"]
        assert body[member] == by_kind[member]["digest"]
        about = by_kind[kind]["envelope"]["message"]["about"]
        assert about in (None, by_kind[member]["envelope"]["message"]["id"])


def test_the_files_are_those_that_are_made():
    """`python -m tests.linking.protocol.exchanges` would change no file."""
    files = {path.stem: path.read_text() for path in DIRECTORY.glob("*.json")}
    assert files.keys() == documents().keys()
    assert {name: text(each) for name, each in documents().items()} == files
