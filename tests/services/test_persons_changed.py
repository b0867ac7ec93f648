"""Persons are changed as one system administrator asks and another one decides, and deactivated by
one alone."""

import pytest
from django.db import transaction

from registry.actors import actor_for
from registry.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolated
from registry.models import Person, RoleAssignment, SecurityEvent
from registry.selectors import persons
from registry.services import api_keys
from registry.services.deactivate_person import deactivate_person
from registry.services.governance import Request, ask
from tests.people import approved, person

REGULATOR = {"role": "regulator", "registry": "KR-ETRS"}


@pytest.fixture
def managers(world):
    """Two system administrators."""
    return [person(world, f"manager_{n}", "system_administrator") for n in (1, 2)]


def asked(world, by, username="auditor", reason="moves to another house", **changes):
    request = Request("person_change", None, None, {"person": username, **changes}, reason)
    return ask(actor=by, request=request, at=world.at)


def roles(username):
    rows = RoleAssignment.objects.filter(person__username=username)
    return set(rows.values_list("role", "registry__code"))


def test_two_others_give_and_take_roles(world, managers):
    """Nothing changes before the approval; each role leaves an event."""
    held = roles("auditor")
    taken = [{"role": role, **({"registry": code} if code else {})} for role, code in held]
    request = asked(world, managers[0], give=[REGULATOR], take=taken, display_name="Regulator 1")
    assert roles("auditor") == held
    approved(world, request, by=managers[1])
    assert roles("auditor") == {("regulator", "KR-ETRS")}
    changed = Person.objects.get(username="auditor")
    assert changed.display_name == "Regulator 1"
    kinds = list(SecurityEvent.objects.filter(person=changed).values_list("kind", flat=True))
    assert kinds == ["role_taken"] * len(held) + ["role_given"]


def test_nobody_changes_themself(world, managers):
    """Neither by asking nor by deciding."""
    with pytest.raises(RuleViolated) as refused:
        asked(world, managers[0], "manager_1", give=[REGULATOR])
    assert refused.value.codes == ["CHANGE_OF_ONESELF"]
    request = asked(world, managers[0], "manager_2", give=[REGULATOR])
    for actor in managers:
        with pytest.raises((NotPermitted, RuleViolated)) as refused, transaction.atomic():
            approved(world, request, by=actor)
    assert refused.value.codes == ["CHANGE_OF_ONESELF"]
    assert ("regulator", "KR-ETRS") not in roles("manager_2")


def test_what_is_wrong_is_told_together(world, managers):
    """No change, no reason; roles that are not there to take, and registries that are none."""
    with pytest.raises(RuleViolated) as refused:
        asked(world, managers[0], reason=" ")
    assert refused.value.codes == ["NOTHING_TO_CHANGE", "REASON_MISSING"]
    with pytest.raises(RuleViolated) as refused:
        give = [{"role": "auditor", "registry": "XX"}]
        asked(world, managers[0], give=give, take=[REGULATOR])
    assert refused.value.codes == ["UNKNOWN_REGISTRY", "ROLE_NOT_GIVEN"]
    for username in ("nobody", "system"):
        with pytest.raises(RuleViolated) as refused:
            asked(world, managers[0], username, give=[REGULATOR])
        assert refused.value.codes == ["UNKNOWN_PERSON"]
    with pytest.raises(NotPermitted):
        asked(world, world.administrator_1, give=[REGULATOR])


def test_two_system_administrators_are_left(world, managers):
    """With a third one the role can be taken."""
    taken = [{"role": "system_administrator"}]
    with pytest.raises(RuleViolated) as refused:
        asked(world, managers[0], "manager_2", take=taken)
    assert refused.value.codes == ["SYSTEM_ADMINISTRATORS_TOO_FEW"]
    third = person(world, "manager_3", "system_administrator")
    approved(world, asked(world, managers[0], "manager_2", take=taken), by=third)
    assert not roles("manager_2")


def test_one_alone_deactivates_and_two_let_in_again(world, managers):
    """At once, with a reason; a session and a key of the person are worth nothing then."""
    found = Person.objects.get(username="auditor")
    with pytest.raises(InvalidInput):
        deactivate_person(actor=managers[0], username="auditor", reason=" ")
    done = deactivate_person(actor=managers[0], username="auditor", reason="left today")
    assert (done.pk, done.is_active) == (found.pk, False)
    with pytest.raises(Conflict) as refused:
        deactivate_person(actor=managers[1], username="auditor", reason="left today")
    assert refused.value.codes == ["PERSON_DEACTIVATED"]
    approved(world, asked(world, managers[0], active="true"), by=managers[1])
    found.refresh_from_db()
    assert found.is_active
    events = SecurityEvent.objects.filter(person=found).values_list("kind", "data")
    assert list(events) == [("deactivated", {"reason": "left today"}), ("reactivated", {})]


def test_who_is_not_deactivated(world, managers):
    """Oneself, the software, nobody; and not by who manages no node, or by a secret in a file."""
    with pytest.raises(NotPermitted) as refused:
        deactivate_person(actor=managers[0], username="manager_1", reason="x")
    assert refused.value.codes == ["DEACTIVATION_OF_ONESELF"]
    for username in ("system", "nobody"):
        with pytest.raises(NotFound):
            deactivate_person(actor=managers[0], username=username, reason="x")
    with pytest.raises(NotPermitted):
        deactivate_person(actor=world.administrator_1, username="auditor", reason="x")
    manager = Person.objects.get(username="manager_1")
    secret = api_keys.issue_key(actor=world.system, person_id=manager.pk, label="x", at=world.at)
    with pytest.raises(NotPermitted) as refused:
        by = actor_for(manager, secret.api_key)
        deactivate_person(actor=by, username="auditor", reason="x")
    assert refused.value.codes == ["SIGNED_REQUEST_REQUIRED"]
    assert Person.objects.get(username="auditor").is_active


def test_roles_elsewhere_are_not_shown(world):
    """Who has a role in one registry sees those of the same one, with these roles, and oneself."""
    here = person(world, "here", "administrator", world.home)
    both = person(world, "both", "auditor", world.home)
    RoleAssignment.objects.create(
        person_id=both.person_id, role="regulator", registry=world.neighbour
    )
    away = person(world, "away", "auditor", world.neighbour)
    seen = {each.username: each.role_assignments.all() for each in persons.visible(here)}
    assert {"here", "both"} <= set(seen) and "away" not in seen
    assert [row.role for row in seen["both"]] == ["auditor"]
    assert not persons.having(here, role="regulator").filter(username="both").exists()
    assert [each.username for each in persons.visible(actor_for(Person(pk=0)))] == []
    assert persons.find(away, "away").pk == away.person_id
