"""Persons, roles, passwords and keys."""

from datetime import timedelta

import pytest

from registry.actors import actor_for
from registry.errors import Conflict, InvalidInput, NotFound, NotPermitted
from registry.models import ApiKey, Person, Role, RoleAssignment
from registry.selectors.keys import authenticate
from registry.services import api_keys, people


def test_only_managers_of_the_system_manage_people(world):
    """No actor, an auditor and a registry administrator are refused; nothing is written."""
    person = Person.objects.get(username="auditor")
    before = Person.objects.count(), RoleAssignment.objects.count(), ApiKey.objects.count()
    for actor in (None, world.auditor, world.administrator_1):
        for act in (
            lambda actor: people.add_person(actor=actor, username="x", display_name="X"),
            lambda actor: people.give_role(actor=actor, person_id=person.pk, role="regulator"),
            lambda actor: people.give_one_time_password(actor=actor, person_id=person.pk),
            lambda actor: api_keys.issue_key(
                actor=actor, person_id=person.pk, label="x", at=world.at
            ),
            lambda actor: people.revoke_keys(actor=actor, person_id=person.pk, at=world.at),
        ):
            with pytest.raises(NotPermitted) as refusal:
                act(actor)
            assert refusal.value.code == ("NO_ACTOR" if actor is None else "NOT_PERMITTED")
    after = Person.objects.count(), RoleAssignment.objects.count(), ApiKey.objects.count()
    assert after == before


def test_new_person_has_no_rights(world):
    """Neither a role, nor a key, nor a password that fits."""
    person = people.add_person(actor=world.system, username="new", display_name="New")
    assert actor_for(person).roles == {}
    assert not person.has_usable_password()
    assert not person.is_staff


def test_usernames_are_one_person_s(world):
    """A second person with the same username is refused."""
    with pytest.raises(Conflict) as refusal:
        people.add_person(actor=world.system, username="auditor", display_name="Another")
    assert refusal.value.code == "USERNAME_TAKEN"


def test_role_is_given_once(world):
    """Giving it again changes nothing; a role in one registry is not one in all."""
    person = Person.objects.get(username="auditor")
    for _ in range(2):
        people.give_role(
            actor=world.system,
            person_id=person.pk,
            role=Role.REGULATOR,
            registry_id=world.home.pk,
        )
    actor = actor_for(person)
    assert "regulator" in actor.roles_in(world.home.pk)
    assert "regulator" not in actor.roles_in(world.neighbour.pk)
    assert RoleAssignment.objects.filter(person=person, role="regulator").count() == 1


def test_one_time_password_must_be_changed(world):
    """It fits, it is long, and it asks for another; the person's own asks for nothing."""
    person = Person.objects.get(username="auditor")
    once = people.give_one_time_password(actor=world.system, person_id=person.pk)
    person.refresh_from_db()
    assert person.check_password(once)
    assert person.must_change_password
    assert len(once) >= 20
    people.change_password(person=person, password="my own")
    person.refresh_from_db()
    assert person.check_password("my own")
    assert not person.must_change_password


def test_key_is_shown_once_and_authenticates(world):
    """Only its prefix and digest are kept; the text finds the person until it expires."""
    person = Person.objects.get(username="auditor")
    issued = api_keys.issue_key(
        actor=world.system,
        person_id=person.pk,
        label="reports",
        at=world.at,
        rights=api_keys.Rights(expires_at=world.at + timedelta(days=1)),
    )
    assert issued.text not in repr(issued)
    row = ApiKey.objects.filter(pk=issued.api_key.pk).values().get()
    assert issued.text not in str(row)
    assert authenticate(issued.text, at=world.at).person.pk == person.pk
    with pytest.raises(NotPermitted) as refusal:
        authenticate(issued.text, at=world.at + timedelta(days=1))
    assert refusal.value.code == "API_KEY_EXPIRED"


def test_revoking_ends_all_keys_of_a_person(world):
    """Other persons keep theirs; revoking again finds none."""
    one, two = (
        api_keys.issue_key(
            actor=world.system, person_id=world.auditor.person_id, label=label, at=world.at
        ).text
        for label in ("one", "two")
    )
    other = api_keys.issue_key(
        actor=world.system, person_id=world.administrator_2.person_id, label="o", at=world.at
    ).text
    revoked = people.revoke_keys(actor=world.system, person_id=world.auditor.person_id, at=world.at)
    assert revoked == 2
    for text in (one, two):
        with pytest.raises(NotPermitted):
            authenticate(text, at=world.at)
    assert authenticate(other, at=world.at).person.pk == world.administrator_2.person_id
    assert (
        people.revoke_keys(actor=world.system, person_id=world.auditor.person_id, at=world.at) == 0
    )


def test_system_actor_is_made_once_and_never_signs_in(world):
    """A part of the software is a row, with the system's role and no password."""
    first = people.system_actor(username="part", display_name="Part")
    again = people.system_actor(username="part", display_name="Part")
    assert first == again
    person = Person.objects.get(username="part")
    assert person.is_system
    assert not person.has_usable_password()
    assert not person.is_staff
    assert first.roles_in(world.home.pk) == {"system"}


def test_unknown_person(world):
    """Who does not exist gets nothing."""
    with pytest.raises(NotFound) as refusal:
        people.give_one_time_password(actor=world.system, person_id=10**9)
    assert refusal.value.code == "UNKNOWN_PERSON"


def test_wrong_preferences_are_refused_together(world):
    """A language that the node does not speak and no address: both are told, nothing is kept."""
    chosen = people.Preferences("tlh", True, "nobody")
    with pytest.raises(InvalidInput) as refused:
        people.set_preferences(actor=world.administrator_1, chosen=chosen)
    assert refused.value.codes == ["UNKNOWN_LANGUAGE", "NOT_A_MAIL_ADDRESS"]
    assert Person.objects.get(username="administrator_1").language == "en"
