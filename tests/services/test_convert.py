from registry.lines import Line
from registry.models import Issuance as Issued
from registry.models import Posting
from registry.services.convert import convert
from registry.services.issue import Issuance
from tests.refused import refused
from tests.world import blocks, complete, issue_units, vintage


def _proposed(world, by, *, quantity=60, issued=60, to=None, unit_type=None):
    """100 KOC are there; convert some of them to KCU for operator A."""
    issue_units(world, world.koc, [(world.at_offsets.operator_a, 100)])
    issuance = Issuance(
        (unit_type or world.kcu).pk, [(world.at_home.operator_a, issued)], **vintage(2025)
    )
    line = Line(
        world.at_offsets.operator_a, to or world.at_offsets.conversion, world.koc.pk, quantity
    )
    return {"lines": [line], "issuances": [issuance], "key": "c", **by}


def test_conversion_ends_one_type_and_begins_another(world, by):
    """Korean offset credits end in their registry while as many KCU begin, in one posting."""
    before = Posting.objects.count()
    complete(world, convert(**_proposed(world, by)))
    assert blocks(world.at_offsets.operator_a, world.koc) == [(61, 100)]
    assert blocks(world.at_offsets.conversion, world.koc) == [(1, 60)]
    assert blocks(world.at_home.operator_a, world.kcu) == [(1, 60)]
    assert Posting.objects.count() == before + 2
    assert Issued.objects.filter(unit_type=world.kcu).count() == 1


def test_units_that_wait_for_conversion_are_reserved(world, by):
    """While a conversion waits, its units can not be converted a second time."""
    proposed = _proposed(world, by)
    convert(**proposed)
    error = refused(convert, **{**proposed, "key": "again"})
    assert error.codes == ["INSUFFICIENT_UNITS"]


def test_conversion_is_one_for_one(world, by):
    """One unit more than was converted is one too many."""
    assert refused(convert, **_proposed(world, by, issued=61)).codes == ["NOT_CONVERTIBLE"]


def test_conversion_is_to_the_type_that_is_named(world, by):
    """KOC convert to KCU, not to allowances."""
    error = refused(convert, **_proposed(world, by, unit_type=world.kau))
    assert error.code == "UNIT_KIND_NOT_ALLOWED" and "NOT_CONVERTIBLE" in error.codes


def test_converted_units_end(world, by):
    """Old units that only change hands would be doubled by the new ones."""
    to = world.at_offsets.operator_b
    error = refused(convert, **_proposed(world, by, to=to))
    assert error.codes[0] == "CONVERSION_ACCOUNT_WRONG"
    assert error.failures[0].line == 1


def test_new_units_do_not_begin_in_the_conversion_account(world, by):
    """What is issued must be usable."""
    proposed = _proposed(world, by)
    issuance = Issuance(world.kcu.pk, [(world.at_home.conversion, 60)], **vintage(2025))
    error = refused(convert, **{**proposed, "issuances": [issuance]})
    assert (error.code, error.failures[0].line) == ("CONVERSION_ACCOUNT_WRONG", 2)


def test_more_than_there_is_can_not_be_converted(world, by):
    """The converted units must be there."""
    error = refused(convert, **_proposed(world, by, quantity=101, issued=101))
    assert error.codes == ["INSUFFICIENT_UNITS"]


def test_bulk_conversion(world, by):
    """Several holders convert in one transaction; each issuance says its lines."""
    offsets, home = world.at_offsets, world.at_home
    issue_units(world, world.koc, [(offsets.operator_a, 50), (offsets.operator_b, 50)])
    lines = [
        Line(offsets.operator_a, offsets.conversion, world.koc.pk, 50),
        Line(offsets.operator_b, offsets.conversion, world.koc.pk, 30),
    ]
    issuances = [
        Issuance(world.kcu.pk, [(home.operator_a, 50), (home.operator_b, 20)], **vintage(2024)),
        Issuance(world.kcu.pk, [(home.operator_b, 10)], **vintage(2025)),
    ]
    complete(world, convert(lines=lines, issuances=issuances, key="c", **by))
    assert blocks(home.operator_a, world.kcu) == [(1, 50)]
    assert blocks(home.operator_b, world.kcu) == [(51, 70), (71, 80)]


def test_partial_fill_of_a_conversion_is_refused(world, by):
    """A minimum would issue more units than were converted."""
    proposed = _proposed(world, by)
    line = Line(
        world.at_offsets.operator_a, world.at_offsets.conversion, world.koc.pk, 150, minimum=10
    )
    issuance = Issuance(world.kcu.pk, [(world.at_home.operator_a, 150)], **vintage(2025))
    error = refused(convert, **{**proposed, "lines": [line], "issuances": [issuance]})
    assert [(f.code, f.line) for f in error.failures][:1] == [("NOT_CONVERTIBLE", 1)]
