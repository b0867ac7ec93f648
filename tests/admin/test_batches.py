"""Batches on the pages: found on the home page, shown whole, decided as one."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.lines import Line
from registry.models import Batch, BatchDecision, Person, Transaction
from registry.selectors.holdings import balance
from registry.services.propose_batch import propose_each_on_its_own
from registry.services.propose_each import Item
from tests.signing_in import enrol, sign_in
from tests.world import stock

UNITS = (100, 20, 3)


def page_of(batch):
    return reverse("admin:registry_batch_change", args=[batch.pk])


def decision(batch, act):
    return reverse("admin:registry_batch_decide", args=[batch.pk, act])


def confirmed(batch, **more):
    return {"payload_hash": bytes(batch.payload_hash).hex(), "reason": "as agreed", **more}


def proposed_together(world, *quantities):
    """A batch of transfers from operator A to operator B, that administrator 1 has proposed."""
    ends = world.at_home.operator_a, world.at_home.operator_b
    items = [
        Item(world.key(), Line(*ends, world.kau.pk, units), "transfer") for units in quantities
    ]
    said = {"actor": world.administrator_1, "at": world.at, "reason": "a week's trades"}
    return propose_each_on_its_own(items=items, **said)


def held(world, name):
    return balance(account_id=getattr(world.at_home, name), unit_type_id=world.kau.pk)


@pytest.fixture
def batch(world):
    stock(world, operator_a=1000, operator_b=10)
    return proposed_together(world, *UNITS)


def test_home_names_what_waits_for_this_person(batch, signed_in, elsewhere):
    """One line for the whole batch, for who may decide it, and none for each transaction."""
    text = signed_in("administrator_2").get("/admin/").content.decode()
    assert page_of(batch) in text and "a week" not in text
    for number in Transaction.objects.values_list("pk", flat=True).order_by("pk")[2:]:
        assert reverse("admin:registry_transaction_change", args=[number]) not in text
    for pages in (signed_in("administrator_1"), signed_in("auditor"), elsewhere):
        assert page_of(batch) not in pages.get("/admin/").content.decode()


def test_page_shows_all_of_it_before_it_is_decided(batch, signed_in):
    """Every transaction, the sums before and after, the hash and the reason."""
    pages = signed_in("administrator_2")
    text = pages.get(decision(batch, "approve")).content.decode()
    for units in UNITS:
        assert re.search(rf"KAU</span>.* {units}</div>", text), units
    for said in ("−123", "+123", "877", "133", "a week&#x27;s trades"):
        assert said in text, said
    assert f'value="{bytes(batch.payload_hash).hex()}"' in text
    assert Transaction.objects.filter(status=0).count() == len(UNITS)


def test_approval_completes_all(batch, signed_in, world):
    """One decision with one reason; the page says what became of it."""
    pages = signed_in("administrator_2")
    answer = pages.post(decision(batch, "approve"), confirmed(batch))
    assert answer["Location"] == page_of(batch)
    assert held(world, "operator_b") == 133
    said = BatchDecision.objects.get()
    assert (said.approved, said.reason) == (True, "as agreed")
    text = pages.get(page_of(batch)).content.decode()
    assert "said of 3 transactions, refused for 0" in text and "completed: 3" in text
    assert decision(batch, "approve") not in text


def test_rejection_and_withdrawal_end_it(batch, signed_in, world):
    """Nothing moves; the units are free again."""
    signed_in("administrator_2").post(decision(batch, "reject"), confirmed(batch))
    assert set(Transaction.objects.filter(batch_item__batch=batch).values_list("status")) == {(6,)}
    other = proposed_together(world, 1, 2)
    signed_in("administrator_1").post(decision(other, "withdraw"), confirmed(other))
    assert set(Transaction.objects.filter(batch_item__batch=other).values_list("status")) == {(7,)}
    assert held(world, "operator_b") == 10


def test_transaction_of_a_batch_leads_to_it(batch, signed_in):
    """It has no decision of its own: its page names the batch."""
    member = Transaction.objects.filter(batch_item__batch=batch).latest("pk")
    text = (
        signed_in("administrator_2")
        .get(reverse("admin:registry_transaction_change", args=[member.pk]))
        .content.decode()
    )
    assert page_of(batch) in text
    assert reverse("admin:registry_transaction_decide", args=[member.pk, "approve"]) not in text


FORBIDDEN = [
    ("administrator_1", "approve", {}, 200, "Who proposed a transaction does not approve it."),
    ("administrator_2", "approve", {"payload_hash": "zz"}, 200, "This is not a payload hash."),
    ("administrator_2", "approve", {"reason": " "}, 200, "This field is required."),
    ("administrator_2", "withdraw", {}, 200, "Only who proposed a transaction withdraws it."),
    ("auditor", "approve", {}, 200, "Your roles in this registry do not allow this."),
]


def test_what_the_services_forbid_the_pages_forbid(batch, signed_in, elsewhere):
    """The page says why, and nothing is written; elsewhere there is no such batch."""
    for username, act, change, answered, text in FORBIDDEN:
        answer = signed_in(username).post(decision(batch, act), confirmed(batch, **change))
        assert answer.status_code == answered, text
        assert text in answer.content.decode(), text
        assert not BatchDecision.objects.exists()
    assert elsewhere.post(decision(batch, "approve"), confirmed(batch)).status_code == 404
    assert elsewhere.get(page_of(batch)).status_code == 302
    assert signed_in("administrator_2").get(decision(batch, "burn")).status_code == 404
    assert Transaction.objects.filter(status=0).count() == len(UNITS)


def test_stale_page_and_old_second_factor(batch, signed_in, world):
    """Somebody was first: 409, and nothing is left to decide. After a while the person confirms
    that it is them."""
    person = Person.objects.get(username="administrator_2")
    enrol(person)
    pages = signed_in("administrator_2")
    sign_in(pages, person, minutes_ago=60)
    answer = pages.post(decision(batch, "approve"), confirmed(batch))
    assert "next=" in answer["Location"] and not BatchDecision.objects.exists()
    pages = signed_in("administrator_2")
    pages.post(decision(batch, "approve"), confirmed(batch))
    again = pages.post(decision(batch, "approve"), confirmed(batch))
    assert again.status_code == 409
    assert "There is nothing left for you to decide here." in again.content.decode()
    assert held(world, "operator_b") == 133


def test_another_hash_is_refused(batch, signed_in):
    """What is decided is what was read."""
    wrong = confirmed(batch, payload_hash="00" * 32)
    answer = signed_in("administrator_2").post(decision(batch, "approve"), wrong)
    assert answer.status_code == 409
    assert not Transaction.objects.filter(status=4, batch_item__batch=batch).exists()


def test_more_of_it_costs_no_more_queries(batch, signed_in, world):
    """The home page and the page of the decision are as fast for larger batches."""
    pages = signed_in("administrator_2")

    def queries(path):
        with CaptureQueriesContext(connection) as captured:
            assert pages.get(path).status_code == 200
        return len(captured)

    few = queries("/admin/"), queries(decision(batch, "approve"))
    larger = proposed_together(world, *range(1, 12))
    assert (queries("/admin/"), queries(decision(larger, "approve"))) == few
    assert Batch.objects.count() == 2
