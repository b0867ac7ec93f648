"""Operators, installations and verifiers: who records them, who sees them, who may verify."""

from datetime import date, timedelta

import pytest

from mrv.models import Accreditation, Installation, Operator
from mrv.selectors import bodies
from mrv.selectors.independence import refusals
from mrv.services.operators import (
    NewInstallation,
    add_installation,
    close_installation,
    cover_operator,
    end_coverage,
)
from mrv.services.verifiers import (
    NewAccreditation,
    accredit,
    add_member,
    add_verifier,
    declare_conflict,
    end_conflict,
    end_member,
    suspend_accreditation,
)
from registry.errors import Conflict, DomainError, InvalidInput, NotFound, NotPermitted
from registry.models import Person
from tests.people import person, represents

DAY = date(2026, 3, 1)


def codes(error, call, **said):
    with pytest.raises(error) as caught:
        call(**said)
    return caught.value.codes


def test_a_holder_is_covered_once(cast):
    """By the administrator of the registry; a second time it is told who it is."""
    world = cast.world
    said = {"holder": world.holder_a, "registry_id": world.home.pk, "covered_from": DAY}
    assert codes(NotPermitted, cover_operator, actor=cast.regulator, **said) == ["NOT_PERMITTED"]
    assert codes(NotPermitted, cover_operator, actor=None, **said) == ["NO_ACTOR"]
    again = {"actor": world.administrator_1, **said}
    assert codes(Conflict, cover_operator, **again) == ["OPERATOR_COVERED"]
    wrong = {**again, "holder": world.holder_b, "covered_to": DAY - timedelta(days=1)}
    assert codes(InvalidInput, cover_operator, **wrong) == ["LAST_DAY_BEFORE_FIRST"]
    ended = end_coverage(actor=world.administrator_1, operator=cast.operator, covered_to=DAY)
    assert Operator.objects.get().covered_to == ended.covered_to == DAY


def test_installations_say_all_that_is_wrong_with_them(cast):
    """A code that can not be printed, no name and no sector are told together."""
    world = cast.world
    said = {"actor": world.administrator_1, "operator": cast.operator}
    new = NewInstallation("kr 1", " ", world.home.jurisdiction_id, "", DAY)
    wrong = ["CODE_NOT_PRINTABLE", "NAME_NEEDED", "SECTOR_NEEDED"]
    assert codes(InvalidInput, add_installation, new=new, **said) == wrong
    new = NewInstallation("KR-POWER-1", "Other", world.home.jurisdiction_id, "power", DAY)
    assert codes(Conflict, add_installation, new=new, **said) == ["CODE_TAKEN"]
    said = {"actor": world.administrator_1, "installation": cast.installation}
    assert codes(InvalidInput, close_installation, closed_on=date(2014, 1, 1), **said) == [
        "LAST_DAY_BEFORE_FIRST"
    ]
    close_installation(closed_on=DAY, **said)
    assert codes(Conflict, close_installation, closed_on=DAY, **said) == ["ENDED_ALREADY"]
    assert Installation.objects.get().closed_on == DAY


def test_operators_are_seen_by_their_people_and_the_registry(cast):
    """Not by those of another holder, nor by who has no role."""
    world = cast.world
    stranger = represents(world, "operator_2", world.at_home.operator_b, "initiate")
    for actor, seen in (
        (world.administrator_1, 1),
        (world.auditor, 1),
        (cast.regulator, 1),
        (cast.representative, 1),
        (stranger, 0),
        (person(world, "nobody"), 0),
    ):
        assert bodies.operators(actor).count() == bodies.installations(actor).count() == seen
    assert bodies.operator(cast.representative, cast.operator.pk) == cast.operator
    assert bodies.installation(cast.representative, "KR-POWER-1") == cast.installation
    asked = {"actor": stranger, "number": cast.operator.pk}
    assert codes(NotFound, bodies.operator, **asked) == ["UNKNOWN_OPERATOR"]
    assert codes(NotFound, bodies.installation, actor=stranger, code="KR-POWER-1") == [
        "UNKNOWN_INSTALLATION"
    ]
    assert bodies.verifier(stranger, "KR-V-1") == cast.verifier
    assert codes(NotFound, bodies.verifier, actor=stranger, code="X") == ["UNKNOWN_VERIFIER"]


def refused(cast, **changes):
    asked = {
        "scheme_id": cast.world.home.scheme_id,
        "sector": "power",
        "holder_id": cast.operator.holder_id,
        "on": DAY,
        **changes,
    }
    return [failure.code for failure in refusals(cast.verifier, **asked)]


def test_a_verifier_is_accredited_or_not(cast):
    """For the scheme, the sector and the day, by one accreditation alone."""
    world = cast.world
    assert refused(cast) == []
    assert refused(cast, on=date(2028, 12, 31)) == []
    assert refused(cast, on=date(2029, 1, 1)) == ["NOT_ACCREDITED"]
    assert refused(cast, scheme_id=world.neighbour.scheme_id) == ["NOT_ACCREDITED"]
    assert refused(cast, sector="cement") == ["OUT_OF_SCOPE"]
    said = {"actor": world.administrator_1, "accreditation": cast.accreditation}
    suspend_accreditation(suspended_on=DAY, reason="lapsed", **said)
    assert refused(cast) == ["ACCREDITATION_SUSPENDED"]
    assert refused(cast, on=DAY - timedelta(days=1)) == []
    again = {"suspended_on": DAY, "reason": "x", **said}
    assert codes(Conflict, suspend_accreditation, **again) == ["ENDED_ALREADY"]
    restored = NewAccreditation(world.home.scheme_id, ("power",), "A-2", DAY, DAY)
    accredit(actor=world.administrator_1, verifier=cast.verifier, new=restored)
    assert refused(cast) == []


def test_a_conflict_of_interest_forbids(cast):
    """Declared by the verifier itself, ended by an administrator only."""
    said = {"verifier": cast.verifier, "holder": cast.world.holder_a, "valid_from": DAY}
    stranger = person(cast.world, "nobody")
    asked = {"actor": stranger, "kind": "consultancy", **said}
    assert codes(NotPermitted, declare_conflict, **asked) == ["NOT_PERMITTED"]
    conflict = declare_conflict(**{**asked, "actor": cast.member})
    assert refused(cast) == ["CONFLICT_OF_INTEREST"]
    assert refused(cast, holder_id=cast.world.holder_b.pk) == []
    ending = {"conflict": conflict, "valid_to": DAY}
    assert codes(NotPermitted, end_conflict, actor=cast.member, **ending) == ["NOT_PERMITTED"]
    end_conflict(actor=cast.world.administrator_1, **ending)
    assert refused(cast, on=DAY + timedelta(days=1)) == []
    assert codes(Conflict, end_conflict, actor=cast.world.administrator_1, **ending) == [
        "ENDED_ALREADY"
    ]


def test_members_of_verifiers_come_and_go(cast):
    """One membership at a time; who has left acts no more."""
    from mrv.permissions import is_member, require_member

    one = cast.world.administrator_1
    said = {"actor": one, "verifier": cast.verifier, "valid_from": DAY}
    itself = Person.objects.get(pk=cast.member.person_id)
    assert codes(Conflict, add_member, person=itself, **said) == ["MEMBER_EXISTS"]
    member = cast.verifier.members.get()
    end_member(actor=one, member=member, valid_to=DAY)
    assert is_member(cast.member, cast.verifier, DAY)
    asked = {"actor": cast.member, "verifier": cast.verifier, "on": DAY + timedelta(days=1)}
    assert codes(NotPermitted, require_member, **asked) == ["NOT_A_MEMBER"]
    assert codes(Conflict, end_member, actor=one, member=member, valid_to=DAY) == ["ENDED_ALREADY"]
    add_member(person=itself, **said)


def test_accreditations_are_recorded_whole(cast):
    """By an administrator of a registry of the scheme, with all that is wrong told together."""
    world = cast.world
    new = NewAccreditation(world.home.scheme_id, (), "", DAY, DAY - timedelta(days=1))
    said = {"verifier": cast.verifier, "new": new}
    wrong = ["SECTOR_NEEDED", "NAME_NEEDED", "LAST_DAY_BEFORE_FIRST"]
    assert codes(InvalidInput, accredit, actor=world.administrator_1, **said) == wrong
    keeper = person(world, "neighbours", "administrator", world.neighbour)
    assert codes(NotPermitted, accredit, actor=keeper, **said) == ["NOT_PERMITTED"]
    assert Accreditation.objects.count() == 1
    known = {"code": "KR-V-1", "name": "x", "jurisdiction_id": world.home.jurisdiction_id}
    assert codes(DomainError, add_verifier, actor=keeper, **known) == ["CODE_TAKEN"]
