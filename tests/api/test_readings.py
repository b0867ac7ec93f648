"""Every answered reading by REST leaves one row, and none is shown that leaves none."""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from registry import recording
from registry.models import Reading, Registry
from registry.services.api_keys import Rights, issue_key
from tests.api.conftest import ApiClient
from tests.api.proposals import line, proposal
from tests.people import person, represents
from tests.world import stock

# What everybody reads who has a key, and what nobody needs a key for.
NOT_KEPT = (
    *("jurisdictions", "schemes", "registries", "unit-types", "facts", "sources"),
    *("transaction-types", "positions", "health", "log"),
    *("link-preset", "readiness", "node"),
    *("methodologies", "project-types"),
)


@pytest.fixture
def client_of(world, description):
    """client_of(actor) is a client with a key of that person."""

    def make(actor, scopes=("read", "propose")):
        by = {"actor": world.system, "at": world.at}
        key = issue_key(person_id=actor.person_id, label="k", rights=Rights(scopes), **by)
        return ApiClient(description, key.text)

    return make


@pytest.fixture
def elsewhere(world, client_of):
    """An administrator of the neighbour, and of nothing else."""
    return client_of(person(world, "elsewhere", "administrator", world.neighbour))


def written():
    """The rows since the beginning, without what differs from run to run."""
    rows = Reading.objects.order_by("pk")
    return list(rows.values_list("route", "parameters", "filters", "registries", "count", "status"))


def test_one_row_tells_who_has_read_what(world, administrator_1, numbers):
    """The person, the key, the route, the address, the names of filters, the registry."""
    number = numbers("operator_a")
    assert administrator_1.get(f"accounts/{number}").status_code == 200
    (row,) = Reading.objects.all()
    assert (row.person_id, row.api_key.label) == (
        world.administrator_1.person_id,
        "administrator_1",
    )
    assert (row.face, row.route) == ("rest", "/api/v1/accounts/{number}")
    assert (row.parameters, row.filters) == ({"number": number}, [])
    assert (row.registries, row.count, row.status) == ([world.home.pk], 1, 200)
    administrator_1.get("accounts", {"registry": "KR-ETRS", "limit": "2"})
    listed = Reading.objects.last()
    assert (listed.filters, listed.registries, listed.count) == (
        ["limit", "registry"],
        [world.home.pk],
        2,
    )


def test_row_has_the_time_of_the_database(administrator_1):
    """It is that of the statement, whatever the clock of the application says."""
    administrator_1.get("accounts")
    with CaptureQueriesContext(connection) as captured:
        administrator_1.get("accounts")
    (insert,) = [each["sql"] for each in captured if "registry_reading" in each["sql"]]
    assert "statement_timestamp()" in insert
    times = list(Reading.objects.order_by("pk").values_list("at", flat=True))
    assert times[0] < times[1]


def test_another_jurisdiction_leaves_a_row_of_no_registry(world, elsewhere, numbers):
    """Nothing was shown, and that is what the row says."""
    number = numbers("operator_a")
    assert elsewhere.get(f"accounts/{number}").status_code == 404
    assert elsewhere.get("holdings", {"account": number}).status_code == 404
    assert elsewhere.get("accounts", {"registry": "KR-ETRS"}).json()["items"] == []
    assert [row[2:] for row in written()] == [
        ([], [], 0, 404),
        (["account"], [], 0, 404),
        (["registry"], [], 0, 200),
    ]


def test_things_without_a_name_are_of_the_registry_of_their_address(
    world, administrator_1, numbers
):
    """Lists in which no registry stands, and lists that are empty."""
    stock(world, operator_a=10)
    body = proposal("transfer", line(numbers("operator_a"), numbers("operator_b"), "1"))
    number = administrator_1.post("transactions", body).json()["id"]
    paths = (
        f"transactions/{number}/approvals",
        f"transactions/{number}/movements",
        f"accounts/{numbers('operator_a')}/trusted-accounts",
    )
    for path in paths:
        assert administrator_1.get(path).json()["items"] == [], path
    assert [row[3:] for row in written()] == [([world.home.pk], 0, 200)] * 3


@pytest.mark.parametrize("media_type", ["application/x-ndjson", "text/csv"])
def test_list_that_is_streamed_is_on_record_before_it_begins(
    world, client_of, auditor, numbers, media_type
):
    """How much it is nobody knows yet; it is of what the person may read and has asked for."""
    someone = client_of(represents(world, "someone", world.at_home.operator_a, "read"))
    auditor.get("accounts", accept=media_type)
    auditor.get("accounts", {"registry": "KR-ORS"}, accept=media_type)
    someone.get("accounts", accept=media_type)
    someone.get("accounts", {"registry": "KR-ORS"}, accept=media_type)
    someone.get("notices", accept=media_type)
    known = dict(Registry.objects.values_list("code", "pk"))
    assert [row[3:] for row in written()] == [
        (sorted(known.values()), None, 200),
        ([known["KR-ORS"]], None, 200),
        ([world.home.pk], None, 200),
        ([], None, 200),
        ([], None, 200),
    ]


def test_every_route_leaves_one_row_or_none(world, auditor, description, numbers):
    """What is not on record is what everybody may read; each other route writes exactly once."""
    paths = [path for path in description["paths"] if "get" in description["paths"][path]]
    said = {}
    for path in paths:
        known = numbers("operator_a") if "/accounts/" in path else "1"
        address = "/".join(known if part.startswith("{") else part for part in path.split("/"))
        before = Reading.objects.count()
        answer = auditor.get(address)
        said[path] = Reading.objects.count() - before
        if said[path]:
            row = Reading.objects.last()
            assert (row.route, row.status) == (path, answer.status_code)
    assert set(said.values()) == {0, 1}
    not_kept = {path for path, count in said.items() if not count}
    assert {path.split("/")[3] for path in not_kept} == set(NOT_KEPT)


def test_head_and_dry_run_are_readings_and_a_post_is_none(world, administrator_1, numbers):
    """A dry run tells of the ledger and writes nothing; what writes is in the ledger."""
    stock(world, operator_a=10)
    ends = numbers("operator_a"), numbers("operator_b")
    administrator_1.client.head(
        "/api/v1/accounts", headers={"authorization": f"Bearer {administrator_1.key}"}
    )
    administrator_1.post("transactions/dry-run", proposal("transfer", line(*ends, "1")), key=None)
    administrator_1.post("transactions", proposal("transfer", line(*ends, "1")))
    assert [row[0] for row in written()] == ["/api/v1/accounts", "/api/v1/transactions/dry-run"]


def test_nobody_leaves_no_row(anonymous, client_of, description, world):
    """Without a key, and with one that is not known, nothing is shown to anybody."""
    assert anonymous.get("accounts").status_code == 401
    assert ApiClient(description, "ck_0000_0000").get("accounts").status_code == 401
    assert anonymous.get("log/checkpoint").status_code in (404, 503)
    assert written() == []


def test_names_that_are_no_names_of_filters_are_left_out(auditor):
    """What a query invents is not copied; parameters are kept as text that can be stored."""
    auditor.get("accounts", {"a b": "1", "x" * 65: "1", "cursor": "1", "limit": "1"})
    auditor.get("accounts/%00" + "9" * 500)
    first, second = written()
    assert first[2] == ["cursor", "limit"]
    assert second[1] == {"number": "�" + "9" * 199}


def test_what_is_not_on_record_is_not_shown(auditor, monkeypatch, numbers):
    """503, with the code that says why, and nothing of what was found; nor of a stream."""
    elsewhere = recording.INSERT.replace("registry_reading", "registry_nowhere")
    monkeypatch.setattr(recording, "INSERT", elsewhere)
    for accept in ("application/json", "text/csv"):
        answer = auditor.get("accounts", accept=accept)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (503, "READING_NOT_KEPT")
        assert answer["Retry-After"] == "1" and told["traceId"]
        assert numbers("operator_a") not in answer.content.decode()
    assert auditor.get("jurisdictions").status_code == 200
    assert written() == []


def test_database_that_is_being_recovered_shows_nothing(auditor, numbers):
    """A read-only database is said to be what it is, before or at the writing of the row."""
    auditor.get("accounts")
    number = numbers("operator_a")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        answer = auditor.get(f"accounts/{number}")
        transaction.set_rollback(True)
    assert (answer.status_code, answer.json()["code"]) == (503, "READING_NOT_KEPT")


def test_auditors_read_who_has_read(world, auditor, administrator_1, elsewhere, numbers):
    """Who audits all registries sees all readings, by person, registry, route and time."""
    administrator_1.get(f"accounts/{numbers('operator_a')}")
    elsewhere.get(f"accounts/{numbers('operator_a')}")
    page = auditor.get("readings").json()
    first, second = page["items"]
    assert (first["person"], first["registries"], first["status"]) == ("elsewhere", [], 404)
    assert (second["person"], second["registries"]) == ("administrator_1", ["KR-ETRS"])
    assert second["parameters"] == {"number": numbers("operator_a")}

    def found(**asked):
        return [item["id"] for item in auditor.get("readings", asked).json()["items"]]

    assert found(person="administrator_1") == [second["id"]]
    assert second["id"] in found(registry="KR-ETRS")
    assert first["id"] not in found(registry="KR-ETRS")
    assert found(route="/api/v1/accounts/{number}") == [first["id"], second["id"]]
    assert found(until=second["at"]) == []
    assert found(since=first["at"], person="elsewhere") == [first["id"]]
    assert found(since=first["at"], person="administrator_1") == []


def test_reading_the_log_is_a_reading(auditor, administrator_1):
    """And it touches the registries that are named in it."""
    administrator_1.get("accounts", {"registry": "KR-ETRS"})
    auditor.get("readings")
    (item,) = auditor.get("readings", {"limit": "1"}).json()["items"]
    assert (item["route"], item["person"]) == ("/api/v1/readings", "auditor")
    assert (item["registries"], item["count"]) == (["KR-ETRS"], 1)


def test_pages_of_readings_follow_each_other(auditor, administrator_1):
    """A cursor goes on where the page before ended, though rows come in above."""
    for _number in range(5):
        administrator_1.get("accounts")
    wanted = [str(pk) for pk in Reading.objects.order_by("-pk").values_list("pk", flat=True)]
    seen, path = [], "readings"
    query = {"limit": "2"}
    while path:
        page = auditor.get(path, query).json()
        seen += [item["id"] for item in page["items"]]
        path, query = page["next"], None
    assert seen == wanted


@pytest.mark.parametrize("role", ["auditor", "regulator"])
def test_auditor_of_a_registry_sees_what_touched_it(
    world, client_of, administrator_1, elsewhere, role
):
    """And nothing of another one, nor what touched none."""
    client = client_of(person(world, "looker", role, world.home))
    administrator_1.get("accounts", {"registry": "KR-ETRS"})
    elsewhere.get("accounts")
    elsewhere.get("accounts", {"registry": "KR-ETRS"})
    rows = client.get("readings").json()["items"]
    assert [row["person"] for row in rows] == ["administrator_1"]


@pytest.mark.parametrize(
    "role",
    ["administrator", "junior_administrator", "read_only_administrator", "system_administrator"],
)
def test_who_does_not_audit_does_not_see_who_has_read(world, client_of, administrator_1, role):
    """Administrators are looked at; that they were refused is on record as well."""
    everywhere = role == "system_administrator"
    client = client_of(person(world, "looker", role, None if everywhere else world.home))
    administrator_1.get("accounts")
    answer = client.get("readings")
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_PERMITTED")
    assert written()[-1] == ("/api/v1/readings", {}, [], [], 0, 403)


def test_a_get_costs_one_statement_more(auditor, monkeypatch):
    """The row is one INSERT, whatever the answer is about."""
    auditor.get("accounts")
    for path in ("accounts", "holdings", "transactions", "feed", "notices"):
        with CaptureQueriesContext(connection) as captured:
            assert auditor.get(path).status_code == 200
        # The test's own savepoint ends last.
        told = [each["sql"].split()[0] for each in captured]
        assert told.count("INSERT") == 1 and told[-2] == "INSERT", path
    assert settings.DATABASES["default"].get("ATOMIC_REQUESTS", False) is False
    assert resolve("/api/v1/readings").func.cls.reading_is_kept
