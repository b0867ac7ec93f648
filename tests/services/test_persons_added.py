"""Persons are added as one system administrator asks and another one decides."""

import pytest

from registry.errors import NotFound, NotPermitted, RuleViolated
from registry.models import GovernanceRequest, Person, RoleAssignment
from registry.services.governance import Request, ask
from tests.people import approved, person

SAID = {
    "person": "regulator_1",
    "display_name": "Regulator 1",
    "language": "ko",
    "email": "one@regulator.example",
    "roles": [{"role": "regulator", "registry": "KR-ETRS"}, {"role": "auditor"}],
}


@pytest.fixture
def managers(world):
    """Two system administrators."""
    return [person(world, f"manager_{n}", "system_administrator") for n in (1, 2)]


def asked(world, by, **changes):
    request = Request("person", None, None, {**SAID, **changes}, "a new colleague")
    return ask(actor=by, request=request, at=world.at)


def test_two_add_a_person_with_roles(world, managers):
    """The last approval adds the person; the two parts of a password let in once, for an hour."""
    request = asked(world, managers[0])
    assert not Person.objects.filter(username="regulator_1").exists()
    with pytest.raises(NotPermitted):
        approved(world, request, by=managers[0])
    done = approved(world, request, by=managers[1])
    assert done.status == GovernanceRequest.Status.APPROVED
    added = Person.objects.get(username="regulator_1")
    assert (added.language, added.email, added.is_staff) == ("ko", SAID["email"], True)
    assert added.check_password(f"{request.shown}-{done.shown}") and added.must_change_password
    assert added.password_valid_until is not None
    roles = RoleAssignment.objects.filter(person=added).values_list("role", "registry__code")
    assert set(roles) == {("regulator", "KR-ETRS"), ("auditor", None)}


def test_rejected_adds_nobody(world, managers):
    """Nothing of the person is left but the request."""
    request = asked(world, managers[0])
    approved(world, request, by=managers[1], yes=False)
    assert not Person.objects.filter(username="regulator_1").exists()


def test_everything_wrong_is_told(world, managers):
    """All failures at once, each with its code."""
    role = {"role": "system_administrator", "registry": "KR-ETRS"}
    roles = [role, {"role": "auditor", "registry": "XX"}]
    with pytest.raises(RuleViolated) as told:
        wrong = {"person": "a b", "language": "la", "email": "nobody"}
        asked(world, managers[0], roles=roles, **wrong)
    assert told.value.codes == [
        "NOT_A_USERNAME",
        "UNKNOWN_LANGUAGE",
        "NOT_A_MAIL_ADDRESS",
        "ROLE_IS_OF_THE_NODE",
        "UNKNOWN_REGISTRY",
    ]


def test_a_username_is_one_persons(world, managers):
    """Of two requests for one username the second is refused, at the latest when decided."""
    first, second = asked(world, managers[0]), asked(world, managers[0])
    approved(world, first, by=managers[1])
    with pytest.raises(RuleViolated) as told:
        approved(world, second, by=managers[1])
    assert told.value.codes == ["USERNAME_TAKEN"]
    with pytest.raises(RuleViolated):
        asked(world, managers[0])


@pytest.mark.parametrize("who", ["administrator_1", "auditor"])
def test_only_system_administrators_ask_and_decide(world, managers, who):
    """Registry administrators do not decide who there is."""
    with pytest.raises(NotPermitted):
        asked(world, getattr(world, who))
    request = asked(world, managers[0])
    with pytest.raises((NotPermitted, NotFound)):
        approved(world, request, by=getattr(world, who))
    assert not Person.objects.filter(username="regulator_1").exists()
