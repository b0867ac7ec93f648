"""The example sets hold, and give the figures that they were made to show; so do the presets."""

import csv
import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from linking.decide import Request, State, decide
from linking.edges.edge import FORMS, read
from linking.graph import Graph
from linking.lifecycle.phases import Standing
from linking.link_set import Known, check
from linking.presets import preset
from linking.readiness.assessment import assess
from linking.route import Unit, route
from tests.linking.test_readiness import scores

LINKS = Path(__file__).parents[2] / "scenarios" / "links"
REFERENCE = LINKS.parent / "reference"
SETS = ("city_pilot", "indirect_mechanism", "national_gradual")

EXTERNAL = frozenset({"UNFCCC"})


def load(name):
    return json.loads((LINKS / f"{name}.json").read_text())


def rows(path):
    with path.open() as file:
        return list(csv.DictReader(file))


def issuers():
    """The jurisdiction of every unit type, of the reference data and of the examples."""
    schemes = {row["code"]: row["jurisdiction"] for row in rows(REFERENCE / "schemes.csv")}
    registries = {row["code"]: schemes[row["scheme"]] for row in rows(REFERENCE / "registries.csv")}
    types = {row["code"]: registries[row["registry"]] for row in rows(REFERENCE / "unit_types.csv")}
    return types | {row["code"]: row["jurisdiction"] for row in rows(LINKS / "unit_types.csv")}


@pytest.mark.parametrize("name", SETS)
def test_set_holds(name):
    """No rule is broken, by any edge, in any phase."""
    said = load(name)
    edges = [read(document) for document in said["edges"]]
    assert check(edges, Known(issuers(), said["parties"], EXTERNAL)) == []
    assert said["example"] is True


def at(year, month=3, day=2):
    moment = datetime(year, month, day, 9, tzinfo=UTC)
    # The next Tuesday: both sets transfer on Tuesdays and Thursdays.
    return moment.replace(day=day + (1 - moment.weekday()) % 7)


def city():
    return Graph(tuple(map(read, load("city_pilot")["edges"])))


def test_city_pilot_fills_its_quota():
    """20,000 BEA at 0.8 against 10,000 t: 12,500 units go, 10,000 t are credited."""
    way = route(city(), Unit("BEA", "CN-BJ", 2027), "CN-BJ", "JP-13", at(2027))
    decision = decide(way, Request(20_000, 1, year=2027), State(), at(2027))
    assert (decision.accepted, decision.credited) == (12_500, 10_000)
    assert decision.codes == ("QUOTA_PARTIAL",)
    assert decision.remainder == {"cancel": 2_500}


def test_city_pilot_looks_through_to_the_origin():
    """Saitama's reductions, converted in Tokyo, are not Tokyo's for Beijing."""
    converted = Unit("TK-SAI", "JP-13", 2027, converted_from=("JP-11", "ST-EXC"))
    assert route(city(), converted, "JP-13", "CN-BJ", at(2027)).codes == ("ORIGIN_NOT_RECOGNISED",)
    assert route(city(), converted, "JP-13", "JP-11", at(2027)).codes == ("CONVERTED_UNIT",)


def test_city_pilot_limits_the_use_of_a_facility():
    """1 % of an obligation of 8,000 t."""
    converted = Unit("TK-BEA", "JP-13", 2027, converted_from=("CN-BJ", "BEA"))
    state = State(bases={(1, "obligation", "2027"): 8_000})
    graph = city()
    use = route(graph, converted, "JP-13", "JP-13", at(2027))
    decision = decide(use, Request(200, 1, year=2027, period="2027"), state, at(2027))
    assert (decision.accepted, decision.credited) == (80, 80)


def national(index=None):
    edges = tuple(map(read, load("national_gradual")["edges"]))
    ready = Standing(Fraction(1), (), 3) if index is None else Standing(Fraction(index), (), 1)
    started = {} if index is None else {edge.edge_id: 1 for edge in edges}
    return Graph(edges, standings={e.edge_id: ready for e in edges}, started=started)


def test_national_set_begins_with_credits():
    """In 2028 an allowance is no credit."""
    way = route(national(), Unit("CEA", "CN", 2027), "CN", "KR", at(2028))
    assert decide(way, Request(10, 1, year=2028, period="2028"), State(), at(2028)).codes == (
        "UNIT_TYPE",
    )
    credit = route(national(), Unit("CCER", "CN", 2027), "CN", "KR", at(2028))
    state = State(bases={("KR", "cap", "2028"): 500_000_000})
    request = Request(10, 1, year=2028, period="2028")
    assert decide(credit, request, state, at(2028)).accepted == 10


def test_a_closed_gate_keeps_the_phase_before():
    """An index of 0.53 is below 0.55: in 2030 phase 1 goes on, and the answer says why."""
    way = route(national("0.53"), Unit("CEA", "CN", 2029), "CN", "KR", at(2030))
    decision = decide(way, Request(10, 1, year=2030, period="2030"), State(), at(2030))
    assert (decision.phase, decision.codes) == (1, ("PHASE_GATE", "UNIT_TYPE"))


def test_second_phase_fills_its_share_of_the_cap():
    """1 % of 500 Mt at 0.8: 6,250,000 units, 5,000,000 t."""
    way = route(national(), Unit("CEA", "CN", 2029), "CN", "KR", at(2030))
    state = State(bases={("KR", "cap", "2030"): 500_000_000})
    request = Request(10_000_000, 1, year=2030, period="2030")
    decision = decide(way, request, state, at(2030))
    assert (decision.accepted, decision.credited) == (6_250_000, 5_000_000)


def test_assessed_readiness_opens_the_first_gate_only():
    """The scores of 2026 let China and Korea begin with credits, and not yet with allowances at
    par both ways."""
    found = assess(scores()["CN|KR"])
    edges = tuple(map(read, load("national_gradual")["edges"]))
    standing = Standing(found.index, found.blockers, found.lowest_must)
    graph = Graph(edges, standings={"CN>KR": standing})
    (link,) = graph.between("CN", "KR")
    assert [graph.present(link, at(year)).phase for year in (2027, 2028, 2030, 2032)] == [
        *(0, 1, 2, 2)
    ]
    assert graph.present(link, at(2032)).delayed.n == 3


@pytest.mark.parametrize("form", FORMS)
def test_presets_hold(form):
    """Each preset is an edge without a finding; a reciprocal one comes with its partner."""
    ends = {"indirect": ("A6.4", "KR")}.get(form, ("CN", "KR"))
    made = [preset(form, source=ends[0], acceptor=ends[1], unit_types=["X"], into="Y")]
    if form == "reciprocal":
        made.append(preset(form, source=ends[1], acceptor=ends[0], unit_types=["Y"]))
    edges = [read(document) for document in made]
    parties = {"CN": "CN", "KR": "KR"}
    issuing = {"X": ends[0], "Y": ends[1]}
    assert check(edges, Known(issuing, parties, frozenset({"A6.4"}))) == []
    assert {edge.form for edge in edges} == {form}
