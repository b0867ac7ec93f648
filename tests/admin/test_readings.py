"""Every page that somebody reads leaves one row, which auditors and regulators alone see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry import recording
from registry.models import Account, Notice, Person, Reading, Registry
from tests.people import person
from tests.world import stock

LIST = "admin:registry_reading_changelist"


def written():
    rows = Reading.objects.order_by("pk")
    return list(rows.values_list("route", "registries", "count", "status"))


@pytest.fixture
def account(world):
    return Account.objects.get(pk=world.at_home.operator_a)


@pytest.fixture
def regulator(world):
    return person(world, "regulator", "regulator", world.home)


def test_list_and_page_are_on_record(world, signed_in, account):
    """By a person and no key, with the registry of the rows that were shown."""
    pages = signed_in("administrator_1")
    pages.get(reverse("admin:registry_account_changelist"), {"registry__id__exact": world.home.pk})
    pages.get(reverse("admin:registry_account_change", args=[account.pk]))
    listed, one = Reading.objects.order_by("pk")
    assert (listed.person.username, listed.api_key, listed.face) == (
        "administrator_1",
        None,
        "admin",
    )
    assert (listed.route, listed.filters) == (
        "admin:registry_account_changelist",
        ["registry__id__exact"],
    )
    assert (listed.registries, listed.status) == ([world.home.pk], 200)
    assert listed.count == Account.objects.filter(registry=world.home).count()
    assert (one.parameters, one.registries, one.count) == (
        {"object_id": str(account.pk)},
        [world.home.pk],
        1,
    )


def test_page_of_another_jurisdiction_shows_and_names_nothing(elsewhere, account):
    """The page leads away; that somebody tried is on record."""
    answer = elsewhere.get(reverse("admin:registry_account_change", args=[account.pk]))
    assert answer.status_code == 302
    assert written() == [("admin:registry_account_change", [], 0, 302)]


def test_refused_page_is_on_record(signed_in):
    """So is one that answers 403 or 404."""
    pages = signed_in("administrator_1")
    assert pages.get(reverse(LIST)).status_code == 403
    assert pages.get(reverse("admin:block", args=["NONE", 1, 2])).status_code == 404
    assert written() == [(LIST, [], 0, 403), ("admin:block", [], 0, 404)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_is_on_record_before_its_first_byte(world, signed_in, form):
    """How many rows it has is not known then; it is of what the file may hold."""
    pages = signed_in("auditor")
    path = reverse("admin:registry_account_changelist")
    for asked in ({}, {"registry__id__exact": world.home.pk}):
        assert b"".join(pages.get(path, {"export": form, **asked}).streaming_content)
    everything = sorted(Registry.objects.values_list("pk", flat=True))
    route = "admin:registry_account_changelist"
    assert written() == [(route, everything, None, 200), (route, [world.home.pk], None, 200)]


def test_pages_of_their_own_tell_their_registries(world, signed_in):
    """A block, the form of a proposal, what was searched for."""
    stock(world, operator_a=10)
    pages = signed_in("administrator_1")
    for name, arguments, asked in (
        ("block", ["KAU", 1, 10], {}),
        ("propose_type", ["KR-ETRS", "transfer"], {}),
        ("search", [], {"q": "KR-ETRS-"}),
    ):
        answer = pages.get(reverse(f"admin:{name}", args=arguments), asked)
        assert answer.status_code == 200, name
    assert [row[1] for row in written()] == [[world.home.pk]] * 3


def test_serials_and_notices_tell_their_registries(world, signed_in):
    """What a serial was found to mean, and of what one was told."""
    stock(world, operator_a=10)
    administrator = Person.objects.get(username="administrator_1")
    told = {"kind": "stop_placed", "subject": "stop:1", "at": world.at}
    data = {"registry": world.offsets.code}
    Notice.objects.create(person=administrator, key="stop:1", data=data, **told)
    pages = signed_in("administrator_1")
    assert pages.get(reverse("admin:search"), {"q": "1-10"}).status_code == 200
    assert pages.get(reverse("admin:notices")).status_code == 200
    assert written()[-1][1] == [world.offsets.pk]


def test_what_shows_nothing_of_anybody_leaves_no_row(world, client, signed_in):
    """Signing in, the texts of the pages, one's own password, a POST that leads on."""
    assert client.get(reverse("admin:index")).status_code == 302
    pages = signed_in("administrator_1")
    pages.get(reverse("admin:jsi18n"))
    pages.get(reverse("admin:password_change"))
    pages.post(reverse("admin:notices"), {"upto": "1"})
    assert written() == []


def test_page_that_is_not_on_record_is_not_shown(signed_in, account, monkeypatch):
    """Neither a page nor a file, and it says why."""
    pages = signed_in("auditor")
    elsewhere = recording.INSERT.replace("registry_reading", "registry_nowhere")
    monkeypatch.setattr(recording, "INSERT", elsewhere)
    page = reverse("admin:registry_account_change", args=[account.pk])
    files = f"{reverse('admin:registry_account_changelist')}?export="
    for path in (page, f"{files}csv", f"{files}xlsx"):
        answer = pages.get(path)
        assert answer.status_code == 503, path
        said = answer.content.decode()
        assert "READING_NOT_KEPT" in said and account.number not in said


def test_auditor_sees_and_exports_who_has_read(world, regulator, signed_in, account):
    """All readings, by the registry that they touched, and by who has read."""
    signed_in("administrator_1").get(reverse("admin:registry_account_change", args=[account.pk]))
    signed_in("regulator").get(reverse("admin:notices"))
    pages = signed_in("auditor")
    rows = pages.get(reverse(LIST)).context["cl"].result_list
    assert [row.person.username for row in rows] == ["regulator", "administrator_1"]
    for asked in ({"registry": world.home.pk}, {"q": "administrator_1"}):
        *_later, row = pages.get(reverse(LIST), asked).context["cl"].result_list
        assert (row.codes, row.parameters) == (["KR-ETRS"], {"object_id": str(account.pk)})
    text = b"".join(pages.get(reverse(LIST), {"export": "csv"}).streaming_content).decode()
    assert "registry_account_change" in text and f"object_id={account.pk}" in text
    one = pages.get(reverse("admin:registry_reading_change", args=[row.pk])).content.decode()
    assert "KR-ETRS" in one
    shown = Reading.objects.filter(person__username="auditor").order_by("pk")
    assert shown[0].registries == shown.last().registries == [world.home.pk]


def test_auditors_of_a_registry_see_what_touched_it(world, regulator, signed_in, account):
    """And no reading of another one, nor the page of such a reading."""
    page = reverse("admin:registry_account_change", args=[account.pk])
    signed_in("administrator_1").get(page)
    signed_in("administrator_1").get(reverse("admin:notices"))
    touched, other = Reading.objects.order_by("pk")
    pages = signed_in("regulator")
    rows = pages.get(reverse(LIST)).context["cl"].result_list
    assert [row.pk for row in rows] == [touched.pk]
    hidden = reverse("admin:registry_reading_change", args=[other.pk])
    assert pages.get(hidden).status_code == 302


def test_home_page_leads_auditors_to_it_and_nobody_else(signed_in, system_administrator):
    """The list stands among those of people."""
    address = reverse(LIST)
    assert address in signed_in("auditor").get(reverse("admin:index")).content.decode()
    for pages in (signed_in("administrator_1"), system_administrator):
        assert address not in pages.get(reverse("admin:index")).content.decode()
        assert pages.get(address).status_code == 403


def test_page_costs_one_statement_more(signed_in, account):
    """One INSERT, whatever the page is made of."""
    pages = signed_in("auditor")
    models = ("account", "holding", "transaction", "position", "person")
    paths = [reverse(f"admin:registry_{name}_changelist") for name in models]
    for path in (reverse("admin:index"), *paths):
        with CaptureQueriesContext(connection) as captured:
            assert pages.get(path).status_code == 200
        said = [each["sql"] for each in captured]
        assert sum("INSERT INTO registry_reading" in each for each in said) == 1, path
        # To look at the rows of a list reads none of them anew.
        rows = [each for each in said if " LIMIT 50" in each]
        assert len(rows) == len(set(rows)), path
