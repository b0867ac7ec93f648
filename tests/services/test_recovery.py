"""Recovery of a lost second factor: by two system administrators who are not the person."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.db import transaction

from registry.actors import actor_for
from registry.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolated
from registry.models import GovernanceRequest, Person, SecurityEvent
from registry.services import api_keys, people
from registry.services.governance import Request, ask, decide, withdraw
from registry.services.requested.parts import part_for
from tests.people import person
from tests.signing_in import enrol


@pytest.fixture
def managers(world):
    """Two system administrators."""
    return [person(world, f"manager_{n}", "system_administrator") for n in (1, 2)]


@pytest.fixture
def lost(world):
    """Administrator 2, who had an app and a password."""
    found = Person.objects.get(username="administrator_2")
    people.change_password(person=found, password="what it was before all this")
    enrol(found)
    return found


def asked(world, actor, username="administrator_2", reason="called back at the ministry"):
    request = Request("recovery", None, None, {"person": username}, reason)
    return ask(actor=actor, request=request, at=world.at)


def decided(world, actor, request, approved=True):
    return decide(
        actor=actor,
        request_id=request.pk,
        approved=approved,
        payload_hash=bytes(request.payload_hash),
        at=world.at,
    )


def test_two_others_let_a_person_begin_anew(world, managers, lost, settings):
    """Old factors and the old password end; a one-time password lets in for an hour. Who asked
    knows one part of it and who approved the other one: neither can sign in as the person."""
    first, second = managers
    request = asked(world, first)
    assert Authenticator.objects.filter(user=lost).exists()
    before = lost.get_session_auth_hash()
    done = decided(world, second, request)
    lost.refresh_from_db()
    assert done.status == GovernanceRequest.Status.APPROVED
    assert not Authenticator.objects.filter(user=lost).exists()
    assert lost.check_password(f"{request.shown}-{done.shown}") and lost.must_change_password
    assert not any(map(lost.check_password, (request.shown, done.shown)))
    assert request.shown == part_for(first, done, at=world.at)
    assert part_for(second, done, at=world.at) is None
    assert not lost.check_password("what it was before all this")
    assert lost.get_session_auth_hash() != before
    assert lost.password_valid_until == world.at + timedelta(hours=1)
    assert list(done.decisions.values_list("person__username", flat=True)) == ["manager_2"]
    kinds = SecurityEvent.objects.filter(person=lost).values_list("kind", flat=True)
    assert {*kinds} >= {"factor_removed", "password_given", "recovered"}
    kept = str([*GovernanceRequest.objects.values(), *SecurityEvent.objects.values()])
    assert request.shown not in kept and done.shown not in kept


def test_first_part_is_shown_as_long_as_it_can_be_needed(world, managers, lost):
    """To who asked, until an hour after the approval; of a rejected request to nobody."""
    request = asked(world, managers[0])
    other = asked(world, managers[0], "auditor")
    assert request.shown != other.shown
    late = world.at + timedelta(hours=1)
    assert part_for(managers[0], request, at=late) == request.shown
    done = decided(world, managers[1], request)
    assert part_for(managers[0], done, at=late - timedelta(seconds=1)) == request.shown
    assert part_for(managers[0], done, at=late) is None
    refused = decided(world, managers[1], other, approved=False)
    assert part_for(managers[0], refused, at=world.at) is None


def test_one_time_password_ends_after_its_hour(world, managers, lost, monkeypatch):
    """Later it is as wrong as any other; a changed password has no end."""
    request = asked(world, managers[0])
    done = decided(world, managers[1], request)
    clock = "registry.admin.sign_in.timezone.now"
    login = {"username": lost.username, "password": f"{request.shown}-{done.shown}"}
    monkeypatch.setattr(clock, lambda: world.at + timedelta(minutes=59))
    assert authenticate(None, **login) == lost
    monkeypatch.setattr(clock, lambda: world.at + timedelta(minutes=61))
    assert authenticate(None, **login) is None
    lost.refresh_from_db()
    people.change_password(person=lost, password="one of my own, at last")
    assert authenticate(None, username=lost.username, password="one of my own, at last") == lost


def test_neither_of_the_two_is_the_person(world, managers, lost):
    """Nobody asks for their own recovery, decides it, or decides what they have asked for."""
    first, second = managers
    with pytest.raises(RuleViolated) as refused:
        asked(world, first, "manager_1")
    assert refused.value.codes == ["RECOVERY_OF_ONESELF"]
    request = asked(world, first, "manager_2")
    for actor in (first, second):
        with pytest.raises((NotPermitted, RuleViolated, Conflict)) as refused:
            with transaction.atomic():
                decided(world, actor, request)
    assert refused.value.codes == ["RECOVERY_OF_ONESELF"]


def test_who_may_ask_and_decide(world, managers, lost):
    """System administrators; registry administrators do not even see it."""
    with pytest.raises(NotPermitted):
        asked(world, world.administrator_1)
    request = asked(world, managers[0])
    here = person(world, "of home only", "administrator", world.home)
    with pytest.raises(NotFound):
        decided(world, here, request)
    with pytest.raises(NotPermitted):
        decided(world, world.administrator_1, request)


def test_programs_sign_the_request(world, managers, lost):
    """A secret that lies in a file proves nobody's presence; a key that signs does."""
    found = Person.objects.get(username="manager_1")
    secret = api_keys.issue_key(actor=world.system, person_id=found.pk, label="x", at=world.at)
    with pytest.raises(NotPermitted) as refused:
        asked(world, actor_for(found, secret.api_key))
    assert refused.value.codes == ["SIGNED_REQUEST_REQUIRED"]
    signing = api_keys.register_key(
        actor=world.system, person_id=found.pk, label="y", public_key=bytes(32), at=world.at
    )
    assert asked(world, actor_for(found, signing.api_key)).status == "waiting"


def test_what_is_wrong_is_told_together(world, managers):
    """No such person, no reason; a second request for the same person waits for the first."""
    with pytest.raises(RuleViolated) as refused:
        asked(world, managers[0], "nobody", " ")
    assert refused.value.codes == ["UNKNOWN_PERSON", "REASON_MISSING"]
    with pytest.raises(RuleViolated) as refused:
        asked(world, managers[0], "system")
    assert refused.value.codes == ["UNKNOWN_PERSON"]
    first = asked(world, managers[0])
    with pytest.raises(RuleViolated) as refused:
        asked(world, managers[1])
    assert refused.value.codes == ["RECOVERY_PENDING"]
    withdraw(actor=managers[0], request_id=first.pk, at=world.at)
    assert asked(world, managers[1]).pk > first.pk


def test_rejected_recovery_changes_nothing(world, managers, lost):
    """The old password and the old factor hold."""
    done = decided(world, managers[1], asked(world, managers[0]), approved=False)
    assert done.shown is None
    assert Authenticator.objects.filter(user=lost).exists()
    lost.refresh_from_db()
    assert lost.check_password("what it was before all this")


def test_reason_has_a_bearable_length(world, managers):
    """A book is refused before anything is written."""
    with pytest.raises(InvalidInput):
        asked(world, managers[0], reason="x" * 20_000)
    assert not GovernanceRequest.objects.exists()
