"""The example methodologies: each is read without a finding, and reckons as its page says."""

import json
from fractions import Fraction

import pytest

from mrv.projects import methodology, reckoning
from scenarios.services.load_methodologies import PROJECTS, TYPES, load_methodologies

FILES = sorted(path for path in PROJECTS.glob("*.json") if path.name != TYPES)
GIVEN = {
    # 60.5 kg/m2 x 20,000 m2 = 1,210 t; 1,210 - 830.001 = 379.999 t.
    "seoul_building": (
        {"standard": "60.5", "floor_area": "20000", "metered_emissions": "830.001"},
        379,
    ),
    # 10,000 GJ of gas: 10,000 x 0.95 / 0.8 x 0.0774 - 10,000 x 0.0561 = 919.125 - 561 t.
    "boiler_replacement": (
        {"old_efficiency": "0.8", "new_efficiency": "0.95", "gas_used": "10000"},
        358,
    ),
    # 300 tC x 44/12 = 1,100 t; 1,100 - 25.5 = 1,074.5 t.
    "afforestation": (
        {"carbon_before": "500", "carbon_after": "800", "project_emissions": "25.5"},
        1074,
    ),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_reckons(path):
    """By hand, in the comments above."""
    read, findings = methodology.read(json.loads(path.read_text())["document"])
    assert findings == []
    given, tonnes = GIVEN[path.stem]
    values = {name: Fraction(text) for name, text in given.items()}
    assert reckoning.reckon(read, values).tonnes == tonnes


def test_examples_are_published_once(world):
    """A second call adds nothing."""
    from mrv.models import ProjectType
    from registry.models import Scheme

    place = world.home.jurisdiction
    for path in FILES:
        code = json.loads(path.read_text())["scheme"]
        Scheme.objects.create(code=code, jurisdiction=place, kind="crediting", name_en=code)
    assert load_methodologies(at=world.at).new == len(FILES) == 3
    again = load_methodologies(at=world.at)
    assert (again.methodologies, again.new) == (3, 0)
    assert ProjectType.objects.get(code="afforestation").name_ja == "植林"
