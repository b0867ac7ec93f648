"""Searching, numbers for people, and lists that do not count."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.admin.paging import BoundedPaginator
from registry.admin.reference_changes import Proposed
from registry.models import Account, Holding
from registry.posting import sequence
from registry.serials.own import Block, printed, spoken
from tests.world import issue_units, moved, open_operators, stock


@pytest.fixture
def search(signed_in, world):
    pages = signed_in("auditor")

    def found(model, text, **filters):
        path = reverse(f"admin:registry_{model}_changelist")
        return list(pages.get(path, {"q": text, **filters}).context["cl"].result_list)

    return found


@pytest.fixture
def traded(world):
    """A has KAU 1–990 (cut from 1–1000), B has 991–1000 and 1001–1050."""
    stock(world, operator_a=1000, operator_b=50)
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 10, first=991)
    sequence(100)
    return world


def test_serials_are_found_in_every_spelling(traded, search):
    """A unit type or an alias, and a serial with or without commas."""
    traded.kau.aliases.create(alias="K allowance")
    for text in ("KAU 995", "KAU995", "KAU-995", "K allowance 995", " KAU 995 "):
        (only,) = search("holding", text)
        assert (only.first, only.last) == (991, 1000)
    (old,) = (row for row in search("holding", "KAU 995", held="ever") if row.closed_by_id)
    assert (old.first, old.last) == (1, 1000)
    assert len(search("issuance", "KAU 1,000")) == 1
    for text in ("KAU 2,000", "KAU", "995", "XXX 995", "KAU " + "9" * 30, "%"):
        assert search("holding", text) == []


def test_serials_are_found_as_they_are_printed(traded, search):
    """The printed form, the one for reading aloud, and runs that several blocks hold."""
    block = Block("KR-ETRS", "KAU", 985, 995)
    for text in (printed(block), spoken(block), "KAU 985 – 995", "ＫＡＵ９８５～９９５"):
        found = search("holding", text)
        assert sorted((row.first, row.last) for row in found) == [(1, 990), (991, 1000)]
    assert len(search("issuance", printed(block))) == 1


def test_lists_and_pages_show_printed_serials(traded, signed_in):
    """Of holdings, issuances, marks and what moved."""
    pages = signed_in("auditor")
    serial = printed(Block("KR-ETRS", "KAU", 991, 1000))
    held = Holding.objects.get(first=991, last=1000, closed_by=None)
    newest = held.opened_by.transaction_id
    for path in (
        reverse("admin:registry_holding_changelist"),
        reverse("admin:registry_holding_change", args=[held.pk]),
        reverse("admin:registry_transaction_change", args=[newest]),
    ):
        assert serial in pages.get(path).content.decode(), path
    issued = pages.get(reverse("admin:registry_issuance_changelist")).content.decode()
    assert printed(Block("KR-ETRS", "KAU", 1, 1050)) in issued


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("KR-ETRS:KAU:985-995:00", "a digit is wrong"),
        ("KR-ETRS:KUA:985-995:00", "the codes are wrong"),
        ("KR-ETRS:KAU:9B5:00", "A letter stands where digits are expected: B, character 14."),
        ("KAU", "This is no serial in any form"),
        ("XXX 995", "There is no such unit type."),
        ("ACR-US-934-2024-2891-58384 to 58673", "Read as ACR credit: its numbers do not name"),
    ],
)
def test_search_says_why_it_finds_nothing(traded, signed_in, text, said):
    """What is wrong with the text, or what it means."""
    path = reverse("admin:registry_holding_changelist")
    page = signed_in("auditor").get(path, {"q": text}, headers={"accept-language": "en"})
    assert list(page.context["cl"].result_list) == []
    assert said in page.content.decode()


def test_accounts_are_found_by_number_and_name(traded, search):
    """The whole number, or a part of the name; and what is in the account."""
    account = Account.objects.get(pk=traded.at_home.operator_b)
    assert search("account", account.number) == [account]
    assert account in search("account", "operator_b")
    assert {row.account_id for row in search("holding", account.number)} == {account.pk}
    assert len(search("transaction", account.number)) == 2


def test_transactions_are_found_by_number(traded, search):
    """With or without the sign and the commas."""
    newest = search("transaction", "")[0]
    for text in (str(newest.pk), f"#{newest.pk}"):
        assert search("transaction", text) == [newest]
    assert search("transaction", "no number") == []


def test_reference_data_is_found_by_code(search):
    """Codes and names."""
    assert [row.code for row in search("unittype", "KAU")] == ["KAU"]
    assert [row.code for row in search("registry", "KR-ORS")] == ["KR-ORS"]


def test_numbers_are_grouped(signed_in, world):
    """Eight billion units can be read, in every language."""
    issue_units(world, world.kau, [(world.at_home.government, 8_000_000_000)])
    pages = signed_in("auditor")
    for language in ("en", "zh-hans", "ja", "ko"):
        page = pages.get(
            reverse("admin:registry_holding_changelist"), headers={"accept-language": language}
        ).content.decode()
        assert "KAU 1 – 8,000,000,000" in page
        assert "8,000,000,000</td>" in page


def test_account_shows_what_it_holds(traded, signed_in):
    """Sums by unit type and vintage, and where the blocks are."""
    path = reverse("admin:registry_account_change", args=[traded.at_home.operator_a])
    page = signed_in("auditor").get(path).content.decode()
    assert '<td class="number">990</td>' in page
    assert "Its blocks" in page


def test_lists_count_no_further_than_to_a_bound(traded, signed_in, monkeypatch):
    """A list of ten million rows says that it is the first ten thousand."""
    monkeypatch.setattr(BoundedPaginator, "BOUND", 2)
    open_operators(traded, 5)
    with CaptureQueriesContext(connection) as captured:
        page = signed_in("auditor").get(reverse("admin:registry_account_changelist"))
    counts = [each["sql"] for each in captured if "COUNT(*)" in each["sql"]]
    # The bell in the header counts as well, to a bound of its own.
    assert all("LIMIT" in sql for sql in counts)
    listed = [sql for sql in counts if "registry_account" in sql]
    assert listed
    assert all("LIMIT 2" in sql for sql in listed)
    assert "the first 2; search or filter for others" in page.content.decode()


def test_large_lists_are_bounded():
    """Every list that grows with the ledger keeps from counting."""
    for model, pages in admin.site._registry.items():
        if model._meta.app_label == "registry" and not isinstance(pages, Proposed):
            assert pages.paginator is BoundedPaginator, model
            assert not pages.show_full_result_count, model


def test_lists_cost_a_constant_number_of_queries(world, signed_in):
    """More rows cost no more queries."""
    pages = signed_in("auditor")
    paths = [
        reverse(f"admin:registry_{model._meta.model_name}_changelist")
        for model in admin.site._registry
        if model._meta.app_label == "registry"
    ]

    def queries(path):
        with CaptureQueriesContext(connection) as captured:
            assert pages.get(path).status_code == 200, path
        return len(captured)

    stock(world, operator_a=1000, operator_b=10)
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 1)
    sequence(100)
    few = {path: queries(path) for path in paths}
    for first in range(11, 40, 2):
        moved(world, world.at_home.operator_a, world.at_home.operator_b, 1, first=first)
    open_operators(world, 10)
    sequence(100)
    assert Holding.objects.count() > 15
    assert {path: queries(path) for path in paths} == few


def test_times_of_lists_name_their_zone(signed_in, proposed):
    """In the list, in the file, and in the fields of a page: UTC says that it is."""
    pages = signed_in("auditor")
    address = reverse("admin:registry_transaction_changelist")
    text = f"{proposed.proposed_at:%Y-%m-%d %H:%M:%S} UTC"
    assert text in pages.get(address).content.decode()
    assert text in b"".join(pages.get(address, {"export": "csv"}).streaming_content).decode()
