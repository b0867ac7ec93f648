"""Versions of transaction types on the pages: proposed by one, with a diff, decided by another."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registry.actors import actor_for
from registry.models import Jurisdiction, Person, TransactionType, TypeProposal
from registry.selectors import type_versions
from registry.services.reference_changes import Change, propose_change
from tests.signing_in import enrol, sign_in
from tests.type_versions import approved_version

# What the page of the type `transfer` sends, with more approvals above an amount.
WHY = {"reason": "large transfers need two persons", "bands": "100,000: 2\n5000000: 3"}


def propose_path(code="transfer"):
    return reverse("admin:registry_transactiontype_propose", args=[latest(code).pk])


def latest(code="transfer"):
    return type_versions.latest(code, None)


def page_of(proposal):
    return reverse("admin:registry_typeproposal_change", args=[proposal.pk])


def decision(proposal, act):
    return reverse("admin:registry_typeproposal_decide", args=[proposal.pk, act])


def confirmed(proposal, reason="read it"):
    return {"payload_hash": bytes(proposal.payload_hash).hex(), "reason": reason}


def filled(pages, path=None, **changed):
    """What the form of a version sends after some fields were changed."""
    form = pages.get(path or propose_path()).context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if value is not None and value is not False and value != "":
            sent[field.name] = "on" if value is True else value
    return {**sent, **changed}


@pytest.fixture
def waiting(system_administrator):
    """A version of `transfer` that the system administrator has proposed on its page."""
    answer = system_administrator.post(propose_path(), filled(system_administrator, **WHY))
    assert answer.status_code == 302, answer.context["form"].errors
    return TypeProposal.objects.get()


def test_form_proposes_and_another_one_approves(waiting, system_administrator, other):
    """The diff shows old and new beside each other; the version holds with the approval, and the
    page of the type tells who proposed and who approved it."""
    before = latest()
    assert [band["approvals"] for band in waiting.rules["bands"]] == [2, 3]
    changed = {each.field for each in type_versions.differences(waiting) if each.differs}
    assert changed == {"bands"}
    text = other.get(decision(waiting, "approve")).content.decode()
    assert "<ins>100,000: 2; 5,000,000: 3</ins>" in text and WHY["reason"] in text
    assert bytes(waiting.payload_hash).hex() in text
    answer = other.post(decision(waiting, "approve"), confirmed(waiting))
    assert answer["Location"] == page_of(waiting)
    made = latest()
    assert (made.version, made.bands) == (before.version + 1, waiting.rules["bands"])
    text = other.get(
        reverse("admin:registry_transactiontype_change", args=[made.pk])
    ).content.decode()
    assert "<td>system_administrator</td><td>second</td>" in text and page_of(waiting) in text
    # What was decided on is still told against the version that it followed.
    assert "<ins>100,000: 2; 5,000,000: 3</ins>" in other.get(page_of(waiting)).content.decode()


def test_page_of_the_type_tells_of_the_version_that_waits(waiting, system_administrator):
    """One waits at a time: its page is linked instead of the form."""
    path = reverse("admin:registry_transactiontype_change", args=[latest().pk])
    text = system_administrator.get(path).content.decode()
    assert page_of(waiting) in text and propose_path() not in text
    sent = {**filled(system_administrator, **WHY), "reason": "for another reason"}
    answer = system_administrator.post(propose_path(), sent)
    assert answer.status_code == 409
    assert "Another version of this type" in answer.content.decode()


def test_home_names_what_waits_for_this_person(waiting, system_administrator, other, world):
    """Versions and changes of reference data are in the queue of who may decide them; more of
    them cost no more queries."""

    def queries():
        with CaptureQueriesContext(connection) as captured:
            text = other.get("/admin/").content.decode()
        return len(captured), text

    few, text = queries()
    assert page_of(waiting) in text and "transaction type Transfer within the registry" in text
    assert page_of(waiting) not in system_administrator.get("/admin/").content.decode()
    proposer = actor_for(Person.objects.get(username="system_administrator"))
    for found in Jurisdiction.objects.all()[:3]:
        change = Change("jurisdiction", "change", "so", "so", {"currency": "XXX"}, row_id=found.pk)
        propose_change(actor=proposer, change=change, at=timezone.now())
    many, text = queries()
    assert many == few and text.count("jurisdiction ") >= 3


def test_double_click_proposes_once(waiting, system_administrator):
    """The second click leads to what the first one made."""
    answer = system_administrator.post(propose_path(), filled(system_administrator, **WHY))
    assert (answer.status_code, answer["Location"]) == (302, page_of(waiting))
    assert TypeProposal.objects.count() == 1


def test_form_survives_the_end_of_a_session(system_administrator):
    """What was typed when the session had ended is there again after signing in."""
    path, outside = propose_path(), Client()
    sent = filled(system_administrator, **WHY, trusted_only="on", roles=["system"])
    assert outside.post(path, sent)["Location"].startswith("/admin/login/")
    session = system_administrator.session
    session["kept_forms"] = outside.session["kept_forms"]
    session.save()
    form = system_administrator.get(path).context["form"]
    assert form["reason"].value() == WHY["reason"] and form["bands"].value() == WHY["bands"]
    assert form["roles"].value() == ["system"] and form["trusted_only"].value()
    assert not TypeProposal.objects.exists()


def test_version_of_one_registry(system_administrator, other, world):
    """A type may have other rules in one registry; the general one stays."""
    sent = filled(system_administrator, **WHY, registry=world.home.pk, approvals="1")
    answer = system_administrator.post(propose_path(), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    found = TypeProposal.objects.get()
    other.post(decision(found, "approve"), confirmed(found))
    made = TransactionType.objects.get(code="transfer", registry=world.home)
    path = reverse("admin:registry_transactiontype_propose", args=[made.pk])
    places = system_administrator.get(path).context["form"].fields["registry"].choices
    assert [place for place, _name in places] == [world.home.pk]
    general = system_administrator.get(propose_path()).context["form"].fields["registry"].choices
    assert world.home.pk not in [place for place, _name in general]


def test_failures_stand_beside_their_rules(system_administrator):
    """What the service refuses is told where it was typed; nothing is proposed."""
    wrong = (
        ({"delay": "always"}, "delay", "contradict"),
        ({"bands": "many: 2"}, "bands", "does not say units"),
        ({"bands": "100: 1"}, "bands", "contradict"),
        ({"approvals": "10"}, "approvals", "does not take this value"),
        ({"valid_from": "2020-01-01T00:00"}, "valid_from", "not in the past"),
        ({"reason": " "}, "reason", "This field is required."),
    )
    for changed, place, text in wrong:
        sent = {**filled(system_administrator), "reason": "so", **changed}
        answer = system_administrator.post(propose_path(), sent)
        assert answer.status_code == 200, changed
        assert text in str(answer.context["form"].errors[place]), changed
    assert not TypeProposal.objects.exists()


def test_newer_version_makes_the_form_stale(system_administrator):
    """Somebody's version came into force meanwhile: said so, what was typed is still there."""
    sent, path = filled(system_administrator, **WHY), propose_path()
    approved_version("transfer", approvals=2)
    answer = system_administrator.post(path, sent)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "The type has a newer version" in text and WHY["reason"] in text
    assert not TypeProposal.objects.filter(status=0).exists()


def test_proposer_and_others_do_not_decide(waiting, system_administrator, other, signed_in):
    """The proposer may only withdraw; who administers a registry only reads."""
    for pages in (system_administrator, signed_in("administrator_1"), signed_in("auditor")):
        assert decision(waiting, "approve") not in pages.get(page_of(waiting)).content.decode()
        assert pages.post(decision(waiting, "approve"), confirmed(waiting)).status_code == 200
        waiting.refresh_from_db()
        assert waiting.status == 0
    for username in ("administrator_1", "auditor"):
        assert signed_in(username).get(propose_path()).status_code == 403
        assert signed_in(username).post(propose_path(), WHY).status_code == 403
    assert other.get(decision(waiting, "burn")).status_code == 404
    system_administrator.post(decision(waiting, "withdraw"), confirmed(waiting))
    waiting.refresh_from_db()
    assert waiting.get_status_display() == "withdrawn"


def test_decisions_are_of_what_was_read(waiting, other):
    """Another hash and a decision that came second are refused with 409."""
    wrong = confirmed(waiting) | {"payload_hash": "00" * 32}
    assert other.post(decision(waiting, "approve"), wrong).status_code == 409
    assert other.post(decision(waiting, "reject"), confirmed(waiting)).status_code == 302
    again = other.post(decision(waiting, "approve"), confirmed(waiting))
    assert again.status_code == 409
    assert "There is nothing left for you to decide here." in again.content.decode()


def test_decision_asks_for_the_second_factor_again(waiting, other):
    """After an hour the person confirms that it is them; what they typed is kept."""
    person = Person.objects.get(username="second")
    enrol(person)
    sign_in(other, person, minutes_ago=60)
    answer = other.post(decision(waiting, "approve"), confirmed(waiting))
    assert answer.status_code == 302 and "next=" in answer["Location"]
    waiting.refresh_from_db()
    assert waiting.status == 0
    sign_in(other, person)
    session = other.session
    session["kept_forms"] = {"path": decision(waiting, "approve"), "fields": {"reason": ["kept"]}}
    session.save()
    assert ">\nkept</textarea>" in other.get(decision(waiting, "approve")).content.decode()
