"""What a partner holds is compared, also where home has sent nothing of it."""

import uuid
from types import SimpleNamespace

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string

from linking.errors import failure
from linking.handlers import QUERIES
from linking.messages import forms
from linking.services import answer_partners, ask_partner, reconcile
from registry.errors import RuleViolated
from tests.linking.crossing.test_destination import committed


@pytest.fixture
def compares(linked, monkeypatch):
    """Which pairs are compared when the peer answers this to `held`."""
    monkeypatch.setattr(reconcile, "reconcile", lambda *pair, **_: pair)

    def all_of(answer):
        def ask(peer, kind, body, *, at):
            assert (peer, kind, body) == (linked.far.peer, "held", {})
            if isinstance(answer, Exception):
                raise answer
            return SimpleNamespace(body={"held": answer})

        monkeypatch.setattr(ask_partner, "ask_peer", ask)
        return reconcile.reconcile_all(at=linked.world.at, clock=timezone.now)

    return all_of


def row(home="KR-ETRS", partner="JP-GX", unit_type="KAU"):
    return {"home": home, "partner": partner, "unit_type": unit_type}


def test_units_that_were_never_sent_are_compared(linked, compares):
    """The books at home have no line of them, and would not ask."""
    world = linked.world
    assert compares([]) == []
    assert compares([row()]) == [(world.kau, world.overseas)]


@pytest.mark.parametrize(
    "changes",
    [{"unit_type": "XYZ"}, {"partner": "CN-ETR"}, {"home": "JP-GX", "unit_type": "GXA"}],
    ids=["unknown_type", "not_of_the_peer", "not_from_here"],
)
def test_what_is_not_the_peers_to_tell_is_left_out(compares, changes):
    assert compares([row(**changes)]) == []


def test_peer_that_does_not_say_is_left_out(compares):
    """A node of before this query refuses it; what home has sent is compared all the same."""
    assert compares(RuleViolated(failure("QUERY_REFUSED", peer="x", refusal="y"))) == []


def test_registry_tells_the_types_of_the_peer_that_asks(linked):
    """Of its units, in the form of the protocol."""
    name, peer = uuid.uuid4(), linked.far.peer
    assert answer_partners.answer_held(peer, None, linked.world.at) == {"held": []}
    linked.far.hear("propose", linked.far.proposal(linked.version), transfer=name)
    committed(linked, name)
    told = answer_partners.answer_held(peer, None, linked.world.at)
    assert told == {"held": [row("JP-GX", "KR-ETRS", "GXA")]}
    assert forms.findings(import_string(QUERIES["held"].answered), told) == []
