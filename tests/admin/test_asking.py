"""The wizard that asks for what others decide, and the page on which they decide it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registry.admin.wizards.requests import FORMS
from registry.models import (
    Account,
    AccountHolder,
    GovernanceDecision,
    GovernanceRequest,
    Person,
    Representative,
)
from registry.services import people
from registry.services.representatives import suspend
from registry.services.stops import Stopped, place_stop
from tests.admin.wizards import carried, filled, number, of_kind, sent
from tests.signing_in import enrol, sign_in

PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def pages(signed_in, world):
    people.add_person(actor=world.system, username="representative_1", display_name="Someone")
    return signed_in("administrator_1")


@pytest.fixture
def decider(signed_in, pages):
    return signed_in("administrator_2")


def latest():
    return GovernanceRequest.objects.latest("pk")


def decided(decider, found, act="approve", **changed):
    path = reverse("admin:registry_governancerequest_decide", args=[found.pk, act])
    form = {"payload_hash": bytes(found.payload_hash).hex(), "reason": "in order", **changed}
    return decider.post(path, form)


def asked(pages, kind, said):
    answer = sent(pages, of_kind(kind), {"reason": "as applied for", **said})
    found = latest()
    assert answer["Location"] == reverse("admin:registry_governancerequest_change", args=[found.pk])
    assert (found.kind, found.status, found.reason) == (kind, "waiting", "as applied for")
    return found


def approved(pages, decider, kind, said):
    """A request that was asked for on the pages, and approved there."""
    found = asked(pages, kind, said)
    assert decided(decider, found).status_code == 302
    found.refresh_from_db()
    assert found.status == "approved"
    return found


def test_first_page_has_every_kind(pages, world):
    """All kinds for a registry; for an account those that are about one."""
    page = pages.get(reverse("admin:ask"), {"registry": "KR-ETRS"}).content.decode()
    for kind in FORMS:
        assert of_kind(kind) in page, kind
    own = number(world.at_home.operator_a)
    page = pages.get(reverse("admin:ask"), {"account": own}).content.decode()
    assert f"{of_kind('account_closure')}?account={own}" in page
    assert of_kind("holder_merger") not in page


def test_opening(fresh_database, pages, decider, world):
    """An account with a holder, a limit and two representatives."""
    people.add_person(actor=world.system, username="representative_2", display_name="Another")
    said = {
        "account_kind": "operator",
        "name": "Second plant",
        "holder": "KR-OPERATOR-A",
        "holding_limit": "5,000",
        "person_1": "representative_1",
        "right_1": "initiate",
        "person_2": "representative_2",
        "right_2": "approve",
    }
    page = filled(pages, of_kind("account_opening"), {**said, "reason": "new plant"})
    for text in ("operator holding account", "Second plant", "5,000", "Someone · initiate"):
        assert text in page, text
    found = approved(pages, decider, "account_opening", said)
    made = Account.objects.get(name="Second plant")
    shown = pages.get(reverse("admin:registry_governancerequest_change", args=[found.pk]))
    link = reverse("admin:registry_account_change", args=[made.pk])
    assert f'href="{link}">{made.number}</a>' in shown.content.decode()
    assert (made.holder.code, made.holding_limit, made.kind) == ("KR-OPERATOR-A", 5000, "operator")
    rights = made.representatives.values_list("person__username", "right").order_by("pk")
    assert list(rights) == [("representative_1", "initiate"), ("representative_2", "approve")]


def test_change_status_and_closure(fresh_database, pages, decider, world):
    """Each is shown before and after, and done by the approval."""
    own = number(world.at_home.operator_b)
    page = filled(
        pages, of_kind("account_change"), {"account": own, "name": "New name", "reason": "so"}
    )
    assert "operator_b" in page and "New name" in page
    approved(pages, decider, "account_change", {"account": own, "name": "New name"})
    approved(pages, decider, "account_status", {"account": own, "status": "some_restricted"})
    found = asked(pages, "account_closure", {"account": own})
    assert Account.objects.get(number=own).status == "closure_pending"
    page = decider.get(
        reverse("admin:registry_governancerequest_decide", args=[found.pk, "approve"])
    ).content.decode()
    assert "some transactions restricted" in page and "closed" in page
    decided(decider, found)
    account = Account.objects.get(number=own)
    assert (account.name, account.status) == ("New name", "closed")


def test_handover_and_merger(fresh_database, pages, decider, world):
    """An account goes to another holder; one holder takes over all of another."""
    own = number(world.at_home.operator_a)
    approved(pages, decider, "account_handover", {"account": own, "holder": "KR-OPERATOR-B"})
    assert Account.objects.get(number=own).holder.code == "KR-OPERATOR-B"
    Account.objects.filter(registry=world.offsets).update(holder=None)
    said = {"predecessor": "KR-OPERATOR-B", "successor": "KR-OPERATOR-A"}
    page = filled(pages, of_kind("holder_merger"), {**said, "reason": "merged"})
    assert own in page
    approved(pages, decider, "holder_merger", said)
    assert not AccountHolder.objects.get(code="KR-OPERATOR-B").accounts.exists()


def test_representatives(fresh_database, pages, decider, world):
    """Appointed, and restored after a suspension."""
    own = number(world.at_home.operator_a)
    said = {"account": own, "person": "representative_1", "right": "initiate"}
    approved(pages, decider, "representative", said)
    found = Representative.objects.get(account__number=own)
    suspend(
        actor=world.administrator_1, representative_id=found.pk, at=world.at, reason="suspicion"
    )
    approved(pages, decider, "restoration", {"account": own, "representative": str(found.pk)})
    found.refresh_from_db()
    assert found.suspended_at is None


def test_trusted_account_and_stop(fresh_database, pages, decider, world):
    """A trusted account is added; a stop waits for its quorum."""
    own, other = number(world.at_home.operator_a), number(world.at_home.operator_b)
    approved(pages, decider, "trusted_account", {"account": own, "trusted": other, "note": "x"})
    assert Account.objects.get(number=own).trusted_accounts.get().trusted.number == other
    stopped = Stopped(world.home.pk, account_id=world.at_home.operator_b)
    stop = place_stop(actor=world.administrator_2, what=stopped, reason="theft", at=world.at)
    found = asked(pages, "stop_lifting", {"stop": str(stop.pk)})
    decided(decider, found)
    found.refresh_from_db()
    assert (found.status, found.approvals_needed) == ("waiting", 2)


FAILURES = {
    "UNKNOWN_ENTITY": ("account_handover", {"holder": "NOBODY"}),
    "HOLDER_IS_THE_SAME": ("account_handover", {"holder": "KR-OPERATOR-A"}),
    "STATUS_IS_SET": ("account_status", {"status": "open"}),
    "UNKNOWN_PERSON": ("representative", {"person": "nobody", "right": "read"}),
    "NOT_WHOLE_UNITS": ("account_change", {"holding_limit": "1.5"}),
}


@pytest.mark.parametrize("code", FAILURES)
def test_each_failure_stands_on_the_page(fresh_database, pages, world, code):
    """What forbids it is told before it is asked for; no request is made."""
    kind, said = FAILURES[code]
    said = {"account": number(world.at_home.operator_a), "reason": "so", **said}
    page = filled(pages, of_kind(kind), said)
    assert code in page
    assert 'class="wrong"' in page
    assert 'value="submit"' not in page
    assert not GovernanceRequest.objects.exists()


def test_reason_is_mandatory(pages, world):
    """For whoever asks, and for whoever decides."""
    said = {"account": number(world.at_home.operator_a), "go": "next", "step": "0"}
    page = pages.post(of_kind("account_closure"), said).content.decode()
    assert "This field is required." in page


def test_double_click_asks_once(fresh_database, pages, world):
    """The key stands in the page."""
    path = of_kind("account_change")
    said = {"account": number(world.at_home.operator_a), "name": "Other", "reason": "so"}
    fields = carried(filled(pages, path, said)) | {"go": "submit"}
    first, second = pages.post(path, fields), pages.post(path, fields)
    assert first["Location"] == second["Location"]
    assert GovernanceRequest.objects.count() == 1
    assert pages.post(path, fields | {"name": "Third"}).status_code == 409
    assert GovernanceRequest.objects.count() == 1


def test_ended_session_loses_nothing(fresh_database, pages, client, world):
    """Signed in again, the person sees the page that follows from what they typed."""
    path = of_kind("account_change")
    said = {"account": number(world.at_home.operator_a), "name": "Other", "reason": "so"}
    assert client.post(path, {**said, "step": "0", "go": "next"}).status_code == 302
    kept = client.session["kept_forms"]
    sign_in(client, Person.objects.get(username="administrator_1"))
    session = client.session
    session["kept_forms"] = kept
    session.save()
    page = client.get(path).content.decode()
    assert "Before and after" in page and "Other" in page
    assert not GovernanceRequest.objects.exists()


def test_stale_decision(fresh_database, pages, decider, world):
    """Somebody decided meanwhile: 409, and the page says so."""
    found = asked(pages, "account_closure", {"account": number(world.at_home.operator_b)})
    decided(decider, found)
    again = decided(decider, found, "reject")
    assert again.status_code == 409
    assert "There is nothing left for you to decide here." in again.content.decode()
    assert GovernanceDecision.objects.count() == 1


def test_who_asked_withdraws_and_does_not_decide(fresh_database, pages, decider, signed_in, world):
    """Four eyes: the page offers each person what they may do, and no more."""
    found = asked(pages, "account_closure", {"account": number(world.at_home.operator_b)})
    path = reverse("admin:registry_governancerequest_change", args=[found.pk])
    offered = {"administrator_1": {"withdraw"}, "administrator_2": {"approve", "reject"}}
    for username, acts in {**offered, "auditor": set()}.items():
        page = signed_in(username).get(path).content.decode()
        assert {act for act in ("approve", "reject", "withdraw") if f"/{act}/" in page} == acts
    for browser in (pages, signed_in("auditor")):
        assert decided(browser, found).status_code == 200
    assert decided(decider, found, payload_hash="00" * 32).status_code == 409
    found.refresh_from_db()
    assert found.status == "waiting"
    assert decided(pages, found, "withdraw").status_code == 302
    found.refresh_from_db()
    assert found.status == "withdrawn"


def test_decision_asks_for_the_second_factor_again(fresh_database, pages, decider, world):
    """Minutes later nothing is sent."""
    found = asked(pages, "account_closure", {"account": number(world.at_home.operator_b)})
    person = Person.objects.get(username="administrator_2")
    enrol(person)
    sign_in(decider, person, minutes_ago=6)
    assert "reauthenticate" in decided(decider, found)["Location"]
    assert not GovernanceDecision.objects.exists()


def test_documents(fresh_database, pages, decider, signed_in, world):
    """Added by who asked, read by everyone who reads the request; only what is taken."""
    found = asked(pages, "account_closure", {"account": number(world.at_home.operator_b)})
    path = reverse("admin:registry_governancerequest_attach", args=[found.pk])

    def added(browser, content, media_type="application/pdf"):
        file = SimpleUploadedFile("letter.pdf", content, content_type=media_type)
        return browser.post(path, {"document": file}, follow=True).content.decode()

    assert "The document was added." in added(pages, PDF)
    assert "not of the media type" in added(pages, b"<html>")
    assert "of this media type are not taken" in added(pages, b"<html>", "text/html")
    assert "Only who asked adds documents" in added(decider, PDF)
    assert "Choose a file first." in pages.post(path, follow=True).content.decode()
    document = found.documents.get()
    address = reverse("admin:registry_governancerequest_document", args=[found.pk, document.pk])
    answer = signed_in("auditor").get(address)
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert pages.get(path).status_code == 302


def test_only_keepers_ask(fresh_database, elsewhere, signed_in, pages, world):
    """Other roles and other registries: refused; requests of elsewhere are not found."""
    found = asked(pages, "account_closure", {"account": number(world.at_home.operator_b)})
    assert signed_in("auditor").get(reverse("admin:ask")).status_code == 403
    assert elsewhere.get(of_kind("account_closure")).status_code == 403
    assert elsewhere.get(of_kind("burning", "CN-ETR")).status_code == 404
    assert decided(elsewhere, found).status_code == 404
    said = {"account": number(world.at_home.operator_a), "reason": "so", "step": "0", "go": "next"}
    page = elsewhere.post(of_kind("account_closure", "CN-ETR"), said).content.decode()
    assert "There is no such account in your registries." in page
