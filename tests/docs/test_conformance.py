"""docs/examples/conformance.py passes a node that keeps to the protocol, and no other."""

import sys
import threading

import pytest

from tests.docs.pages import page
from tests.linking.peers.example import modules


@pytest.fixture(scope="module")
def conformance():
    with modules() as example:
        example("partner")
        yield example("conformance")


@pytest.fixture
def tried(conformance):
    """Runs the checks against a node over HTTP: {name: what was seen, or None}."""
    wire, servers, stop = sys.modules["partner_wire"], [], threading.Event()

    def run(node, checks):
        probe = conformance.Probe("probe.example", "XX-REG")
        servers.extend(wire.serve(each, 0) for each in (node, probe))
        conformance.meet(probe, node.url)
        card = probe.card()
        node.pin(card, wire.fingerprint_of(card["card"], wire.moment(node.clock())))

        def deliver():
            while not stop.wait(0.01):
                node.deliver()

        threading.Thread(target=deliver, daemon=True).start()
        assert conformance.wait(probe, 10)
        chosen = [each for each in conformance.CHECKS if checks is None or each.__name__ in checks]
        return conformance.check(probe, chosen)

    yield run
    stop.set()
    for server in servers:
        server.shutdown()
        server.server_close()


def kept(conformance):
    """The class of the node of the example."""
    return sys.modules["partner"].Partner


def test_the_example_passes(conformance, tried):
    """The partner of docs/examples keeps to everything that is checked."""
    results = tried(kept(conformance)("test.example", "TT-REG"), None)
    assert {name: seen for name, seen in results.items() if seen} == {}
    assert len(results) == len(conformance.CHECKS)


def without_inbox(node):
    class Forgetful(dict):
        def get(self, *_key):
            return None

    node.inbox = Forgetful()


def without_nonces(node):
    original = node.sender_of

    def sender_of(*given):
        node.nonces = {}
        return original(*given)

    node.sender_of = sender_of


def without_early_answers(node):
    node.hear_aborted = lambda _sender, _message: None


def without_digests(node):
    original = node.say

    def say(to, kind, body, *rest):
        changed = {**body, "propose": "0" * 64} if kind == "rejected" else body
        return original(to, kind, changed, *rest)

    node.say = say


BROKEN = {
    "takes_a_test_message_once": without_inbox,
    "refuses_other_bytes_under_an_id": without_inbox,
    "refuses_a_request_twice": without_nonces,
    "rejects_a_proposal_to_nobody": without_digests,
    "waits_for_the_proposal_that_is_aborted": without_early_answers,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_node_that_does_otherwise_fails(conformance, tried, name):
    """What a node leaves out is seen by the check that is about it."""
    node = kept(conformance)("test.example", "TT-REG")
    BROKEN[name](node)
    assert tried(node, {name})[name] is not None


def test_every_check_is_described(conformance):
    """The page says of each check what a node does."""
    rows = page("docs/protocol.md").rows("check", "what the node does")
    told = " ".join(" ".join(row[0].lower().split()) for row in rows)
    for each in conformance.CHECKS:
        name = each.__name__.replace("_", " ")
        assert name in told or name.removeprefix("refuses ") in told, name
