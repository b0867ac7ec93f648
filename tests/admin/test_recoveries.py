"""The pages of recovery, and what signing in leaves in the record."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from registry.models import GovernanceRequest, Person, SecurityEvent
from registry.services import people
from registry.services.security_events import record_sign_in
from tests.admin.test_sign_in import PASSWORD, code, give_password
from tests.signing_in import enrol, sign_in


@pytest.fixture
def managers(world, signed_in):
    """The browsers of two system administrators."""
    for name in ("manager_1", "manager_2"):
        person = people.add_person(actor=world.system, username=name, display_name=name)
        people.give_role(actor=world.system, person_id=person.pk, role="system_administrator")
    return signed_in("manager_1"), signed_in("manager_2")


@pytest.fixture
def lost(world):
    """Administrator 2, who has lost the app."""
    person = Person.objects.get(username="administrator_2")
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    people.change_password(person=person, password=PASSWORD)
    enrol(person)
    return person


def ask(browser, person="administrator_2", reason="called back"):
    return browser.post("/admin/recoveries/", {"person": person, "reason": reason})


def approve(browser, found):
    form = {"payload_hash": bytes(found.payload_hash).hex(), "reason": "looked at", "approve": "1"}
    return browser.post(reverse("admin:recovery", args=[found.pk]), form)


def test_person_gets_back_in(world, managers, lost):
    """Asked by one, approved by another, each of whom sees one part of the password; the person
    enrols anew."""
    first, second = managers
    open_session = sign_in(Client(), lost)
    assert open_session.get("/admin/").status_code == 200
    assert ask(first).status_code == 302
    found = GovernanceRequest.objects.get(kind="recovery")
    address = reverse("admin:recovery", args=[found.pk])
    asking = first.get(address)
    part = asking.context["first_part"]
    assert part in asking.content.decode() and "no-store" in asking["Cache-Control"]
    assert 'name="approve"' not in asking.content.decode()
    assert 'name="approve"' in second.get(address).content.decode()
    page = approve(second, found)
    password = f"{part}-{page.context['second_part']}"
    assert page.context["second_part"] in page.content.decode()
    assert part not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    for browser in (first, second):
        assert page.context["second_part"] not in browser.get(address).content.decode()
    assert open_session.get("/admin/").status_code == 302
    browser = Client()
    assert give_password(browser, lost, password)["Location"] == "/admin/"
    own = {"old_password": password, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert browser.post("/admin/password_change/", own)["Location"] == "/admin/"
    assert browser.get("/admin/login/")["Location"] == "/accounts/2fa/"


def test_pages_are_of_system_administrators(managers, signed_in, lost):
    """Nobody else sees that there are such pages."""
    ask(managers[0])
    found = GovernanceRequest.objects.get()
    for address in ("/admin/recoveries/", reverse("admin:recovery", args=[found.pk])):
        assert signed_in("administrator_1").get(address).status_code == 404
        assert signed_in("auditor").post(address, {}).status_code == 404
    assert managers[0].get(reverse("admin:recovery", args=[10**6])).status_code == 404
    assert "/admin/recoveries/" in managers[0].get("/admin/registry/person/").content.decode()


def test_who_asked_does_not_decide(managers, lost):
    """The page says why; nothing has changed."""
    ask(managers[0])
    page = approve(managers[0], GovernanceRequest.objects.get())
    assert page.context["second_part"] is None
    assert "errorlist" in page.content.decode() or 'class="error"' in page.content.decode()
    assert Authenticator.objects.filter(user=lost).exists()


def test_second_factor_is_asked_for_again(world, managers, lost):
    """A session is not enough, for the asking as for the decision."""
    manager = Person.objects.get(username="manager_1")
    enrol(manager)
    stale = sign_in(Client(), manager, minutes_ago=6)
    answer = ask(stale)
    assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert not GovernanceRequest.objects.exists()


def test_wrong_forms_ask_for_nothing(managers):
    """No person, no reason, nobody of that name."""
    for person, reason in (("", "x"), ("administrator_2", ""), ("nobody", "x"), ("manager_1", "x")):
        assert ask(managers[0], person, reason).status_code == 200
    assert not GovernanceRequest.objects.exists()


def test_sign_ins_are_recorded_with_their_address(client, lost):
    """The first from an address is a new one; the second is not."""
    Authenticator.objects.filter(user=lost).delete()
    shared = enrol(lost)
    give_password(client, lost)
    client.post("/accounts/2fa/authenticate/", {"code": code(shared)})
    events = SecurityEvent.objects.filter(person=lost).order_by("pk")
    assert list(events.values_list("kind", "address")) == [("new_address", "127.0.0.1")]
    sign_in(Client(REMOTE_ADDR="127.0.0.1"), lost)
    again = record_sign_in(person_id=lost.pk, address="127.0.0.1", at=events[0].at)
    elsewhere = record_sign_in(person_id=lost.pk, address="192.0.2.1", at=events[0].at)
    assert (again.kind, elsewhere.kind) == ("signed_in", "new_address")


def test_factors_are_recorded(client, lost, django_capture_on_commit_callbacks):
    """Another factor, and recovery codes: each leaves an event, without its secret."""
    sign_in(client, lost)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))
    kinds = SecurityEvent.objects.filter(person=lost).values_list("kind", flat=True)
    assert list(kinds) == ["codes_made"]


ADDED = {"person": "auditor_2", "display_name": "Auditor 2", "language": "ja", "email": ""}
ADDED |= {"role": "auditor", "registry": "KR-ETRS", "reason": "a new colleague"}


def test_person_is_added_on_the_pages(managers, signed_in):
    """Asked by one, approved by another; each of them sees a part of the password."""
    first, second = managers
    assert first.post("/admin/persons/additions/", ADDED).status_code == 302
    found = GovernanceRequest.objects.get(kind="person")
    address = reverse("admin:person_addition", args=[found.pk])
    assert 'name="approve"' not in first.get(address).content.decode()
    assert "auditor · KR-ETRS" in second.get(address).content.decode()
    form = {"payload_hash": bytes(found.payload_hash).hex(), "reason": "so", "approve": "1"}
    page = second.post(address, form)
    assert page.context["second_part"] in page.content.decode()
    added = Person.objects.get(username="auditor_2")
    part = first.get(address).context["first_part"]
    assert added.check_password(f"{part}-{page.context['second_part']}")
    assert [row.role for row in added.role_assignments.all()] == ["auditor"]
    assert signed_in("administrator_1").get(address).status_code == 404
    assert "/admin/persons/additions/" in first.get("/admin/registry/person/").content.decode()


def test_person_is_changed_and_deactivated_on_the_pages(managers, signed_in):
    """One thing at a time is asked for and decided; one system administrator alone deactivates."""
    first, second = managers
    said = {"person": "auditor", "change": "give", "role": "", "reason": "a new task"}
    assert first.post("/admin/persons/changes/", said).context["form"].errors.keys() == {"role"}
    said |= {"role": "regulator", "registry": "KR-ETRS"}
    assert first.post("/admin/persons/changes/", said).status_code == 302
    found = GovernanceRequest.objects.get(kind="person_change")
    assert found.payload["give"] == [{"role": "regulator", "registry": "KR-ETRS"}]
    address = reverse("admin:person_change", args=[found.pk])
    general = reverse("admin:registry_governancerequest_change", args=[found.pk])
    assert second.get(general)["Location"] == address
    decide = reverse("admin:registry_governancerequest_decide", args=[found.pk, "approve"])
    assert second.get(decide).status_code == 404
    assert "regulator · KR-ETRS" in second.get(address).content.decode()
    form = {"payload_hash": bytes(found.payload_hash).hex(), "reason": "so", "approve": "1"}
    assert second.post(address, form).context["found"].status == "approved"
    auditor = Person.objects.get(username="auditor")
    assert auditor.role_assignments.filter(role="regulator").exists()
    browser = signed_in("auditor")
    assert "regulator · KR-ETRS" in browser.get(general).content.decode()
    ended = first.post("/admin/persons/deactivation/", {"person": "auditor", "reason": "left"})
    assert ended["Location"] == reverse("admin:registry_person_change", args=[auditor.pk])
    assert browser.get("/admin/").status_code == 302
    assert signed_in("administrator_1").get("/admin/persons/deactivation/").status_code == 404


def test_who_asked_withdraws(managers, lost):
    """On the same page, without a decision."""
    ask(managers[0])
    found = GovernanceRequest.objects.get()
    address = reverse("admin:recovery", args=[found.pk])
    assert 'name="withdraw"' not in managers[1].get(address).content.decode()
    assert managers[0].post(address, {"withdraw": "1"}).status_code == 302
    found.refresh_from_db()
    assert found.status == "withdrawn"
