"""Allocation plans as data: those that come with Concord, and what is refused in others."""

import re
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from mrv.allocation.entitle import entitled
from mrv.allocation.plan import FIELDS, METHODS, RULE_FIELDS, read
from mrv.emissions.derivation import Input

DOCUMENT = Path(__file__).parents[3] / "docs/allocation.md"
SHIPPED = sorted((Path(__file__).parents[3] / "mrv/data/allocation").glob("*.toml"))


def shipped(name):
    return tomllib.loads((SHIPPED[0].parent / f"{name}.toml").read_text())


def plan(name):
    found, findings = read(shipped(name))
    assert findings == []
    return found


def tonnes(name, rule, stage="final", **given):
    """What a rule of a shipped plan gives; inputs are in the units that it asks for."""
    found = plan(name).rules[rule]
    inputs = [Input(key, Fraction(value), found.inputs[key]) for key, value in given.items()]
    return entitled(found, inputs, stage=stage, operating=Fraction(1)).result


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_plans_are_read_without_a_finding(path):
    """Each by the code of its file, with a source for every value."""
    found, findings = read(tomllib.loads(path.read_text()))
    assert findings == []
    assert found.code.lower() == path.stem
    assert all(value.source for rule in found.rules.values() for value in rule.values.values())


def test_the_plans_are_of_different_schemes_and_periods():
    """Nine systems at least; no scheme has two plans of one period."""
    plans = [plan(path.stem) for path in SHIPPED]
    assert len({each.scheme for each in plans}) >= 12
    periods = [(each.scheme, each.period_from) for each in plans]
    assert len(periods) == len(set(periods))


def test_china_2025_in_figures():
    """70 % of the year before; then as verified, 1.5 % more where 10 % better, 3 % at most."""
    before = {"emissions_before": 100_000}
    assert tonnes("cn-2025", "clinker", "advance", **before) == 70_000
    found = {"output": 100_000, "balance": "0.8"}
    assert tonnes("cn-2025", "clinker", emissions=72_000, **found) == 73_080
    assert tonnes("cn-2025", "clinker", emissions=40_000, **found) == 41_200
    assert tonnes("cn-2024", "industry", emissions=123_456) == 123_456


def test_korea_auctions_more_of_power_each_year():
    """15, 20, 30, 40 and 50 % from 2026 to 2030: of 1,000,000 t by benchmark the rest is free."""
    free = [
        tonnes(f"kr-{year}", "power", output=2_000_000, benchmark="0.5")
        for year in range(2026, 2031)
    ]
    assert free == [850_000, 800_000, 700_000, 600_000, 500_000]
    assert plan("kr-2025").amounts.free == 567_100_000


def test_tokyo_and_saitama_credit_what_is_below_the_cap():
    """Base 10,000 t: an office's cap of period 3 is 36,500 t in Tokyo and 39,000 t in Saitama."""
    facility = {"base": 10_000, "emissions": 30_000}
    assert tonnes("jp-13-p3", "office", **facility) == 6_500
    assert tonnes("jp-11-p3", "office", **facility) == 9_000
    assert tonnes("jp-13-p4", "factory", base=10_000, emissions=30_000) == 0


def test_gx_reduces_past_emissions_by_the_year():
    """1.7 % a year: 200,000 t after two years are 193,200 t."""
    assert tonnes("jp-gx-2026", "grandfathering", base=200_000, years=2) == 193_200


def test_all_that_is_wrong_is_told():
    """Each with its place; what is no document is refused whole."""
    document = shipped("kr-2025")
    document |= {"period_to": "2025-01-01", "cap_t": "1.5", "colour": "red", "sources": []}
    power = document["rules"]["power"]
    power["method"] = "luck"
    power["values"]["auction"]["confidence"] = "sure"
    document["rules"]["benchmark"]["formula"] = "output * heat"
    document["rules"]["historical"]["names"]["en"] = 5
    _none, findings = read(document)
    assert {(each.code, each.where) for each in findings} == {
        ("FIELD_UNKNOWN", "/colour"),
        ("FIELD_WRONG", "/period_to"),
        ("FIELD_WRONG", "/cap_t"),
        ("FIELD_WRONG", "/sources"),
        ("FIELD_WRONG", "/rules/power/method"),
        ("FIELD_WRONG", "/rules/power/values/auction/confidence"),
        ("PARAMETER_WITHOUT_UNIT", "/rules/benchmark/formula"),
        ("FIELD_WRONG", "/rules/historical/names"),
    }
    assert read([]) == (None, read("x")[1])
    assert read({"rules": {"x": 1}})[0] is None


def test_the_parts_of_a_cap_fit_into_it():
    """Auction and reserve are parts: no more than the cap, and none without one."""
    document = shipped("kr-2025") | {"auction_t": "500000000", "reserve_t": "67100000"}
    assert read(document)[0].amounts.free == 0
    document["reserve_t"] = "67100001"
    assert [each.where for each in read(document)[1]] == ["/cap_t"]


def test_the_document_tells_every_field():
    """The tables of docs/allocation.md name what is read, and nothing else."""
    _before, fields, rules = DOCUMENT.read_text().split("\n| field |")
    for table, read_ones in ((fields, FIELDS), (rules.split("\n\n")[0], RULE_FIELDS)):
        firsts = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
        assert set(re.findall(r"`(\w+)`", "".join(firsts))) == read_ones
    assert all(f"`{method}`" in rules for method in METHODS)
