"""Who takes part in a reporting year: an operator, its verifier and its regulator, each with one
person, and an installation that makes power."""

from dataclasses import dataclass
from datetime import date

from tests.people import person, represents


@dataclass
class Cast:
    """`representative` acts for the operator, `member` for the verifier."""

    world: object
    operator: object
    installation: object
    verifier: object
    accreditation: object
    representative: object
    member: object
    regulator: object


def make_cast(world) -> Cast:
    """Everything recorded by administrator 1, as it is in life."""
    from mrv.services.operators import NewInstallation, add_installation, cover_operator
    from mrv.services.verifiers import NewAccreditation, accredit, add_member, add_verifier
    from registry.models import Person

    one, home = world.administrator_1, world.home
    operator = cover_operator(
        actor=one, holder=world.holder_a, registry_id=home.pk, covered_from=date(2020, 1, 1)
    )
    installation = add_installation(
        actor=one,
        operator=operator,
        new=NewInstallation(
            "KR-POWER-1", "Power station 1", home.jurisdiction_id, "power", date(2015, 1, 1)
        ),
    )
    verifier = add_verifier(
        actor=one, code="KR-V-1", name="Verifier 1", jurisdiction_id=home.jurisdiction_id
    )
    accreditation = accredit(
        actor=one,
        verifier=verifier,
        new=NewAccreditation(
            home.scheme_id, ("power", "steel"), "A-1", date(2024, 1, 1), date(2028, 12, 31)
        ),
    )
    member = person(world, "verifier_1")
    add_member(
        actor=one,
        verifier=verifier,
        person=Person.objects.get(pk=member.person_id),
        valid_from=date(2024, 1, 1),
    )
    return Cast(
        world,
        operator,
        installation,
        verifier,
        accreditation,
        represents(world, "operator_1", world.at_home.operator_a, "initiate"),
        member,
        person(world, "regulator_1", "regulator", home),
    )
