from datetime import date

import pytest

from registry.models import Holding, Issuance, Posting
from registry.services.issue import Issuance as NewIssuance
from registry.services.issue import issue
from tests.refused import refused
from tests.world import blocks, complete, issue_units, vintage

BILLION = 10**9


def test_issuance_brings_units_into_being(world, by):
    """A proposed and approved issuance opens one block for each account, in the order given."""
    home = world.at_home
    outcome = issue(
        issuances=[
            NewIssuance(
                world.kau.pk,
                [(home.government, 700), (home.auction, 300)],
                legal_basis="Act on the allocation of emission permits",
                sector="power",
                **vintage(2025),
            )
        ],
        key="i",
        **by,
    )
    assert (outcome.status, outcome.posting_id) == (0, None)
    assert not Holding.objects.exists()
    complete(world, outcome)
    assert blocks(home.government, world.kau) == [(1, 700)]
    assert blocks(home.auction, world.kau) == [(701, 1000)]
    issuance = Issuance.objects.get()
    assert (issuance.first, issuance.last, issuance.sector) == (1, 1000, "power")
    assert issuance.legal_basis == "Act on the allocation of emission permits"


def test_serials_continue_after_the_last_one(world):
    """Serials of a type go on where the type's last issuance ended, and types do not share them."""
    home = world.at_home
    issue_units(world, world.kau, [(home.government, 10)], year=2025)
    issue_units(world, world.kau, [(home.government, 5)], year=2026)
    issue_units(world, world.kcu, [(home.operator_a, 7)])
    ranges = Issuance.objects.order_by("pk").values_list("unit_type__code", "first", "last")
    assert list(ranges) == [("KAU", 1, 10), ("KAU", 11, 15), ("KCU", 1, 7)]


def test_several_issuances_in_one_transaction(world, by):
    """Many issuances, of several types and vintages, are one posting."""
    home = world.at_home
    outcome = issue(
        issuances=[
            NewIssuance(world.kau.pk, [(home.government, 10)], **vintage(2025)),
            NewIssuance(
                world.kau.pk, [(home.operator_a, 1), (home.operator_b, 2)], **vintage(2026)
            ),
            NewIssuance(world.kcu.pk, [(home.operator_a, 4)], **vintage(2025)),
        ],
        key="i",
        **by,
    )
    complete(world, outcome)
    assert Posting.objects.count() == 1
    assert blocks(home.operator_a, world.kau) == [(11, 11)]
    assert blocks(home.operator_b, world.kau) == [(12, 13)]
    assert blocks(home.operator_a, world.kcu) == [(1, 4)]


def test_first_serial_can_be_named(world):
    """An issuance may name its first serial; the next one continues after the highest."""
    home = world.at_home
    issue_units(world, world.kau, [(home.government, 10)], first=1001)
    issue_units(world, world.kau, [(home.government, 10)])
    assert blocks(home.government, world.kau) == [(1001, 1010), (1011, 1020)]


def test_issuing_billions_makes_one_block(world):
    """Eight billion units are one row, like one unit."""
    issue_units(world, world.kau, [(world.at_home.government, 8 * BILLION)])
    assert blocks(world.at_home.government, world.kau) == [(1, 8 * BILLION)]


def test_serials_are_issued_once(world):
    """An issuance that names serials of an earlier one is refused when it would complete."""
    home = world.at_home
    issue_units(world, world.kau, [(home.government, 100)])
    error = refused(issue_units, world, world.kau, [(home.government, 10)], first=91)
    assert error.codes == ["SERIALS_ALREADY_ISSUED"]


def test_last_serial_of_a_type(world):
    """Serial 1,000,000,000,000 can be issued, and nothing after it."""
    home = world.at_home
    issue_units(world, world.kau, [(home.government, 1)], first=10**12)
    assert blocks(home.government, world.kau) == [(10**12, 10**12)]
    error = refused(issue_units, world, world.kau, [(home.government, 1)])
    assert error.codes == ["SERIALS_EXHAUSTED"]


def test_registry_issues_its_own_types_only(world, by):
    """Units of another registry's type are not issued here."""
    issuance = NewIssuance(world.cea.pk, [(world.at_home.government, 10)], **vintage(2025))
    error = refused(issue, issuances=[issuance], key="i", **by)
    assert error.codes == ["UNIT_TYPE_OF_ANOTHER_REGISTRY"]


@pytest.mark.parametrize("kind", ["surrender", "cancellation", "suspense", "partner"])
def test_units_are_not_issued_to_every_account(kind, world, by):
    """Units come into being where they can be used, not in a terminal or technical account."""
    issuance = NewIssuance(world.kau.pk, [(getattr(world.at_home, kind), 10)], **vintage(2025))
    error = refused(issue, issuances=[issuance], key="i", **by)
    assert error.codes == ["DESTINATION_KIND_NOT_ALLOWED"]


def test_vintage_is_an_interval(world, by):
    """A vintage that ends on the day on which it begins is refused before anything is read."""
    issuance = NewIssuance(
        world.kau.pk,
        [(world.at_home.government, 10)],
        vintage_from=date(2025, 1, 1),
        vintage_to=date(2025, 1, 1),
        vintage_label="2025",
    )
    error = refused(issue, issuances=[issuance], key="i", **by)
    assert error.codes == ["VINTAGE_NOT_AN_INTERVAL"]


def test_auditor_does_not_issue(world):
    """Reading everything gives no right to issue."""
    issuance = NewIssuance(world.kau.pk, [(world.at_home.government, 10)], **vintage(2025))
    error = refused(issue, actor=world.auditor, issuances=[issuance], key="i", at=world.at)
    assert error.codes == ["NOT_PERMITTED"]


def test_issuance_to_nobody_is_refused(world, by):
    """A block without an account is refused with a failure, not with a crash."""
    issuance = NewIssuance(world.kau.pk, [(None, 10)], **vintage(2025))
    error = refused(issue, issuances=[issuance], key="i", **by)
    assert error.codes == ["DESTINATION_MISSING"]
