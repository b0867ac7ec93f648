"""A partner on another node is asked by queries; what is on its way is counted from both halves."""

import json
import uuid
from types import SimpleNamespace

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string

from linking.handlers import QUERIES
from linking.messages import forms
from linking.models import ReconciliationCase
from linking.selectors import digests
from linking.services import answer_partners, ask_partner, reconcile
from registry import canonical
from registry.errors import DomainError
from registry.models import Mark
from tests.linking.test_reconciliation import link, sent_without_a_link
from tests.linking.test_transfers import approved, codes, sent

__all__ = ["link"]


@pytest.fixture
def asked(link, monkeypatch):
    """The kinds that were asked; Korea's registry answers as if another node kept it."""
    kinds, world = [], link.world

    def ask(peer, kind, body, *, at):
        kinds.append(kind)
        query = QUERIES[kind]
        body = json.loads(json.dumps(body))
        assert forms.findings(import_string(query.asked), body) == []
        message = SimpleNamespace(id=uuid.uuid4(), body=body)
        said = json.loads(json.dumps(import_string(query.by)(peer, message, at)))
        assert forms.findings(import_string(query.answered), said) == []
        return SimpleNamespace(body=said)

    def partner(home, at, clock):
        return ask_partner.There(SimpleNamespace(name="cn.example"), home, at=at, clock=clock)

    monkeypatch.setattr(ask_partner, "ask_peer", ask)
    monkeypatch.setattr(reconcile, "_partner", partner)
    monkeypatch.setattr(answer_partners, "keeps", lambda peer, code: code == world.neighbour.code)
    return kinds


def compared(world):
    said = {"trigger": "asked", "at": world.at, "clock": timezone.now}
    return reconcile.reconcile(world.cea, world.home, **said)


def test_sides_that_agree_exchange_one_digest(link, asked):
    approved(link, sent(link, 100))
    run = compared(link.world)
    assert (run.result, run.units, run.partner_units, asked) == ("agreed", 100, 100, ["digests"])


def test_difference_is_found_by_asking_about_ranges(link, asked):
    """What the partner lacks is frozen at home."""
    approved(link, sent(link, 100))
    sent_without_a_link(link, 201, 31)
    run = compared(link.world)
    assert run.differences == [["201", "231", 1]]
    assert set(asked) == {"digests", "ranges"}
    assert ReconciliationCase.objects.get().registry == link.world.neighbour


def test_partner_is_told_what_it_holds_too_many(link, asked, monkeypatch):
    """It freezes that, under a case of its own."""
    world = link.world
    approved(link, sent(link, 100))
    way = [(21, 40, -1)]
    monkeypatch.setattr(ask_partner.There, "on_the_way", lambda *known: way)
    run = compared(world)
    assert run.differences == [["21", "40", -1]]
    assert asked[-1] == "differences"
    case = ReconciliationCase.objects.get(registry=world.home)
    assert run.evidence["cases_of_the_partner"] == [str(case.pk)]
    assert list(Mark.objects.values_list("first", "last").filter(kind="freeze")) == [(21, 40)]


def test_what_is_on_its_way_is_asked_about(link, asked, monkeypatch):
    """Sent and not taken in; come home before it was given up; given up and not come home."""
    halves = ask_partner.halves
    names = [str(uuid.uuid4()) for _ in range(4)]
    monkeypatch.setattr(
        halves, "sent_out", lambda *_, since: {names[0]: [(1, 5)], names[1]: [(6, 9)]}
    )
    monkeypatch.setattr(halves, "come_home", lambda *_, since: {names[2]: [(20, 29)]})
    monkeypatch.setattr(halves, "arrived", lambda *_: set())
    monkeypatch.setattr(halves, "posted", lambda *_: {names[1]})
    monkeypatch.setattr(halves, "returning", lambda *_: {names[3]: [(30, 39)]})
    world = link.world
    home = digests.Pair(world.neighbour, world.home, world.cea)
    there = ask_partner.There(SimpleNamespace(), home, at=world.at, clock=timezone.now)
    there.state()
    assert there.on_the_way(home, 1, 1) == [(1, 5, -1), (20, 29, 1), (30, 39, -1)]


def test_node_that_asks_about_units_of_others_is_refused(link):
    """A home asks about its own units only, in books that are kept here."""
    world = link.world
    said = {"home": "CN-ETR", "partner": "KR-ETRS", "unit_type": "CEA"}
    message = SimpleNamespace(id=1, body=said)
    peer = SimpleNamespace(pk=0, name="x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer_partners, "keeps", lambda peer, code: False)
        with pytest.raises(DomainError) as caught:
            answer_partners.answer_digests(peer, message, world.at)
        assert codes(caught) == ["NOT_A_PARTY"]
        patch.setattr(answer_partners, "keeps", lambda peer, code: True)
        for wrong in ({"partner": "JP-GX"}, {"unit_type": "XYZ"}):
            with pytest.raises(DomainError) as caught:
                message.body = {**said, **wrong}
                answer_partners.answer_digests(peer, message, world.at)
            assert codes(caught) == ["NOTHING_TO_COMPARE"]


def test_what_is_found_of_the_network_can_be_signed(link, keys_dir):
    """The answer to another node is canonical: text, lists and objects only."""
    approved(link, sent(link, 100))
    said = answer_partners.answer_network(None, None, link.world.at)
    assert [row["result"] for row in json.loads(canonical.encode(said))["compared"]] == ["agreed"]
