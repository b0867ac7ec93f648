"""What a period has earned, and why: down to each value and its source."""

from fractions import Fraction

import pytest

from mrv.emissions.derivation import leaves, recomputed
from mrv.projects import methodology, reckoning
from mrv.quantities import QuantityError
from tests.mrv.projects.test_methodology import DOCUMENT, changed

GIVEN = {"area": Fraction(20_000), "metered": Fraction("830.001")}


def test_seoul_building_earns_what_it_stays_below_its_standard():
    """60.5 kg/m² on 20,000 m² allow 1,210 t; 830.001 t were metered: 379.999 t, credited as 379."""
    read, _findings = methodology.read(DOCUMENT)
    tonnes, derivation = reckoning.reckon(read, GIVEN)
    document = derivation.as_document()
    assert (tonnes, document["result"], recomputed(document)) == (379, "379", 379)
    earned = document["inputs"][0]["of"]
    assert (earned["formula"], earned["result"]) == ("allowed - metered", "379.999")
    told = [(each["name"], each["value"]) for each in leaves(document)]
    assert told == [
        ("standard", "60.5"),
        ("area", "20000"),
        ("metered", "830.001"),
        ("nothing", "0"),
    ]
    assert next(leaves(document))["origin"]["source"] == "an example"


def test_building_above_its_standard_earns_nothing():
    """Nothing is owed for it either."""
    read, _findings = methodology.read(DOCUMENT)
    assert reckoning.reckon(read, {**GIVEN, "metered": Fraction(2000)}).tonnes == 0


def test_division_by_zero_has_no_result():
    """It is said, not taken for nothing."""
    document = changed(("steps", 0, "formula"), "standard * area * metered / metered")
    read, findings = methodology.read(document)
    assert findings == []
    with pytest.raises(QuantityError, match="DIVISION_BY_ZERO"):
        reckoning.reckon(read, {**GIVEN, "metered": Fraction(0)})
