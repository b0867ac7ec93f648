from collections import defaultdict

import pytest

from scenarios.broken import Broken
from scenarios.plan import Place, make_plan
from scenarios.reference import read_reference
from scenarios.script import ROOT
from scenarios.script_rules import checked_script


@pytest.fixture(scope="module")
def reference():
    return read_reference()


@pytest.fixture(scope="module")
def script(reference):
    return checked_script(ROOT / "northeast_asia", reference)


@pytest.fixture(scope="module")
def plan(script, reference):
    return make_plan(script, reference)


def steps(plan, unit_type, kind):
    return [step for step in plan.steps if (step.unit_type, step.kind) == (unit_type, kind)]


def moved(found):
    return sum(move.tonnes for step in found for move in step.moves)


# Published caps of the latest year that the data has, in tonnes; the sources are in
# tests/scenarios/test_reference.py. Chongqing and GX-ETS publish none: the scenario's assumption.
ISSUED = {
    "KAU": 567_100_000,
    "CEA": 8_000_000_000,
    "BEA": 44_000_000,
    "SHEA": 105_000_000,
    "GDEA": 297_000_000,
    "SZA": 33_500_000,
    "TJEA": 74_000_000,
    "HBEA": 179_000_000,
    "FJEA": 116_200_000,
    "CQEA": 133_000_000,
    "GXA": 600_000_000,
}


@pytest.mark.parametrize(("unit_type", "tonnes"), ISSUED.items())
def test_the_cap_is_issued_and_reaches_the_operators(plan, unit_type, tonnes):
    """What is issued is the cap, and allocation and auctions together hand out all of it."""
    assert moved(steps(plan, unit_type, "issue")) == tonnes
    allocated = moved(steps(plan, unit_type, "allocate"))
    assert allocated + moved(steps(plan, unit_type, "auction")) == tonnes


# Entities as published: 59 + 713 firms of phase 4 (S34, S35), about 3,700 (S12), the regional
# systems (S04), about 1,200 facilities in Tokyo (S04), 571 in Saitama (S04), 300-400 of GX-ETS.
OPERATORS = {
    "KR-ETRS": 59 + 713,
    "CN-REG": 3_700,
    "CN-BJ-REG": 882,
    "CN-SH-REG": 378,
    "CN-GD-REG": 391,
    "CN-SZ-REG": 737,
    "CN-TJ-REG": 159,
    "CN-HB-REG": 449,
    "CN-CQ-REG": 334,
    "CN-FJ-REG": 293,
    "JP-13-REG": 1_200,
    "JP-11-REG": 571,
    "JP-GX-REG": 350,
}


@pytest.mark.parametrize(("registry", "count"), OPERATORS.items())
def test_there_are_as_many_operators_as_published(plan, registry, count):
    """Besides project owners and small facilities, a registry has the published entities."""
    found = [
        holder
        for holder in plan.holders
        if registry in holder.registries
        and "-PROJECT-" not in holder.code
        and "-SME-" not in holder.code
    ]
    assert len(found) == count
    assert all(holder.tonnes >= 1 for holder in found)


def test_sizes_add_up_to_the_published_totals(plan, script):
    """Each group's operators have together exactly the group's tonnes."""
    totals = defaultdict(int)
    for holder in plan.holders:
        totals[holder.code.rpartition("-")[0]] += holder.tonnes
    assert totals == {group["prefix"]: group["tonnes"] for group in script.operators}
    assert totals["KR-POWER"] + totals["KR-INDUSTRY"] == 567_100_000
    assert totals["CN-POWER"] + totals["CN-INDUSTRY"] == 8_000_000_000


def test_operators_receive_their_size_where_nothing_is_auctioned(plan):
    """China's free allocation gives each operator exactly its size."""
    (step,) = steps(plan, "CEA", "allocate")
    size = {holder.code: holder.tonnes for holder in plan.holders}
    shares = {move.destination.holder: move.tonnes for move in step.moves}
    assert len(shares) == 3_700
    assert all(share == size[code] for code, share in shares.items())


def test_nobody_is_taken_for_real(plan):
    """Every operator's name says that it is synthetic."""
    names = {holder.code: holder.name for holder in plan.holders}
    assert names["KR-POWER-017"] == "Operator KR-POWER-017 (synthetic)"
    assert all(name.endswith("(synthetic)") for name in names.values())
    assert len(set(names.values())) == len(names)


def test_tokyo_and_saitama_issue_no_allowance(plan, reference):
    """Their units are credits of period 3, issued after its end on 31 March 2025."""
    kinds = {row["code"]: row["kind"] for row in reference.unit_types}
    issues = [
        step
        for step in plan.steps
        if step.kind == "issue" and step.registry in ("JP-13-REG", "JP-11-REG")
    ]
    assert {"TK-EXC", "TK-SME", "ST-EXC", "ST-SME"} <= {step.unit_type for step in issues}
    for step in issues:
        assert kinds[step.unit_type] == "credit"
        assert step.vintage.label == "P3"
        assert step.on >= step.vintage.ends_before


def test_trade_is_the_published_volume(plan):
    """Korea's exchange volume of 2025, and China's of the first cycle."""
    trades = {step.name: moved([step]) for step in plan.steps}
    assert trades["kau25-trade"] == 43_011_722
    assert trades["cea24-trade"] == 179_000_000


def test_every_step_moves_what_the_script_says(plan, script):
    """The lines of a step add up to its tonnes, and there are as many as it says at the most."""
    rows = {row["name"]: row for row in script.year}
    assert len(plan.steps) == len(rows)
    for step in plan.steps:
        assert moved([step]) == rows[step.name]["tonnes"]
        assert len(step.moves) <= rows[step.name]["lines"]
        assert all(move.tonnes >= 1 for move in step.moves)


def test_a_conversion_opens_as_much_as_it_ends(plan):
    """600,000 KOC become as many KCU of the same operators in the other registry."""
    (step,) = steps(plan, "KOC", "convert")
    assert moved([step]) == 600_000
    assert step.target[0] == "KCU"
    for move in step.moves:
        assert move.source.registry == "KR-ORS"
        assert move.destination == Place("KR-ETRS", move.source.holder)
    converted = Place("KR-ORS", "conversion")
    assert plan.balances[(converted, "KOC", "KOC24-29")] == 600_000


def test_balances_are_those_of_a_second_reckoning(plan):
    """No place holds less than nothing at any step, and the sums agree in the end."""
    held = defaultdict(int)
    for step in plan.steps:
        if step.kind in ("freeze", "release"):
            continue
        for move in step.moves:
            key = (step.unit_type, step.vintage.label)
            if move.source is not None:
                held[(move.source, *key)] -= move.tonnes
                assert held[(move.source, *key)] >= 0
            if step.kind == "convert":
                held[(Place("KR-ORS", "conversion"), *key)] += move.tonnes
                key = (step.target[0], step.target[1].label)
            held[(move.destination, *key)] += move.tonnes
    assert {key: units for key, units in held.items() if units} == {
        key: units for key, units in plan.balances.items() if units
    }


def test_units_under_a_freeze_stay(plan):
    """One freeze is lifted, one stands; the operator under it keeps at least what is frozen."""
    standing = {key: units for key, units in plan.frozen.items() if units}
    assert [(key[0].holder, units) for key, units in standing.items()] == [
        ("CN-INDUSTRY-0002", 5_000)
    ]
    for key, units in standing.items():
        assert plan.balances[key] >= units


def test_a_reversal_goes_back_the_same_way(plan):
    """Every line of the reversed transfer is moved back."""
    (reversal,) = [step for step in plan.steps if step.kind == "reverse"]
    (original,) = [step for step in plan.steps if step.name == reversal.undone]
    assert [(m.destination, m.source, m.tonnes) for m in reversal.moves] == [
        (m.source, m.destination, m.tonnes) for m in original.moves
    ]


def test_the_plan_is_the_same_every_time(plan, script, reference):
    """Two plans of one script are equal to the last line."""
    assert make_plan(script, reference).steps == plan.steps


@pytest.mark.parametrize(
    ("name", "lines", "tonnes"),
    [
        ("kau25-surrender", 772, 567_100_001),
        ("kau25-surrender", 1, 533_074_000),
        ("koc24-trade", 60, 1_500_001),
        ("kau25-mistaken", 1, 99_000_000),
        ("kau25-allocate", 772, 567_100_000),
        ("kau25-auctions", 40, 8_000_000),
    ],
)
def test_a_step_that_nobody_can_supply_is_refused(script, reference, name, lines, tonnes):
    """A script that moves more than is held is refused by the plan, naming the step."""
    year = []
    for row in script.year:
        values = dict(row.values)
        if row["name"] == name:
            values |= {"tonnes": tonnes, "lines": lines}
        year.append(type(row)(row.file, row.line, values))
    changed = type(script)(**{**vars(script), "year": tuple(year)})
    with pytest.raises(Broken) as refusal:
        make_plan(changed, reference)
    assert refusal.value.code == "PLAN_SHORT_OF_UNITS"
    assert refusal.value.data["name"] == name
