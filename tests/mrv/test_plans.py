"""Monitoring plans: submitted by the operator, decided by the regulator, kept as they were."""

from dataclasses import replace

import pytest

from mrv.services.plans import decide_plan, plan_for
from registry import canonical
from registry.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolated
from tests.mrv.reporting import AT, COAL, POWER, REPORTED, YEAR, approved, planned
from tests.people import person


def test_a_plan_is_submitted_and_approved(cast):
    """Its text is canonical, and the next approved version takes its place from its year on."""
    plan = planned(cast)
    assert (plan.number, plan.state, plan.stream_count) == (1, "submitted", 2)
    assert canonical.digest(canonical.read_object(plan.canonical.encode(), at_most=10**6)) == (
        plan.digest
    )
    first = decide_plan(actor=cast.regulator, plan=plan, approved=True, at=AT)
    second = approved(cast, from_year=YEAR + 1, streams=(POWER,))
    first.refresh_from_db()
    assert (first.state, second.state, second.number) == ("superseded", "approved", 2)
    assert plan_for(cast.installation, YEAR) == first
    assert plan_for(cast.installation, YEAR + 5) == second
    with pytest.raises(RuleViolated) as caught:
        plan_for(cast.installation, YEAR - 1)
    assert caught.value.codes == ["NO_APPROVED_PLAN"]


def test_who_may_do_what_with_a_plan(cast):
    """The operator submits, the regulator decides, and nobody does both."""
    for actor in (cast.regulator, cast.member, cast.world.administrator_2, person(cast.world, "x")):
        with pytest.raises(NotPermitted):
            planned(replace_actor(cast, actor))
    plan = planned(cast)
    for actor in (cast.representative, cast.member, cast.world.administrator_1, None):
        with pytest.raises(NotPermitted):
            decide_plan(actor=actor, plan=plan, approved=True, at=AT)
    plan.submitted_by_id = cast.regulator.person_id
    with pytest.raises(NotPermitted) as caught:
        decide_plan(actor=cast.regulator, plan=plan, approved=True, at=AT)
    assert caught.value.codes == ["OWN_PLAN"]


def replace_actor(cast, actor):
    return replace(cast, representative=actor)


def test_one_plan_waits_at_a_time(cast):
    """And it is decided once; a refusal has a reason."""
    plan = planned(cast)
    with pytest.raises(Conflict) as caught:
        planned(cast)
    assert caught.value.codes == ["PLAN_WAITS"]
    said = {"actor": cast.regulator, "plan": plan, "at": AT}
    with pytest.raises(InvalidInput) as refused:
        decide_plan(approved=False, **said)
    assert refused.value.codes == ["REASON_NEEDED"]
    assert decide_plan(approved=False, reason="no meter", **said).state == "refused"
    with pytest.raises(Conflict) as caught:
        decide_plan(approved=True, **said)
    assert caught.value.codes == ["PLAN_DECIDED"]
    assert planned(cast).number == 2


@pytest.mark.parametrize(
    ("streams", "codes"),
    [
        ((), ["STREAM_NEEDED"]),
        ((COAL, COAL), ["STREAM_TWICE"]),
        ((replace(COAL, kind="peat"),), ["UNKNOWN_KIND_OF_STREAM"]),
        ((replace(COAL, tier="9"),), ["UNKNOWN_TIER"]),
        ((replace(COAL, tier="4", uncertainty={"activity": "2"}),), ["TIER_NOT_MET"]),
        ((replace(COAL, uncertainty={}),), ["TIER_NOT_MET"]),
        (
            (replace(COAL, uncertainty={"x": "1", "activity": "1"}),),
            ["UNKNOWN_PARAMETER_OF_STREAM"],
        ),
        ((replace(COAL, name="", code="s 1"),), ["CODE_NOT_PRINTABLE", "NAME_NEEDED"]),
        (
            (replace(COAL, sources={"activity": REPORTED, "ncv": {"kind": "default", "v": 1}}),),
            ["SOURCE_NEEDED"] * 3,
        ),
        (
            (replace(POWER, sources={"activity": {"kind": "default"}, "factor": REPORTED}),),
            ["ACTIVITY_IS_REPORTED"],
        ),
        (
            (replace(POWER, sources={**POWER.sources, "factor": {"kind": "factor", "set": "x"}}),),
            ["UNKNOWN_FACTOR"],
        ),
        (
            (
                replace(
                    POWER,
                    sources={
                        **POWER.sources,
                        "factor": {"kind": "default", "value": "1", "unit": "tCO2/GJ"},
                    },
                ),
            ),
            [],
        ),
        (
            (
                replace(
                    POWER,
                    sources={
                        **POWER.sources,
                        "factor": {"kind": "default", "value": "1", "unit": "GJ/MWh"},
                    },
                ),
            ),
            ["UNIT_OF_ANOTHER_DIMENSION"],
        ),
    ],
    ids=range(13),
)  # fmt: skip
def test_plans_say_all_that_is_wrong(cast, streams, codes):
    """Codes, parameters, tiers, factors and units, before anybody reports by them."""
    if not codes:
        assert planned(cast, streams=streams).stream_count == 1
        return
    with pytest.raises(InvalidInput) as caught:
        planned(cast, streams=streams)
    assert caught.value.codes == codes


def test_a_plan_is_for_a_year_and_a_sector_that_are_known(cast):
    """A set of potentials without the gas, a year without a factor, a sector without template."""
    for said, codes in (
        ({"gwp_set": "gwp-x"}, ["UNKNOWN_FACTOR", "UNKNOWN_FACTOR"]),
        ({"from_year": 2000}, ["FACTOR_NOT_VALID"] * 4),
        ({"from_year": 1}, ["YEAR_NOT_POSSIBLE", *["FACTOR_NOT_VALID"] * 4]),
    ):
        with pytest.raises(InvalidInput) as caught:
            planned(cast, **said)
        assert caught.value.codes == codes
    cast.installation.sector = "glass"
    with pytest.raises(NotFound) as unknown:
        planned(cast)
    assert unknown.value.codes == ["UNKNOWN_SECTOR"]
