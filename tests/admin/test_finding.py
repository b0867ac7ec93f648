"""The search box, the pages of blocks, accounts and transactions, and what they cost."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registry.admin import accounts
from registry.lines import Line
from registry.models import Account, Holding, Posting, TrustedAccount
from registry.posting import sequence
from registry.selectors import overview
from registry.serials.own import Block, printed
from registry.services.stops import Stopped, place_stop
from registry.services.tasks.claim import claim
from registry.services.tasks.open import Subject, open_task
from registry.services.transfer import transfer
from tests.people import asked, represents
from tests.world import moved, stock


@pytest.fixture
def traded(world):
    """A has KAU 1–990 (cut from 1–1000), B has 991–1000 and 1001–1050."""
    stock(world, operator_a=1000, operator_b=50)
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 10, first=991)
    sequence(100)
    return world


def block(first, last, name="block", unit_type="KAU"):
    return reverse(f"admin:{name}", args=[unit_type, first, last])


def account_page(pk):
    return reverse("admin:registry_account_change", args=[pk])


def test_what_can_mean_one_thing_leads_to_its_page(traded, signed_in):
    """Serials in every form, account numbers, transaction numbers and names that are one's own."""
    pages = signed_in("auditor")
    account = Account.objects.get(pk=traded.at_home.operator_a)
    transaction = Posting.objects.latest("pk").transaction_id
    for text, address in {
        printed(Block("KR-ETRS", "KAU", 985, 995)): block(985, 995),
        "KAU 1,000": block(1000, 1000),
        account.number: account_page(account.pk),
        account.number.lower(): account_page(account.pk),
        f"#{transaction}": reverse("admin:registry_transaction_change", args=[transaction]),
        "KR-OPERATOR-A": reverse("admin:registry_accountholder_change", args=[traded.holder_a.pk]),
    }.items():
        answer = pages.get("/admin/search/", {"q": f" {text} "})
        assert (answer.status_code, answer.get("Location")) == (302, address), text


def test_what_can_mean_several_things_is_listed(traded, signed_in):
    """A part of a name lists accounts and holders, with their addresses."""
    page = signed_in("auditor").get("/admin/search/", {"q": "operator"})
    text = page.content.decode()
    for pk in (traded.at_home.operator_a, traded.at_home.operator_b):
        assert account_page(pk) in text
    assert len(page.context["found"].holders) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Type a serial as it is printed"),
        ("nobody", "Nothing was found that you may read."),
        ("KR-ETRS:KAU:985-995:00", "a digit is wrong"),
        ("999999999", "Nothing was found"),
        ("9" * 400, "Nothing was found"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("ACR-US-934-2024-2891-58384 to 58673", "Read as ACR credit"),
    ],
)
def test_search_says_what_it_did_not_find(traded, signed_in, text, said):
    """Nothing, a mistake in a serial, or numbers of another registry: each is told."""
    page = signed_in("auditor").get("/admin/search/", {"q": text})
    assert page.status_code == 200
    assert said in page.content.decode()


def test_search_shows_own_registries_only(traded, elsewhere, system_administrator):
    """An administrator of another registry, and one of the system, find no account here."""
    number = Account.objects.get(pk=traded.at_home.operator_a).number
    for pages in (elsewhere, system_administrator):
        page = pages.get("/admin/search/", {"q": number})
        assert page.status_code == 200
        assert "Nothing was found" in page.content.decode()


def test_block_tells_where_it_is_and_how_it_got_there(traded, signed_in):
    """Holders, issuances, stays, and a picture of cuts and merges with a table beside it."""
    page = signed_in("auditor").get(block(985, 995))
    text = page.content.decode()
    assert printed(Block("KR-ETRS", "KAU", 985, 995)) in text
    held = [(row["first"], row["last"]) for row in page.context["held"]]
    assert held == [(1, 990), (991, 1000)]
    assert len(page.context["stays"]) == 3
    boxes = page.context["life"].boxes
    assert {(box.held.first, box.held.last) for box in boxes} >= {(1, 1000), (1, 990), (991, 1000)}
    assert '<svg class="life"' in text
    assert '<title id="life-title">' in text
    assert "The issuance has no signature yet." in text


def test_blocks_that_are_not_there(traded, signed_in, elsewhere):
    """Unknown unit types and backward runs are not found; unissued serials say so."""
    pages = signed_in("auditor")
    assert pages.get(block(1, 2, unit_type="XXX")).status_code == 404
    assert pages.get(block(2, 1)).status_code == 404
    assert pages.get(block(1, 2) + "?registry=XX").status_code == 404
    assert "Nobody holds these serials" in pages.get(block(5000, 5001)).content.decode()
    assert elsewhere.get(block(985, 995)).status_code == 404
    assert elsewhere.get(block(985, 995, "block_certificate")).status_code == 404


def test_certificate_is_downloaded_as_it_was_signed(traded, signed_in, keys_dir):
    """The file holds what the API gives, byte for byte canonical."""
    from django.utils import timezone

    from registry.services.sign_issuances import sign_issuances
    from registry.services.signing_keys import ensure_keys

    pages = signed_in("auditor")
    assert pages.get(block(1, 5, "block_certificate")).status_code == 404
    ensure_keys(at=timezone.now())
    sign_issuances(at=timezone.now())
    answer = pages.get(block(1, 5, "block_certificate"))
    document = json.loads(answer.content)
    assert (document["first"], document["last"]) == ("1", "5")
    assert answer["Content-Disposition"] == 'attachment; filename="KAU-1-5.certificate.json"'
    assert document["digest"] in pages.get(block(1, 5)).content.decode()


def test_account_shows_a_statement_with_balances(traded, signed_in):
    """Each posting with what it changed and the balance after it; sums tie to what is held."""
    traded.home.jurisdiction.time_zone = "Asia/Seoul"
    traded.home.jurisdiction.save()
    page = signed_in("auditor").get(account_page(traded.at_home.operator_b))
    told = [(entry.change, entry.balance) for entry in page.context["statement"]]
    assert told == [(10, 60), (50, 50)]
    assert sum(row["units"] for row in page.context["held"]) == 60
    assert sum(row["blocks"] for row in page.context["held"]) == 2
    text = page.content.decode()
    assert '<td class="number">+10</td>' in text
    assert "KST)" in text


def test_account_as_of_the_past(traded, signed_in):
    """A position or the end of a day; what cannot be is explained and shows the present."""
    pages = signed_in("auditor")
    path = account_page(traded.at_home.operator_b)
    last = Holding.objects.latest("opened_by").opened_by.place.pk
    page = pages.get(path, {"position": last - 1})
    assert [entry.balance for entry in page.context["statement"]] == [50]
    assert "Held then" in page.content.decode()
    assert pages.get(path, {"date": "2020-01-01"}).context["statement"] == []
    for wrong, said in (
        ({"position": 10**6}, "There is no such position yet."),
        ({"date": "2100-01-01"}, "This instant has not come yet."),
        ({"date": "yesterday"}, "Enter a valid date."),
        ({"position": "x"}, "Enter a whole number."),
        ({"position": 1, "date": "2026-01-01"}, "not both"),
    ):
        page = pages.get(path, wrong)
        assert (page.status_code, said in page.content.decode()) == (200, True), wrong
        assert page.context["as_of"] is None


def test_statement_ties_to_holdings_at_every_position(traded):
    """The balance of the first line of each unit type is what was held, at every position."""
    from registry.selectors.holdings import balance
    from registry.selectors.statements import statement

    account = traded.at_home.operator_a
    for position in range(Holding.objects.latest("opened_by").opened_by.place.pk + 1):
        entries = statement(account_id=account, as_of=position, limit=50)
        held = balance(account_id=account, unit_type_id=traded.kau.pk, as_of=position)
        assert (entries[0].balance if entries else 0) == held
        assert sum(entry.change for entry in entries) == held


def test_transaction_shows_checks_and_proof(traded, signed_in):
    """The checks that it passed, and that its posting is in the log or will be."""
    number = Posting.objects.latest("pk").transaction_id
    path = reverse("admin:registry_transaction_change", args=[number])
    text = signed_in("auditor").get(path).content.decode()
    assert "<code>INSUFFICIENT" not in text
    assert "<code>ACCOUNTS_DIFFER" in text or "<code>SAME_ACCOUNT" in text
    assert "This is not in a signed checkpoint of the log yet." in text


def test_proof_and_receipt_of_a_logged_transaction(traded, signed_in, keys_dir):
    """Leaf, checkpoint and hashes are shown; the receipt is the signed file."""
    from django.utils import timezone

    from registry.services.keep_log import keep_log
    from registry.services.signing_keys import ensure_keys

    number = Posting.objects.latest("pk").transaction_id
    receipt = reverse("admin:registry_transaction_receipt", args=[number])
    path = reverse("admin:registry_transaction_change", args=[number])
    pages = signed_in("auditor")
    assert pages.get(receipt)["Location"] == path
    ensure_keys(at=timezone.now())
    keep_log(timezone.now)
    page = pages.get(path)
    assert page.context["proof"]["leaf"].posting.transaction_id == number
    assert json.loads(pages.get(receipt).content)["transaction"] == str(number)
    assert pages.get(receipt.replace(str(number), "999999")).status_code == 404


def queries(pages, path):
    with CaptureQueriesContext(connection) as captured:
        assert pages.get(path).status_code in (200, 302), path
    return len(captured)


def test_pages_cost_a_constant_number_of_queries(traded, signed_in):
    """Home, an account, a block and a search cost the same after more was traded."""
    pages = signed_in("auditor")
    addresses = [
        "/admin/",
        account_page(traded.at_home.operator_b),
        block(985, 995),
        "/admin/search/?q=KAU+995",
        "/admin/search/?q=operator",
    ]
    for path in addresses:
        pages.get(path)
    before = [queries(pages, path) for path in addresses]
    for first in (900, 910, 920, 930):
        moved(traded, traded.at_home.operator_a, traded.at_home.operator_b, 5, first=first)
    sequence(100)
    assert [queries(pages, path) for path in addresses] == before
    assert max(before) <= 36, before


def test_queue_costs_a_constant_number_of_queries(traded, signed_in):
    """The home page and an account's page, with more proposals, requests, tasks and people."""
    home, pages = traded.at_home, signed_in("administrator_2")
    addresses = ["/admin/", account_page(home.operator_a)]
    furnished(traded, 1)
    for path in addresses:
        pages.get(path)
    before = [queries(pages, path) for path in addresses]
    furnished(traded, 2)
    furnished(traded, 3)
    assert [queries(pages, path) for path in addresses] == before
    assert max(before) <= 45, before


def furnished(world, number):
    """A proposal and a request that wait, each with a task, a representative, and a mark."""
    home, by = world.at_home, {"actor": world.administrator_1, "at": world.at}
    line = Line(home.operator_a, home.operator_b, world.kau.pk, 5, first=number * 10)
    waiting = transfer(lines=[line], key=world.key(), **by)
    request = asked(world, "account_change", home.operator_a, name=f"name {number}")
    for about in (Subject(transaction_id=waiting.transaction_id), Subject(request_id=request.pk)):
        task = open_task(actor=world.administrator_2, about=about, at=world.at)
        claim(actor=world.administrator_2, task_id=task.pk, version=0, at=world.at)
    represents(world, f"representative {number}", home.operator_a, "read")


def test_home_draws_what_is_held(traded, signed_in, elsewhere):
    """Sums of the registries that one reads, as figures and as bars with a title."""
    overview.count(at=timezone.now())
    page = signed_in("auditor").get("/admin/")
    (total,) = page.context["overview"].totals
    assert (total.unit_type.code, total.circulating, total.ended) == ("KAU", 1050, 0)
    text = page.content.decode()
    assert '<title id="types-title">In circulation, by unit type</title>' in text
    assert "1,050" in text
    assert "Nothing was issued yet." in elsewhere.get("/admin/").content.decode()


def test_home_counts_nothing(traded, signed_in):
    """A page shows what the task has counted, says when, and that it is old; it never counts."""
    pages = signed_in("auditor")
    assert "What is held is being counted." in pages.get("/admin/").content.decode()
    now = timezone.now()
    assert overview.keep(clock=lambda: now - timedelta(minutes=6))
    text = pages.get("/admin/").content.decode()
    assert "1,050" in text
    assert "These figures are old" in text
    assert not overview.keep(clock=lambda: now)
    assert "These figures are old" not in pages.get("/admin/").content.decode()


def test_holdings_are_counted_when_something_was_posted(traded):
    """Not again while nothing is; and not so often that a worker does little else."""
    sequence(100)
    now = timezone.now()
    assert overview.keep(clock=lambda: now)
    assert not overview.keep(clock=lambda: now + timedelta(hours=1))
    moved(traded, traded.at_home.operator_a, traded.at_home.operator_b, 5, first=900)
    sequence(100)
    assert not overview.keep(clock=lambda: now + timedelta(hours=1))
    assert overview.keep(clock=lambda: now + timedelta(hours=3))


def test_account_page_tells_who_may_do_what(traded, signed_in):
    """Representatives with their part under four eyes, the trusted list, what holds units back."""
    home = traded.at_home
    represents(traded, "initiator", home.operator_a, "initiate")
    represents(traded, "suspended", home.operator_a, "approve", suspended_at=traded.at)
    TrustedAccount.objects.create(
        account_id=home.operator_a,
        trusted_id=home.trading,
        note="the desk",
        added_at=traded.at,
        trusted_from=traded.at,
    )
    line = Line(home.operator_a, home.operator_b, traded.kau.pk, 20, first=1)
    by = {"actor": traded.administrator_1, "key": traded.key(), "at": traded.at}
    waiting = transfer(lines=[line], **by)
    place_stop(
        actor=traded.administrator_1,
        what=Stopped(traded.home.pk, account_id=home.operator_a),
        reason="lost keys",
        at=traded.at,
    )
    text = signed_in("auditor").get(account_page(home.operator_a)).content.decode()
    for part in (
        "proposes; somebody else approves",
        "does nothing while suspended",
        "the desk",
        f"#{waiting.transaction_id}",
        "reservation",
        "account stopped",
        "“lost keys”",
    ):
        assert part in text, part


def test_account_page_names_what_is_fragmented(traded, signed_in, monkeypatch):
    """How many blocks, how large the largest is, and that a consolidation would merge them."""
    monkeypatch.setattr(accounts, "FRAGMENTED", 2)
    text = signed_in("auditor").get(account_page(traded.at_home.operator_b)).content.decode()
    assert "KAU 2025 lies in 2 blocks" in text
    assert '<td class="number">50</td>' in text


def test_empty_account_page(traded, signed_in):
    """Nothing held, nobody there: each part says so."""
    text = signed_in("auditor").get(account_page(traded.at_home.buffer)).content.decode()
    for part in (
        "The account holds nothing.",
        "Nobody represents the account.",
        "The list is empty",
        "Nothing of the account is reserved",
    ):
        assert part in text, part
