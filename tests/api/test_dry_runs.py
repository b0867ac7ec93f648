"""A dry run by REST: what would move, who approves, when, what limits are left; nothing is kept."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps

from registry.models import (
    Account,
    AccountHolder,
    CorporateGroup,
    GroupLimit,
    IssuanceCap,
    Jurisdiction,
    Reading,
)
from tests.api.proposals import block, issuance, line, proposal
from tests.type_versions import approved_version
from tests.world import moved, stock


@pytest.fixture
def ends(world, numbers):
    stock(world, operator_a=1000)
    return numbers("operator_a"), numbers("operator_b")


def every_row():
    """All rows of all tables but that of readings, which a dry run is."""
    models = [m for m in apps.get_models() if m._meta.managed and m is not Reading]
    return {model: list(model.objects.order_by("pk").values_list()) for model in models}


def tried(client, body, path="transactions/dry-run", query=""):
    """The answer to a dry run, without a key, that has changed no row of any table."""
    client.get("health")
    before = every_row()
    answer = client.post(path + query, body, key=None)
    assert answer.status_code == 200, answer.content
    assert every_row() == before
    return answer.json()


def test_every_type_can_be_tried(administrator_1, world, ends, numbers):
    """Each tells the blocks that would move; none leaves a row, and none needs a key."""
    a, b = ends
    reversible = moved(world, world.at_home.operator_a, world.at_home.operator_b, 5)
    moved(world, world.at_home.operator_b, world.at_home.operator_a, 5)
    kinds = {
        "transfer": proposal("transfer", line(a, b, "7")),
        "delivery": proposal("delivery", block(a, b, 100, 109)),
        "allocate": proposal("allocate", line(numbers("government"), b, "7")),
        "auction_delivery": proposal("auction_delivery", line(numbers("auction"), b, "7")),
        "return_allocation": proposal("return_allocation", line(b, numbers("government"), "1")),
        **{
            kind: proposal(kind, line(a, quantity="3", period="2025"))
            for kind in ("surrender", "retire", "cancel", "cancel_mandatorily", "cancel_for_omge")
        },
        "cancel_for_adaptation_fund": proposal("cancel_for_adaptation_fund", line(a, quantity="3")),
        "freeze": proposal("freeze", line(a, quantity="3")),
        "release": {"type": "release", "freeze": "999"},
        "reverse": {"type": "reverse", "reverses": str(reversible.transaction_id)},
        "consolidate": {"type": "consolidate", "account": a, "unit_type": "KAU"},
        "issue": {"type": "issue", "issuances": [issuance(a, "40")]},
        "convert": {
            "type": "convert",
            "lines": [line(a, numbers("conversion"), "2")],
            "issuances": [issuance(a, "2", unit_type="KCU")],
        },
    }
    told = {kind: tried(administrator_1, body) for kind, body in kinds.items()}
    for kind in ("transfer", "delivery", "surrender", "retire", "cancel", "issue"):
        assert told[kind]["code"] is None, told[kind]
        assert told[kind]["moves"][0]["serial"].startswith("KR-ETRS"), kind
    assert told["delivery"]["moves"][0]["block"] == {
        "unit_type": "KAU",
        "first": "100",
        "last": "109",
    }
    assert (told["delivery"]["status"], told["delivery"]["state"]) == (201, "completed")
    assert (told["transfer"]["status"], told["transfer"]["state"]) == (202, "awaiting_approval")
    assert told["transfer"]["approvals"] == {
        "needed": 1,
        "roles": ["administrator", "system", "representative"],
        "persons": 1,
    }
    assert told["issue"]["moves"][0]["block"]["first"] == "1001"
    assert told["issue"]["moves"][0]["source"] is None
    assert [item["code"] for item in told["release"]["errors"]] == ["UNKNOWN_TRANSACTION"]
    assert told["allocate"]["code"] == "INSUFFICIENT_UNITS"
    assert told["convert"]["code"] == "UNIT_KIND_NOT_ALLOWED"
    assert told["freeze"]["status"] in (201, 202)


def test_all_failed_checks_are_told(administrator_1, ends):
    """Those of the checks and those of the gate, with their places; what is unknown as well."""
    body = proposal("transfer", line(ends[0], ends[0], "5000"), line(ends[0], ends[1], "9000"))
    told = tried(administrator_1, body)
    assert (told["status"], told["state"], told["moves"]) == (422, None, [])
    assert {(item["code"], item["pointer"]) for item in told["errors"]} == {
        ("SAME_ACCOUNT", "/lines/0"),
        ("INSUFFICIENT_UNITS", "/lines/0/quantity"),
        ("INSUFFICIENT_UNITS", "/lines/1/quantity"),
    }
    body = proposal("transfer", line("KR-ETRS-9999999-41", ends[1], unit_type="XXX"))
    codes = {item["code"] for item in tried(administrator_1, body)["errors"]}
    assert codes == {"UNKNOWN_SOURCE_ACCOUNT", "UNKNOWN_UNIT_TYPE"}


def test_what_may_not_be_proposed_is_told(world, auditor, administrator_1, ends):
    """An auditor's right is missing in a dry run as well."""
    told = tried(auditor, proposal("transfer", line(*ends)))
    assert (told["status"], told["code"]) == (403, "NOT_PERMITTED")


def test_limits_that_are_touched(administrator_1, world, ends, numbers):
    """What would be left of the day, of a holding limit, and of a cap."""
    Account.objects.filter(pk=world.at_home.operator_a).update(daily_limit=20)
    Account.objects.filter(pk=world.at_home.operator_b).update(holding_limit=100)
    limits = tried(administrator_1, proposal("transfer", line(*ends, "15")))["limits"]
    assert [(each["what"], each["of"], each["limit"], each["left"]) for each in limits] == [
        ("daily", ends[0], "20", "5"),
        ("holding", ends[1], "100", "85"),
    ]
    IssuanceCap.objects.create(unit_type=world.kau, units=1500)
    told = tried(administrator_1, {"type": "issue", "issuances": [issuance(ends[0], "40")]})
    assert told["limits"] == [
        {
            "what": "cap",
            "of": "KAU",
            "period": "",
            "unit_type": "",
            "limit": "1500",
            "left": "460",
        }
    ]


@pytest.mark.parametrize("kind", ["transfer", "delivery"])
def test_limits_of_corporate_groups(administrator_1, world, numbers, kind):
    """What all accounts of a group may still take, whether it is completed at once or waits; what
    moves within the group or is of another type takes nothing."""
    stock(world, operator_a=60, operator_b=30, trading=100)
    group = CorporateGroup.objects.create(code="G-1", name="Group 1")
    AccountHolder.objects.update(group=group)
    for unit_type, units in ((world.kau, 200), (None, 150), (world.kcu, 1)):
        GroupLimit.objects.create(
            group=group, registry=world.home, unit_type=unit_type, units=units
        )

    def left(source, destination, quantity):
        ends = numbers(source), numbers(destination)
        limits = tried(administrator_1, proposal(kind, line(*ends, quantity)))["limits"]
        assert {(each["what"], each["of"]) for each in limits} <= {("group", "G-1")}
        return {each["unit_type"]: each["left"] for each in limits}

    assert left("trading", "operator_a", "15") == {"KAU": "95", "": "45"}
    assert left("operator_b", "trading", "10") == {"KAU": "120", "": "70"}
    assert left("operator_a", "operator_b", "10") == {"KAU": "110", "": "60"}


@pytest.mark.parametrize("mode", ["all_or_nothing", "each_on_its_own"])
def test_a_batch_for_a_moment_is_tried(administrator_1, world, ends, mode):
    """Every transaction of it would wait for the moment."""
    body = {
        "mode": mode,
        "lines": [line(*ends, "1", type=kind) for kind in ("delivery", "transfer")],
        "execute_at": "2040-03-05T01:00:00Z",
    }
    told = tried(administrator_1, body, "batches/dry-run")
    assert [item["delay"]["ends_at"] for item in told["items"]] == ["2040-03-05T01:00:00Z"] * 2
    assert told["delay"]["ends_at"] == "2040-03-05T01:00:00Z"
    passed = tried(
        administrator_1, {**body, "execute_at": "2020-03-05T01:00:00Z"}, "batches/dry-run"
    )
    assert [item["code"] for item in passed["items"]] == ["EXECUTION_IN_THE_PAST"] * 2


def test_a_moment_ahead(administrator_1, world, ends):
    """The rules of that moment hold; the end of the delay is told in the registry's zone too."""
    Jurisdiction.objects.filter(code="KR").update(time_zone="Asia/Seoul")
    monday = datetime(2040, 3, 5, 1, tzinfo=UTC)
    approved_version(
        "transfer", valid_from=monday - timedelta(days=1), delay="always", delay_days=1
    )
    body = proposal("transfer", line(*ends, "5"))
    assert tried(administrator_1, body)["delay"] is None
    told = tried(administrator_1, body, query="?at=2040-03-05T01:00:00Z")
    assert told["delay"] == {
        "ends_at": "2040-03-06T01:00:00Z",
        "local": "2040-03-06T10:00:00+09:00",
        "zone": "Asia/Seoul",
        "provisional_years": [2040],
    }
    past = administrator_1.post("transactions/dry-run?at=2020-01-01T00:00:00Z", body, key=None)
    assert (past.status_code, past.json()["code"]) == (400, "MOMENT_HAS_PASSED")
    assert past.json()["errors"][0]["parameter"] == "at"


@pytest.mark.parametrize("mode", ["all_or_nothing", "each_on_its_own"])
def test_a_batch_is_tried(administrator_1, world, ends, mode):
    """Its strictest line's approvals for all; each line sees what the lines before would do."""
    lines = [
        line(*ends, "990", type="delivery"),
        line(ends[0], quantity="10", type="surrender", period="2025"),
        line(ends[0], ends[1], "1", type="delivery"),
    ]
    told = tried(administrator_1, {"mode": mode, "lines": lines}, "batches/dry-run")
    assert (told["mode"], told["approvals_needed"]) == (mode, 1)
    if mode == "each_on_its_own":
        assert [item["lines"] for item in told["items"]] == [[1], [2], [3]]
        assert [item["code"] for item in told["items"]] == [None, None, "INSUFFICIENT_UNITS"]
        assert (told["carried_out"], told["refused"]) == (2, 1)
    else:
        assert [item["lines"] for item in told["items"]] == [[1, 3], [2]]
        assert [item["code"] for item in told["items"]] == [None, "INSUFFICIENT_UNITS"]


@pytest.mark.parametrize("media_type", ["application/x-ndjson", "text/csv"])
def test_a_file_is_tried(administrator_1, world, ends, media_type):
    """A settlement file: each trade told, also what can not be read; none is delivered."""
    rows = [{"trade": f"T{n}", **line(*ends, "400")} for n in (1, 2, 3)]
    rows.append({**rows[0]})
    if media_type == "text/csv":
        text = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows), "x"])
    else:
        text = "".join(json.dumps(row) + "\n" for row in rows) + "{"
    administrator_1.get("health")
    before = every_row()
    answer = administrator_1.post("settlements/dry-run", text=text, media_type=media_type, key=None)
    assert answer.status_code == 200, answer.content
    assert every_row() == before
    codes = [item["code"] for item in answer.json()["items"]]
    assert codes[:4] == [None, None, "INSUFFICIENT_UNITS", "TRADE_REPEATED"]
    assert codes[4] in ("ROW_MALFORMED", "MALFORMED_JSON")
    assert (answer.json()["carried_out"], answer.json()["refused"]) == (2, 3)


def test_a_key_is_taken_and_not_kept(administrator_1, world, ends):
    """The same key can propose afterwards, or try another body."""
    body = proposal("delivery", line(*ends, "5"))
    for quantity in ("5", "6"):
        said = proposal("delivery", line(*ends, quantity))
        assert administrator_1.post("transactions/dry-run", said, key="k").status_code == 200
    assert administrator_1.post("transactions", body, key="k").status_code == 201
    again = administrator_1.post("transactions/dry-run", body, key="k")
    assert "Idempotency-Replayed" not in again
    assert again.json()["moves"][0]["block"]["first"] == "6"


def test_bodies_that_can_not_be_read(administrator_1, ends):
    """The form is a problem, as it would be of the proposal."""
    for path, body, code in (
        ("transactions/dry-run", {"type": "transfer", "lines": [{}]}, "FIELD_MISSING"),
        ("transactions/dry-run", {}, "FIELD_MISSING"),
        ("batches/dry-run", {"mode": "some", "lines": []}, "NOT_A_CHOICE"),
        ("batches/dry-run", {"mode": "all_or_nothing", "lines": []}, "NO_LINES"),
        ("batches/dry-run", [], "WRONG_TYPE"),
    ):
        answer = administrator_1.post(path, body, key=None)
        assert (answer.status_code, answer.json()["code"]) == (400, code), (path, body)
