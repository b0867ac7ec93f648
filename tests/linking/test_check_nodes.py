"""Nodes are compared from outside, by keys that read: their lists, whatever they say of it."""

import json
from io import StringIO
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from linking import gateway
from linking.services.check_nodes import check_nodes
from registry.models import Person
from registry.sending import Answer
from registry.services.api_keys import issue_key
from tests.linking.test_reconciliation import decided, link, sent_without_a_link
from tests.linking.test_transfers import approved, sent

__all__ = ["link"]
HOME, ABROAD = "https://cn.example", "https://kr.example"
KEYS = {HOME: "one", ABROAD: "other"}


class Lists:
    """What the API of a node lists, by path; filters are looked at as far as this needs it."""

    def __init__(self, registry, **lists):
        self.lists = {
            "registries": [{"code": registry, "hosted": True}, {"code": "XX", "hosted": False}],
            "unit-types": [{"code": "CEA", "registry": "CN-ETR"}],
            "accounts": [{"number": "9", "registry": "CN-ETR", "stands_for": "KR-ETRS"}],
            "holdings": [],
            "transfers": [],
            **lists,
        }

    def read(self, path, asked):
        rows = self.lists[path]
        for name in ("registry", "state", "account"):
            if name in asked:
                rows = [row for row in rows if row.get(name, asked[name]) == asked[name]]
        return rows


def holding(first, last, **where):
    return {"block": {"unit_type": "CEA", "first": str(first), "last": str(last)}, **where}


def transfer(state, half, name="t", **changes):
    row = {"transfer": name, "state": state, "half": half, "unit_type": "CEA"}
    row |= {"sender": "CN-ETR", "receiver": "KR-ETRS", "method": "recognition"}
    row["source_transaction"] = "7" if half == "source" else None
    return row | changes


@pytest.fixture
def nodes(monkeypatch):
    """China's node books 1 to 100 with Korea, whose node holds them; and what reads them."""
    made = {
        HOME: Lists("CN-ETR", holdings=[holding(1, 60), holding(61, 100)]),
        ABROAD: Lists("KR-ETRS", holdings=[holding(1, 100)], accounts=[]),
    }

    def read(url, path, *, secret):
        assert secret == KEYS[url]
        parts = urlsplit(path.removeprefix("/api/v1/"))
        if made[url] is None:
            raise gateway.NoAnswer("nobody")
        rows = made[url].read(parts.path, dict(parse_qsl(parts.query)))
        return Answer(200, {}, json.dumps({"items": rows}).encode())

    monkeypatch.setattr(gateway, "read", read)
    return made


def told(pause=lambda: None):
    return [(row.unit_type, row.result, row.differences) for row in check_nodes(KEYS, pause=pause)]


def test_sides_that_hold_the_same_agree_however_it_is_cut(nodes):
    assert told() == [("CEA", "agreed", [])]


def test_what_lasts_is_told_exactly(nodes):
    nodes[ABROAD].lists["holdings"] = [holding(1, 40), holding(51, 110)]
    assert told() == [("CEA", "differs", [["41", "50", 1], ["101", "110", -1]])]


def test_what_passes_is_not_told(nodes):
    """Two nodes can not be read at one moment: what differs once is read again."""
    nodes[ABROAD].lists["holdings"] = [holding(1, 90)]

    def arrive():
        nodes[ABROAD].lists["holdings"] = [holding(1, 100)]

    assert told(arrive) == [("CEA", "agreed", [])]


def test_units_that_home_has_never_sent_are_found(nodes):
    nodes[HOME].lists |= {"holdings": [], "accounts": []}
    assert told() == [("CEA", "differs", [["1", "100", -1]])]


@pytest.mark.parametrize("taken_in", [False, True], ids=["under_way", "taken_in"])
def test_what_is_on_its_way_is_booked_at_home_alone(nodes, taken_in):
    """Until the other node has taken it in: then it has to hold it."""
    nodes[ABROAD].lists["holdings"] = [holding(1, 90)]
    nodes[HOME].lists |= {
        "transfers": [transfer("committed", "source")],
        "transactions/7/movements": [holding(91, 100)],
    }
    state = "completed" if taken_in else "accepted"
    nodes[ABROAD].lists["transfers"] = [transfer(state, "destination")]
    assert told() == [("CEA", "differs", [["91", "100", 1]]) if taken_in else ("CEA", "agreed", [])]


def test_what_comes_home_is_held_by_neither(nodes):
    nodes[ABROAD].lists |= {
        "holdings": [holding(1, 90)],
        "transfers": [
            transfer("committed", "source", sender="KR-ETRS", receiver="CN-ETR",
                     method="repatriation")
        ],
        "transactions/7/movements": [holding(91, 100)],
    }  # fmt: skip
    assert told() == [("CEA", "agreed", [])]


def test_mirrored_units_are_not_held_abroad(nodes):
    nodes[ABROAD].lists["holdings"] = [holding(1, 90)]
    nodes[HOME].lists |= {
        "transfers": [transfer("completed", "source", method="escrow_mirror")],
        "transactions/7/movements": [holding(91, 100)],
    }
    assert told() == [("CEA", "agreed", [])]


def test_node_that_does_not_answer_is_told(nodes):
    nodes[ABROAD] = None
    assert told() == [("–", "PEER_DOES_NOT_ANSWER", [])]


def test_command_reads_nodes_by_address(link, monkeypatch, tmp_path):
    """Over the API as it is, with the key of an auditor: 0, then 1 and the ranges."""
    client, keys, world = Client(), tmp_path / "keys.json", link.world
    auditor = Person.objects.get(username="auditor")
    issued = issue_key(actor=world.system, person_id=auditor.pk, label="x", at=timezone.now())
    keys.write_text(json.dumps({HOME: issued.text}))

    def read(url, path, *, secret):
        answer = client.get(path, headers={"authorization": f"Bearer {secret}"})
        return Answer(answer.status_code, {}, answer.content)

    monkeypatch.setattr(gateway, "read", read)
    approved(link, sent(link, 100))
    decided(world, world.administrator_2, sent(link, 50).outcome)
    said = StringIO()
    call_command("check_network", HOME, keys=keys, stdout=said)
    assert f"{HOME}  CEA CN-ETR → KR-ETRS: agreed" in said.getvalue()
    sent_without_a_link(link, 201, 31)
    monkeypatch.setattr("linking.management.commands.check_network.PAUSE_S", 0)
    with pytest.raises(SystemExit):
        call_command("check_network", keys=keys, stdout=said)
    assert "201–231 (+1)" in said.getvalue()
    with pytest.raises(CommandError, match="There is no key"):
        call_command("check_network", ABROAD, keys=keys, stdout=said)
