"""The wizard that proposes transactions: every type, every failure, one proposal for two clicks."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from registry.admin.wizards.proposals import STEPS
from registry.lines import Line
from registry.models import Account, Holding, Mark, Person, Transaction
from registry.selectors.holdings import balance
from registry.services.freeze import freeze
from tests.admin.wizards import carried, filled, number, of_type, sent
from tests.signing_in import enrol, sign_in
from tests.world import complete, issue_units, moved, stock, vintage

VINTAGE = {name: str(value) for name, value in vintage(2026).items()}


@pytest.fixture
def pages(signed_in, world):
    stock(world, operator_a=1000, operator_b=10, government=500, auction=70)
    return signed_in("administrator_1")


def transferred(world, **changed):
    """What is typed for a transfer of 100 units from operator A to operator B."""
    ends = {
        "source": number(world.at_home.operator_a),
        "destination": number(world.at_home.operator_b),
    }
    return {**ends, "pick": "KAU", "quantity": "100", "reason": "as agreed", **changed}


def latest():
    return Transaction.objects.latest("pk")


def test_first_page_has_the_types_that_one_may_propose(pages, world):
    """Each type in force leads to its form; from an account only those that take its units."""
    page = pages.get(reverse("admin:propose"), {"registry": "KR-ETRS"}).content.decode()
    for code in STEPS:
        assert of_type(code) in page, code
    source = number(world.at_home.auction)
    page = pages.get(reverse("admin:propose"), {"source": source}).content.decode()
    assert f"{of_type('auction_delivery')}?source={source}" in page
    assert of_type("surrender") not in page


MOVEMENTS = {
    "transfer": ("operator_a", "operator_b", 0),
    "delivery": ("operator_a", "operator_b", 4),
    "allocate": ("government", "operator_a", 0),
    "auction_delivery": ("auction", "operator_a", 0),
    "return_allocation": ("operator_a", "government", 0),
}


@pytest.mark.parametrize("code", MOVEMENTS)
def test_movements(fresh_database, pages, world, code):
    """By quantity, from one account to another; who proposed is the person, without a key."""
    source, destination, status = MOVEMENTS[code]
    ends = {
        "source": number(getattr(world.at_home, source)),
        "destination": number(getattr(world.at_home, destination)),
    }
    answer = sent(pages, of_type(code), {**ends, "pick": "KAU", "quantity": "50", "reason": "so"})
    made = latest()
    assert answer["Location"] == reverse("admin:registry_transaction_change", args=[made.pk])
    assert (made.type.code, made.status, made.reason) == (code, status, "so")
    assert (made.proposer.username, made.api_key) == ("administrator_1", None)
    assert made.lines.get().quantity == 50


USES = {
    "surrender": "surrender",
    "retire": "retirement",
    "cancel": "cancellation",
    "cancel_mandatorily": "mandatory_cancellation",
    "cancel_for_omge": "omge_cancellation",
    "cancel_for_adaptation_fund": "adaptation_fund",
}


@pytest.mark.parametrize("code", USES)
def test_uses(fresh_database, pages, world, code):
    """The destination is the registry's own account; entity and period are kept."""
    credits = code in ("cancel_for_omge", "cancel_for_adaptation_fund")
    if credits:
        issue_units(world, world.kcu, [(world.at_home.operator_a, 30)])
    said = {
        "source": number(world.at_home.operator_a),
        "pick": "KCU" if credits else "KAU",
        "quantity": "20",
        "entity": "KR-OPERATOR-B",
        "period": "2025",
    }
    sent(pages, of_type(code), said)
    line = latest().lines.get()
    assert line.destination_id == getattr(world.at_home, USES[code])
    assert (line.entity.code, line.period, line.quantity) == ("KR-OPERATOR-B", "2025", 20)


def test_issuance(fresh_database, pages, world):
    """What the units share is said on one page; the preview counts the new units."""
    said = {
        "account": number(world.at_home.government),
        "unit_type": "KAU",
        "quantity": "1,000",
        "legal_basis": "order 5",
        **VINTAGE,
    }
    page = filled(pages, of_type("issue"), said)
    assert "+1,000" in page and "1,500" in page
    sent(pages, of_type("issue"), said)
    made = latest()
    assert made.attributes["issuances"][0]["legal_basis"] == "order 5"
    complete(world, made_outcome(made))
    assert balance(account_id=world.at_home.government, unit_type_id=world.kau.pk) == 1500


def made_outcome(made):
    from registry.posting import Outcome

    return Outcome(made.pk, None, made.status)


def test_conversion(fresh_database, pages, world):
    """Credits of the offset registry end there, and as many units begin here."""
    issue_units(world, world.koc, [(world.at_offsets.operator_a, 40)])
    said = {
        "source": number(world.at_offsets.operator_a),
        "destination": number(world.at_offsets.conversion),
        "account": number(world.at_home.operator_a),
        "pick": "KOC",
        "quantity": "15",
        "unit_type": "KCU",
        **VINTAGE,
    }
    sent(pages, of_type("convert", "KR-ORS"), said)
    complete(world, made_outcome(latest()))
    assert balance(account_id=world.at_home.operator_a, unit_type_id=world.kcu.pk) == 15
    assert balance(account_id=world.at_offsets.operator_a, unit_type_id=world.koc.pk) == 25


def test_consolidation(fresh_database, pages, world):
    """Adjacent blocks become one, at once."""
    there, here = world.at_home.operator_b, world.at_home.operator_a
    moved(world, here, there, 5, first=1)
    moved(world, there, here, 5, first=1)
    blocks = Holding.objects.filter(account_id=here, closed_by=None)
    assert blocks.count() == 2
    sent(pages, of_type("consolidate"), {"account": number(here), "unit_type": "KAU"})
    assert blocks.count() == 1


def test_freeze_and_release_begin_where_the_units_are(fresh_database, pages, world):
    """A block's page leads to the freeze of its serials, the freeze's page to its release."""
    block = pages.get(reverse("admin:block", args=["KAU", 11, 20])).content.decode()
    link = re.search(r'href="(/admin/propose/KR-ETRS/freeze/[^"]+)"', block)[1]
    page = pages.get(link.replace("&amp;", "&")).content.decode()
    assert carried(page)["serials"] == ["KAU 11-20"]
    said = {"source": number(world.at_home.operator_a), "serials": "KAU 11-20", "reason": "order"}
    sent(pages, of_type("freeze"), said)
    made, mark = latest(), Mark.objects.get(kind="freeze")
    assert (made.status, mark.first, mark.last, mark.released_at) == (4, 11, 20, None)
    page = pages.get(reverse("admin:registry_transaction_change", args=[made.pk]))
    address = f"{of_type('release')}?freeze={made.pk}"
    assert address in page.content.decode()
    assert f'value="{made.pk}"' in pages.get(address).content.decode()
    sent(pages, of_type("release"), {"freeze": str(made.pk)})
    complete(world, made_outcome(latest()))
    mark.refresh_from_db()
    assert mark.released_at is not None
    page = pages.get(reverse("admin:registry_transaction_change", args=[made.pk]))
    assert of_type("release") not in page.content.decode()


def test_reversal_begins_on_the_transaction(fresh_database, pages, world):
    """A completed transfer can be reversed once; its page says so."""
    sent(pages, of_type("transfer"), transferred(world))
    made = latest()
    complete(world, made_outcome(made))
    page_of_it = reverse("admin:registry_transaction_change", args=[made.pk])
    assert f"{of_type('reverse')}?reverses={made.pk}" in pages.get(page_of_it).content.decode()
    sent(pages, of_type("reverse"), {"reverses": str(made.pk), "reason": "by mistake"})
    assert latest().reverses_id == made.pk
    assert of_type("reverse") not in pages.get(page_of_it).content.decode()


def test_blocks_are_ticked_or_named(fresh_database, pages, world):
    """Whole blocks of the account are offered; other serials are read in every form."""
    source = world.at_home.operator_a
    said = transferred(world, pick="", quantity="")
    page = filled(pages, of_type("transfer"), said)
    assert 'value="KAU 1-1000"' in page and "Give a quantity, or name blocks." in page
    sent(pages, of_type("transfer"), {**said, "serials": "KAU 11-20\nKAU 31\n"})
    lines = list(latest().lines.values_list("first", "last", "source_id"))
    assert lines == [(11, 20, source), (31, 31, source)]
    page = filled(pages, of_type("transfer"), {**said, "blocks": ["KAU 1-1000"]})
    assert "SERIALS_MARKED" in page
    page = filled(pages, of_type("transfer"), {**said, "serials": "KAU 21-10 nonsense"})
    assert "to be mended" in page


def test_vintage_is_chosen(fresh_database, pages, world):
    """A vintage that the account holds can be taken alone."""
    issue_units(world, world.kau, [(world.at_home.operator_a, 300)], year=2024)
    sent(pages, of_type("transfer"), transferred(world, pick="KAU|2025-01-01"))
    assert str(latest().lines.get().vintage_from) == "2025-01-01"


def test_preview_tells_what_follows_and_writes_nothing(fresh_database, pages, world):
    """Blocks, both sides, approvals, limits: all of it, and no row is written."""
    Account.objects.filter(pk=world.at_home.operator_b).update(holding_limit=500)
    before = Transaction.objects.count()
    page = filled(pages, of_type("transfer"), transferred(world))
    for text in ("KAU 1 – 100", "−100", "+100", "900", "110", "awaiting approval", "as agreed"):
        assert text in page, text
    assert "left of the holding limit" in page and "390" in page
    assert "no delay" in page
    assert Transaction.objects.count() == before


def test_delay_is_told_in_the_zone_and_in_utc(fresh_database, pages, world):
    """A moment of the registry's own zone is read as such."""
    world.home.jurisdiction.time_zone = "Asia/Seoul"
    world.home.jurisdiction.save()
    said = transferred(world, execute_at="2031-05-06T09:00")
    page = filled(pages, of_type("transfer"), said)
    assert "2031-05-06 00:00:00 UTC" in page and "09:00 KST" in page
    sent(pages, of_type("transfer"), said)
    assert latest().execute_at.isoformat() == "2031-05-06T00:00:00+00:00"


# What is typed -> the code of the check, and the field beside which it is told.
FAILURES = {
    "SAME_ACCOUNT": ({"destination": "operator_a"}, "To account"),
    "DESTINATION_KIND_NOT_ALLOWED": ({"destination": "surrender"}, "To account"),
    "SOURCE_KIND_NOT_ALLOWED": ({"source": "retirement", "pick": "", "quantity": ""}, ""),
    "INSUFFICIENT_UNITS": ({"quantity": "1001"}, "Quantity (units)"),
    "NOT_WHOLE_UNITS": ({"quantity": "10.5"}, "Quantity (units)"),
    "NOT_POSITIVE": ({"quantity": "-5"}, "Quantity (units)"),
    "TOO_LARGE": ({"quantity": str(2**63)}, "Quantity (units)"),
    "SERIALS_NOT_HELD": ({"serials": "KAU 990-1010", "quantity": "", "pick": ""}, "Other serials"),
    "EXECUTION_IN_THE_PAST": ({"execute_at": "2001-01-01T10:00"}, "Not before"),
}


@pytest.mark.parametrize("code", FAILURES)
def test_each_failure_stands_beside_its_field(fresh_database, pages, world, code):
    """What the dry run refuses is told with its code, and there is no button to go on."""
    change, field = FAILURES[code]
    change = {
        name: number(getattr(world.at_home, value)) if name in ("source", "destination") else value
        for name, value in change.items()
    }
    if code == "SOURCE_KIND_NOT_ALLOWED":
        issue_units(world, world.kau, [(world.at_home.operator_a, 5)])
        change["serials"] = "KAU 1-5"
    before = Transaction.objects.count()
    page = filled(pages, of_type("transfer"), transferred(world, **change))
    assert code in page, re.sub(r"<[^>]+>|\s+", " ", page.split("content-main")[1])[:2000]
    if field:
        wrong = re.findall(r'<div class="wrong"><dt>([^<]*)</dt>(.*?)</div>', page, re.DOTALL)
        assert [code in text for label, text in wrong if label == field] == [True]
    assert 'value="submit"' not in page
    assert Transaction.objects.count() == before


def test_three_failures_at_once(fresh_database, pages, world):
    """All that fail are told together."""
    Account.objects.filter(pk=world.at_home.operator_b).update(status="suspended")
    change = {"quantity": "1001", "execute_at": "2001-01-01T10:00"}
    page = filled(pages, of_type("transfer"), transferred(world, **change))
    for code in ("INSUFFICIENT_UNITS", "EXECUTION_IN_THE_PAST", "DESTINATION_ACCOUNT_BLOCKED"):
        assert code in page, code
    assert "3 checks fail" in page


def test_double_click_proposes_once(fresh_database, pages, world):
    """The key stands in the page: sent twice, it leads twice to the same transaction."""
    path = of_type("transfer")
    fields = carried(filled(pages, path, transferred(world))) | {"go": "submit"}
    first, second = pages.post(path, fields), pages.post(path, fields)
    assert first["Location"] == second["Location"]
    assert Transaction.objects.filter(type__code="transfer").count() == 1
    other = pages.post(path, fields | {"quantity": "7"})
    assert other.status_code == 409
    assert "IDEMPOTENCY_KEY_REUSED" in other.content.decode()


def test_stale_page_proposes_nothing(fresh_database, pages, world):
    """What was there at the preview and is gone at the click is told, beside its field."""
    path = of_type("transfer")
    said = transferred(world, pick="", quantity="", serials="KAU 1-100")
    fields = carried(filled(pages, path, said)) | {"go": "submit"}
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 100, first=1)
    answer = pages.post(path, fields)
    assert answer.status_code == 422
    assert "SERIALS_NOT_HELD" in answer.content.decode()
    assert not Transaction.objects.filter(type__code="transfer").exists()


def test_second_factor_is_asked_for_again(fresh_database, world, pages):
    """Minutes later the last page sends nothing: it is there again after the second factor."""
    path = of_type("transfer")
    fields = carried(filled(pages, path, transferred(world))) | {"go": "submit"}
    person = Person.objects.get(username="administrator_1")
    enrol(person)
    sign_in(pages, person, minutes_ago=6)
    answer = pages.post(path, fields)
    assert "reauthenticate" in answer["Location"]
    assert not Transaction.objects.filter(type__code="transfer").exists()
    sign_in(pages, person)
    page = pages.get(path).content.decode()
    assert "KAU 1 – 100" in page
    assert carried(page)["key"] == fields["key"]


def test_ended_session_loses_nothing(fresh_database, world, pages):
    """Signed out in the middle, and in again: the next page has what was typed."""
    path = of_type("transfer")
    typed = transferred(world, serials="", step="1", go="next")
    outside = Client()
    assert outside.post(path, typed)["Location"].startswith("/admin/login/")
    kept = outside.session["kept_forms"]
    sign_in(outside, Person.objects.get(username="administrator_1"))
    session = outside.session
    session["kept_forms"] = kept
    session.save()
    page = outside.get(path).content.decode()
    assert "as agreed" in page and "KAU 1 – 100" in page
    assert not Transaction.objects.filter(type__code="transfer").exists()


def test_going_back_keeps_what_was_typed(pages, world):
    """Back from the last page to the units, and to the accounts."""
    path = of_type("transfer")
    page = filled(pages, path, transferred(world))
    page = pages.post(path, carried(page) | {"go": "back"}).content.decode()
    assert 'value="100"' in page and "as agreed</textarea>" in page
    page = pages.post(path, carried(page) | {"go": "back"}).content.decode()
    assert number(world.at_home.operator_b) in page and "From account" in page


def test_accounts_of_elsewhere_are_not_found(world, elsewhere, signed_in):
    """An administrator of another registry has no types here, and names no account from here."""
    assert elsewhere.get(of_type("transfer")).status_code == 403
    path = of_type("transfer", "CN-ETR")
    said = {"source": number(world.at_home.operator_a), "step": "0", "go": "next"}
    page = elsewhere.post(path, said).content.decode()
    assert "There is no such account in your registries." in page
    assert signed_in("auditor").get(reverse("admin:propose")).status_code == 403
    assert signed_in("auditor").post(of_type("transfer"), {}).status_code == 403


def test_what_does_not_exist_is_not_found(pages):
    """Registries of other nodes, unknown types, unknown kinds."""
    for path in (of_type("transfer", "JP-GX"), of_type("transfer", "X"), of_type("burn")):
        assert pages.get(path).status_code == 404, path


def test_units_that_are_held_back_are_told(pages, world):
    """A freeze shows where units are chosen, and its units can not be taken."""
    lines = [Line(world.at_home.operator_a, None, world.kau.pk, 30)]
    freeze(actor=world.administrator_2, lines=lines, key=world.key(), at=world.at)
    said = transferred(world, go="next", step="0")
    page = pages.post(of_type("transfer"), said).content.decode()
    assert "KAU: 30 units are reserved, under a lien or frozen" in page


def test_buttons_are_where_people_look(fresh_database, pages, world, signed_in):
    """On the home page, on an account, on a block; not for whoever may not."""
    account = reverse("admin:registry_account_change", args=[world.at_home.operator_a])
    block = reverse("admin:block", args=["KAU", 1, 5])
    for path in ("/admin/", account, block):
        assert reverse("admin:propose") in pages.get(path).content.decode(), path
        assert "/admin/propose/" not in signed_in("auditor").get(path).content.decode(), path
