"""Approving, rejecting and withdrawing on the transaction's page."""

import re

from django.test import Client
from django.urls import reverse

from registry.models import Approval, Person, Transaction
from registry.selectors.holdings import balance
from tests.signing_in import sign_in


def address(found, act):
    return reverse("admin:registry_transaction_decide", args=[found.pk, act])


def page_of(found):
    return reverse("admin:registry_transaction_change", args=[found.pk])


def payload(found, **more):
    return {"payload_hash": bytes(found.payload_hash).hex(), "reason": "as agreed", **more}


def status(found):
    return Transaction.objects.get(pk=found.pk).get_status_display()


def test_page_tells_all_and_offers_what_this_person_may_do(signed_in, proposed, world):
    """The proposer may withdraw, another administrator decide, an auditor read."""
    acts = {
        "administrator_1": {"withdraw"},
        "administrator_2": {"approve", "reject"},
        "auditor": set(),
    }
    for username, offered in acts.items():
        page = signed_in(username).get(page_of(proposed)).content.decode()
        found = {act for act in ("approve", "reject", "withdraw") if address(proposed, act) in page}
        assert found == offered, username
        assert bytes(proposed.payload_hash).hex()[:8] in page
        assert "Reserved until the decision" in page
        assert "KAU 1 – 100" in page
        assert "awaiting approval" in page


def test_decision_is_confirmed_with_the_payload_hash(signed_in, proposed):
    """The page before the decision shows what is decided, and decides nothing."""
    answer = signed_in("administrator_2").get(address(proposed, "approve"))
    page = answer.content.decode()
    assert f'value="{bytes(proposed.payload_hash).hex()}"' in page
    assert "csrfmiddlewaretoken" in page
    assert status(proposed) == "awaiting approval"


def test_both_sides_are_shown(signed_in, proposed, world):
    """What the accounts hold, gain or lose, and will hold, beside each other."""
    page = signed_in("administrator_2").get(address(proposed, "approve")).content.decode()
    sides = page.split("and after")[-1]
    cells = re.findall(r'<td class="number[^"]*">(?:<strong>)?([^<]*)<', sides)
    assert cells[:4] == ["1,000", "−100", "900", "–"]
    assert cells[4:8] == ["10", "+100", "110", "–"]


def test_approval_completes(signed_in, proposed, world):
    """The signed-in person is the approver, without a key; the page says what became of it."""
    pages = signed_in("administrator_2")
    answer = pages.post(address(proposed, "approve"), payload(proposed, reason="as agreed"))
    assert answer["Location"] == page_of(proposed)
    approval = Approval.objects.get(transaction=proposed)
    assert approval.person == Person.objects.get(username="administrator_2")
    assert (approval.api_key, approval.reason) == (None, "as agreed")
    assert balance(account_id=world.at_home.operator_b, unit_type_id=world.kau.pk) == 110
    page = pages.get(page_of(proposed)).content.decode()
    assert f"Transaction #{proposed.pk}: completed." in page
    assert "What moved" in page
    assert address(proposed, "approve") not in page


def test_rejection_and_withdrawal_end_it(signed_in, proposed, world):
    """A rejected proposal is rejected; one's own is withdrawn."""
    signed_in("administrator_2").post(address(proposed, "reject"), payload(proposed))
    assert status(proposed) == "rejected"


def test_withdrawal(signed_in, proposed):
    """The proposer takes it back on the page."""
    signed_in("administrator_1").post(address(proposed, "withdraw"), payload(proposed))
    assert status(proposed) == "cancelled"


FORBIDDEN = [
    ("administrator_1", "approve", {}, 200, "Who proposed a transaction does not approve it."),
    ("administrator_2", "approve", {"payload_hash": "00" * 32}, 409, "The payload hash is not"),
    ("administrator_2", "approve", {"payload_hash": "zz"}, 200, "This is not a payload hash."),
    ("administrator_2", "approve", {"reason": " "}, 200, "This field is required."),
    ("administrator_2", "withdraw", {}, 200, "Only who proposed a transaction withdraws it."),
    ("auditor", "approve", {}, 200, "Your roles in this registry do not allow this."),
    ("auditor", "reject", {}, 200, "Your roles in this registry do not allow this."),
]


def test_what_the_services_forbid_the_pages_forbid(fresh_database, signed_in, proposed):
    """The page says why, and nothing is written."""
    for username, act, change, answered, text in FORBIDDEN:
        answer = signed_in(username).post(address(proposed, act), {**payload(proposed), **change})
        assert answer.status_code == answered, text
        assert text in answer.content.decode()
        assert status(proposed) == "awaiting approval"
        assert not Approval.objects.filter(transaction=proposed).exists()


def test_stale_page(fresh_database, signed_in, proposed):
    """Someone decided meanwhile: the second decision is told so and changes nothing."""
    pages = signed_in("administrator_2")
    pages.post(address(proposed, "approve"), payload(proposed))
    again = pages.post(address(proposed, "reject"), payload(proposed))
    assert again.status_code == 409
    assert "The transaction does not await approval." in again.content.decode()
    assert "There is nothing left for you to decide here." in again.content.decode()
    assert status(proposed) == "completed"


def test_decision_needs_the_csrf_token(signed_in, proposed):
    """A form from elsewhere decides nothing."""
    signed_in("administrator_2")
    pages = Client(enforce_csrf_checks=True)
    sign_in(pages, Person.objects.get(username="administrator_2"))
    assert pages.post(address(proposed, "approve"), payload(proposed)).status_code == 403
    assert status(proposed) == "awaiting approval"


def test_unknown_decisions_and_transactions(signed_in, proposed):
    """An address that means nothing is not found."""
    pages = signed_in("administrator_2")
    assert pages.get(address(proposed, "burn")).status_code == 404
    proposed.pk += 1000
    assert pages.get(address(proposed, "approve")).status_code == 404
