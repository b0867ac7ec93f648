"""Accounts, balances, holdings, blocks, positions and health."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from registry.models import Account, AccountHolder, CorporateGroup, GroupLimit, Position
from registry.posting import sequence
from tests.world import moved, open_operators, stock


@pytest.fixture
def told(world):
    """Three positions: 1,000 KAU to A; 10 from A to B; 5 from B to A."""
    stock(world, operator_a=1000)
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 10)
    sequence(100)
    moved(world, world.at_home.operator_b, world.at_home.operator_a, 5)
    sequence(100)
    return world


def pages(client, path, query):
    """All pages of a list, each of which but the last is full."""
    found, answer = [], client.get(path, query).json()
    while True:
        found.append(answer["items"])
        if answer["next"] is None:
            return found
        answer = client.get(answer["next"]).json()


def test_accounts_are_listed_in_pages(world, auditor):
    """Pages are disjoint, in the order of opening, and complete."""
    open_operators(world, 25)
    found = pages(auditor, "accounts", {"registry": "KR-ETRS", "limit": "10"})
    assert [len(page) for page in found[:-1]] == [10] * (len(found) - 1)
    numbers = [item["number"] for page in found for item in page]
    expected = Account.objects.filter(registry=world.home).order_by("pk")
    assert numbers == list(expected.values_list("number", flat=True))


def test_accounts_are_filtered(world, auditor, numbers):
    """By kind, status, holder and registry."""

    def found(**query):
        return [item["number"] for item in auditor.get("accounts", query).json()["items"]]

    assert found(kind="government", registry="KR-ETRS") == [numbers("government")]
    assert found(status="closed") == []
    assert found(holder="KR-OPERATOR-A", registry="KR-ETRS") == [numbers("operator_a")]
    assert auditor.get("accounts", {"registry": "XX"}).json()["code"] == "UNKNOWN_REGISTRY"


def test_account_is_found_by_its_number(auditor, numbers):
    """The number with its check digits is the address; others are refused or not found."""
    number = numbers("operator_a")
    found = auditor.get(f"accounts/{number}").json()
    assert (found["number"], found["kind"], found["terminal"]) == (number, "operator", False)
    assert found["holder"] == {"code": "KR-OPERATOR-A", "name": "Operator A", "group": None}
    wrong = auditor.get(f"accounts/{number[:-1]}{(int(number[-1]) + 1) % 10}")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "ACCOUNT_NUMBER_INVALID")
    absent = auditor.get("accounts/KR-ETRS-9999999-41")
    assert (absent.status_code, absent.json()["code"]) == (404, "UNKNOWN_ACCOUNT")


def test_account_tells_the_limits_of_its_group(auditor, numbers, world):
    """With the holder comes its corporate group, with what its accounts may hold together."""
    group = CorporateGroup.objects.create(code="G-1", name="Group 1")
    AccountHolder.objects.filter(pk=world.holder_a.pk).update(group=group)
    GroupLimit.objects.create(group=group, registry=world.home, unit_type=world.kau, units=500)
    found = auditor.get(f"accounts/{numbers('operator_a')}").json()["holder"]["group"]
    limits = [{"registry": "KR-ETRS", "unit_type": "KAU", "units": "500"}]
    assert found == {"code": "G-1", "name": "Group 1", "limits": limits}


def test_balances_are_as_of_positions(told, auditor, numbers):
    """Balances at each position, and which position and instant an answer is about."""
    path = f"accounts/{numbers('operator_a')}/balances"
    for position, quantity in (("1", "1000"), ("2", "990"), ("3", "995")):
        answer = auditor.get(path, {"as_of_position": position}).json()
        assert answer["as_of"]["position"] == position
        instant = Position.objects.get(pk=position).instant
        assert parse_datetime(answer["as_of"]["instant"]) == instant
        assert [item["quantity"] for item in answer["items"]] == [quantity]
    before = auditor.get(path, {"as_of_position": "0"}).json()
    assert (before["as_of"], before["items"]) == ({"position": "0", "instant": None}, [])
    present = auditor.get(path).json()
    assert (present["as_of"]["position"], present["items"][0]["quantity"]) == (None, "995")
    assert present["items"][0]["vintage"] == {
        "label": "2025",
        "first_day": "2025-01-01",
        "end_day": "2026-01-01",
    }


def test_instants_mean_positions(told, auditor, numbers):
    """An instant means the last position that was given up to it."""
    path = f"accounts/{numbers('operator_b')}/balances"
    second = Position.objects.get(pk=2).instant
    answer = auditor.get(path, {"as_of_instant": second.isoformat()}).json()
    assert (answer["as_of"]["position"], answer["items"][0]["quantity"]) == ("2", "10")
    earlier = (second - timedelta(days=1)).isoformat()
    assert auditor.get(path, {"as_of_instant": earlier}).json()["as_of"]["position"] == "0"


def test_moments_that_mean_nothing_are_refused(told, auditor, numbers):
    """The future is not known, and one moment is enough."""
    path = f"accounts/{numbers('operator_b')}/balances"
    later = (timezone.now() + timedelta(minutes=1)).isoformat()
    for query, code in (
        ({"as_of_position": "4"}, "POSITION_IN_THE_FUTURE"),
        ({"as_of_instant": later}, "INSTANT_IN_THE_FUTURE"),
        ({"as_of_position": "1", "as_of_instant": "2026-01-01T00:00:00Z"}, "POSITION_AND_INSTANT"),
        ({"as_of_instant": "2026-01-01T00:00:00"}, "NOT_AN_INSTANT"),
    ):
        answer = auditor.get(path, query)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_holdings_of_an_account_are_as_of_positions(told, auditor, numbers):
    """Blocks of one account at a position, page by page, and the posting that brought each."""
    query = {"account": numbers("operator_a"), "as_of_position": "3", "limit": "1"}
    found = [item for page in pages(auditor, "holdings", query) for item in page]
    assert [item["block"] for item in found] == [
        {"unit_type": "KAU", "first": "1", "last": "5"},
        {"unit_type": "KAU", "first": "11", "last": "1000"},
    ]
    assert [item["since"]["position"] for item in found] == ["3", "2"]
    assert {item["quantity"] for item in found} == {"5", "990"}
    query = {"account": numbers("operator_a"), "as_of_position": "1"}
    (only,) = auditor.get("holdings", query).json()["items"]
    assert (only["block"]["last"], only["vintage"]["label"]) == ("1000", "2025")


def test_holdings_of_registries_are_in_the_order_of_serials(told, auditor):
    """All blocks held now, by registry and unit type, page by page."""
    query = {"registry": "KR-ETRS", "unit_type": "KAU", "limit": "2"}
    found = pages(auditor, "holdings", query)
    assert [len(page) for page in found] == [2, 1]
    serials = [(item["block"]["first"], item["block"]["last"]) for page in found for item in page]
    assert serials == [("1", "5"), ("6", "10"), ("11", "1000")]
    assert auditor.get("holdings", {"registry": "KR-ORS"}).json()["items"] == []
    past = auditor.get("holdings", {"as_of_position": "1"})
    assert (past.status_code, past.json()["code"]) == (400, "ACCOUNT_REQUIRED")


def test_holdings_of_an_account_in_another_registry_are_none(told, auditor, numbers):
    """Filters hold together: an account is in one registry only."""
    query = {"account": numbers("operator_a"), "registry": "KR-ORS"}
    assert auditor.get("holdings", query).json()["items"] == []


def test_blocks_are_found_by_serial(told, auditor, numbers):
    """A serial is in one block of its registry; a run of serials is in several."""
    (only,) = auditor.get("blocks", {"unit_type": "KAU", "serial": "7"}).json()["items"]
    assert only["account"] == numbers("operator_b")
    assert only["block"] == {"unit_type": "KAU", "first": "6", "last": "10"}
    run = auditor.get("blocks", {"unit_type": "KAU", "first": "5", "last": "11"}).json()
    assert [item["block"]["first"] for item in run["items"]] == ["1", "6", "11"]
    assert run["truncated"] is False
    few = auditor.get("blocks", {"unit_type": "KAU", "first": "5", "last": "11", "limit": "2"})
    assert (len(few.json()["items"]), few.json()["truncated"]) == (2, True)
    assert auditor.get("blocks", {"unit_type": "KAU", "serial": "1001"}).json()["items"] == []


def test_history_tells_where_units_were(told, auditor, numbers):
    """Every account that held the serials, the newest first, with its postings."""
    answer = auditor.get("blocks/history", {"unit_type": "KAU", "serial": "3"}).json()
    assert (answer["registry"], answer["unit_type"], answer["truncated"]) == (
        "KR-ETRS",
        "KAU",
        False,
    )
    a, b = numbers("operator_a"), numbers("operator_b")
    assert [stay["account"]["number"] for stay in answer["items"]] == [a, b, a]
    assert [stay["since"]["position"] for stay in answer["items"]] == ["3", "2", "1"]
    types = [stay["since"]["type"] for stay in answer["items"]]
    assert types == ["delivery", "delivery", "issue"]
    assert answer["items"][0]["until_posting"] is None
    assert answer["items"][1]["until_posting"] == answer["items"][0]["since"]["posting"]
    short = auditor.get("blocks/history", {"unit_type": "KAU", "serial": "3", "limit": "2"})
    assert (len(short.json()["items"]), short.json()["truncated"]) == (2, True)


def test_history_is_of_accounts_not_of_cuts(told, auditor, numbers):
    """A block that is cut where it lies stays; adjacent units with one history are one stay."""
    answer = auditor.get("blocks/history", {"unit_type": "KAU", "serial": "500"}).json()
    (only,) = answer["items"]
    assert (only["since"]["type"], only["until_posting"]) == ("issue", None)
    run = auditor.get("blocks/history", {"unit_type": "KAU", "first": "1", "last": "12"}).json()
    a, b = numbers("operator_a"), numbers("operator_b")
    assert [
        (stay["account"]["number"], stay["since"]["position"], stay["first"], stay["last"])
        for stay in run["items"]
    ] == [
        (a, "3", "1", "5"),
        (b, "2", "1", "5"),
        (b, "2", "6", "10"),
        (a, "1", "1", "10"),
        (a, "1", "11", "12"),
    ]


def test_serials_must_be_named_clearly(world, auditor):
    """One serial, or a first and a last one that is not before it."""
    for query, code in (
        ({}, "SERIALS_NOT_NAMED"),
        ({"first": "1"}, "SERIALS_NOT_NAMED"),
        ({"serial": "1", "last": "2"}, "SERIALS_NOT_NAMED"),
        ({"first": "2", "last": "1"}, "BLOCK_BACKWARDS"),
        ({"serial": "0"}, "NOT_POSITIVE"),
        ({"serial": "1.5"}, "NOT_WHOLE_UNITS"),
        ({"serial": str(2**63)}, "TOO_LARGE"),
    ):
        for path in ("blocks", "blocks/history"):
            answer = auditor.get(path, {"unit_type": "KAU", **query})
            assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_positions(told, auditor):
    """The head, any position, and none beyond it."""
    head = auditor.get("positions/head").json()
    assert head["position"] == "3"
    assert auditor.get("positions/3").json() == head
    beyond = auditor.get("positions/4")
    assert (beyond.status_code, beyond.json()["code"]) == (404, "UNKNOWN_POSITION")


def test_health_tells_what_waits_for_a_place(world, auditor):
    """Without positions the head is null; unplaced postings are counted."""
    empty = auditor.get("health").json()
    assert empty == {
        "head": None,
        "unplaced": "0",
        "oldest_unplaced_s": None,
        "unsigned": "0",
        "oldest_unsigned_s": None,
    }
    stock(world, operator_a=10)
    waiting = auditor.get("health").json()
    assert waiting["unplaced"] == "1"
    assert waiting["oldest_unplaced_s"] > 0
    sequence(100)
    assert auditor.get("health").json()["head"]["position"] == "1"
