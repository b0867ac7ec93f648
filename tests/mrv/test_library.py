"""Factor sets and sector templates: as data, whole or refused, and never changed."""

import copy
import tomllib
from datetime import date

import pytest

from mrv.models import Factor, FactorSet, SectorTemplate
from mrv.quantities import number, unit
from mrv.sectors.template import TemplateError, read
from mrv.selectors import factors
from mrv.services.factors import NewFactor, NewFactorSet, add_factor_set, add_template
from mrv.services.load_library import DATA, factor_sets, load_library
from registry.errors import InvalidInput, NotFound, NotPermitted, RuleViolated

SECTORS = ("aluminium", "building", "cement", "power", "steel")
POWER = tomllib.loads((DATA / "sectors" / "power.toml").read_text())


@pytest.mark.parametrize("sector", SECTORS)
def test_templates_can_be_read(sector):
    """Each has its names in four languages, and formulas whose units fit."""
    template = read(tomllib.loads((DATA / "sectors" / f"{sector}.toml").read_text()))
    assert template.code == sector
    for names in (template.names, *(kind.names for kind in template.kinds.values())):
        assert set(names) == {"en", "zh-hans", "ja", "ko"}


def test_factors_are_exact_and_have_a_source():
    """Every value is a number in a unit that is known, from a table that is named."""
    sets = factor_sets(DATA)
    assert len(sets) == len({(each.code, each.version) for each in sets}) > 8
    for each in sets:
        assert each.source and each.factors
        for one in each.factors:
            assert number(one.value) >= 0 and unit(one.unit)
            assert one.confidence in Factor.Confidence.values


def broken(**changes):
    document = copy.deepcopy(POWER)
    document["kinds"] = {"coal": {**document["kinds"]["coal"], **changes.pop("coal", {})}}
    document.update(changes)
    return document


@pytest.mark.parametrize(
    ("document", "code", "where"),
    [
        (broken(names={}), "FIELD_WRONG", "/names"),
        (broken(colour="red"), "FIELD_UNKNOWN", "/colour"),
        (broken(kinds={}), "FIELD_WRONG", "/kinds"),
        (broken(jump_pct="much"), "NUMBER_NOT_EXACT", "/jump_pct"),
        (broken(rounding={"rule": "up", "places": 99}), "FIELD_WRONG", "/rounding"),
        (broken(coal={"formula": "activity"}), "UNIT_OF_ANOTHER_DIMENSION", "/kinds/coal/formula"),
        (broken(coal={"formula": "a!"}), "FORMULA_NOT_UNDERSTOOD", "/kinds/coal/formula"),
        (broken(coal={"gas": "XY"}), "UNKNOWN_UNIT", "/kinds/coal/formula"),
        (broken(coal={"sign": 2}), "FIELD_WRONG", "/kinds/coal/sign"),
        (broken(coal={"method": "guess"}), "FIELD_WRONG", "/kinds/coal/method"),
        (
            broken(balances=[{"entering": ["coal"], "leaving": ["gold"], "tolerance_pct": "1"}]),
            "FIELD_WRONG",
            "/balances/0/leaving",
        ),
        ([], "FIELD_WRONG", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_templates_say_where(document, code, where):
    """By the code and the place of each thing that is wrong."""
    with pytest.raises(TemplateError) as caught:
        read(document)
    assert (code, where) in [(found[0], found[1]) for found in caught.value.findings]


def test_the_library_is_loaded_once(cast):
    """A second time nothing is added."""
    said = {"actor": cast.world.administrator_1, "at": cast.world.at}
    assert load_library(**said) == (len(factor_sets(DATA)), len(SECTORS))
    assert load_library(**said) == (0, len(SECTORS))
    assert SectorTemplate.objects.count() == len(SECTORS)
    with pytest.raises(NotPermitted):
        load_library(actor=cast.representative, at=cast.world.at)


def test_a_factor_is_of_its_year(cast):
    """The newest version that is valid on the last day; another year and another name are told."""
    load_library(actor=cast.world.administrator_1, at=cast.world.at)
    grid = ("cn-grid", "electricity", "factor")
    assert factors.library(2022).factor(*grid).value == "0.5366"
    assert factors.library(2025).factor(*grid).value == "0.5306"
    for year, name, code in (
        (2021, grid, "FACTOR_NOT_VALID"),
        (2025, ("cn-grid", "steam", "factor"), "UNKNOWN_FACTOR"),
    ):
        with pytest.raises(RuleViolated) as caught:
            factors.library(year).factor(*name)
        assert caught.value.codes == [code]
    new = NewFactorSet(
        "cn-grid", "Newer", "A notice", date(2025, 1, 1), (NewFactor(*grid[1:], "0.5", "tCO2/MWh"),)
    )
    made = add_factor_set(actor=cast.world.administrator_1, new=new)
    assert made.version == 2024 and factors.library(2025).factor(*grid).value == "0.5"


def test_wrong_factors_are_told_together(cast):
    """No number, no unit, the same twice, and days in the wrong order."""
    row = NewFactor("coal", "ncv", "1e5", "GJ/tonne")
    new = NewFactorSet(
        "x", "", "s", date(2025, 1, 1), (row, NewFactor("coal", "ncv", "1", "GJ/tonne")),
        valid_to=date(2024, 1, 1),
    )  # fmt: skip
    with pytest.raises(InvalidInput) as caught:
        add_factor_set(actor=cast.world.administrator_1, new=new)
    assert set(caught.value.codes) == {
        *("NAME_NEEDED", "LAST_DAY_BEFORE_FIRST", "NUMBER_NOT_EXACT", "UNKNOWN_UNIT"),
        "FACTOR_TWICE",
    }
    assert not FactorSet.objects.exists()


def test_a_sector_is_added_by_data_alone(cast):
    """A document makes a new sector; a changed one is its next version."""
    said = {"actor": cast.world.administrator_1, "at": cast.world.at}
    with pytest.raises(NotFound) as caught:
        factors.template_of("glass")
    assert caught.value.codes == ["UNKNOWN_SECTOR"]
    document = {**POWER, "code": "glass", "names": {"en": "glass"}}
    assert add_template(document=document, **said).version == 1
    assert add_template(document=document, **said).version == 1
    assert add_template(document={**document, "jump_pct": "50"}, **said).version == 2
    assert factors.as_read(factors.template_of("glass")).jump_pct == 50
    with pytest.raises(InvalidInput) as refused:
        add_template(document={**document, "kinds": {}, "x": 1}, **said)
    assert set(refused.value.codes) == {"FIELD_WRONG", "FIELD_UNKNOWN"}
