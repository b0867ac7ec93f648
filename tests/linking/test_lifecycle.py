"""Phases begin and are remembered, triggers suspend, scores are kept, limits are given back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from linking.lifecycle.triggers import Observations
from linking.models import PhaseStart, StoredDecision, UnitsUsed
from linking.selectors.graph import links
from linking.selectors.readiness import pair
from linking.services.change_edge import resume
from linking.services.record_score import NewScore, record_scores
from linking.services.release import release_undone
from linking.services.start_phases import start_phases
from linking.services.watch import watch
from registry.models import LimitCounter
from tests.linking.conftest import EDGES
from tests.linking.test_agreements import codes_of, ways
from tests.linking.test_limits import counters, owes, use_line
from tests.linking.test_readiness import scores
from tests.linking.using import of_line

PHASES = [
    {"n": 1, "from": "2026-01-01", "overrides": {}},
    {"n": 2, "from": "2028-01-01", "gate": {"min_readiness": "0.65"}, "overrides": {}},
]


def at(year):
    return datetime(year, 6, 1, 9, tzinfo=UTC)


def score(table, changes=None, assessor="assessor 1", on=date(2026, 1, 1)):
    """The published scores of China and Korea, as one assessor gives them."""
    given = {**scores()["CN|KR"], **(changes or {})}
    china, korea = table.world.neighbour.jurisdiction_id, table.world.home.jurisdiction_id
    return record_scores(
        actor=table.world.administrator_1,
        scores=[NewScore(china, korea, c, s, assessor, on, "a report") for c, s in given.items()],
    )


def test_scores_are_kept_by_assessor(table):
    """Two differ on one criterion: the range is shown and the lower one counts."""
    score(table)
    score(table, {"C02": 3}, assessor="assessor 2")
    places = table.world.home.jurisdiction_id, table.world.neighbour.jurisdiction_id
    found = pair(*places)
    assert found.disagreements == ("C02",)
    assert found.ranges["C02"] == (1, 3)
    assert found.assessment.form == "restricted"
    # A later score of the same assessor counts instead of the earlier one, which is kept.
    score(table, {"C02": 3}, on=date(2027, 1, 1))
    assert pair(*reversed(places)).assessment.form == "reciprocal"


def test_wrong_scores_are_refused(table):
    """None is written when one is wrong."""
    new = NewScore(1, 2, "C01", 3, "assessor 1", date(2026, 1, 1))
    wrong = [new, *(NewScore(1, 2, *pair, "assessor 1", date(2026, 1, 1))
                    for pair in (("C99", 1), ("C02", 4), ("C03", True)))]  # fmt: skip
    assert (
        codes_of(record_scores, actor=table.world.administrator_1, scores=wrong)
        == ["NOT_A_SCORE"] * 3
    )
    assert codes_of(record_scores, actor=table.korea, scores=[new]) == ["NOT_PERMITTED"]


def phased(table):
    table.enact(edges=[{**EDGES[0], "phases": PHASES}, EDGES[1]])


def test_phases_begin_when_day_and_gate_allow(table):
    """Not assessed: held back. Assessed well enough: begun, recorded, and then for good."""
    phased(table)
    first = start_phases(at=at(2027))
    assert (first.started, first.delayed) == ((("CN>KR", 1),), ())
    held_back = start_phases(at=at(2028))
    assert (held_back.started, held_back.delayed) == ((), (("CN>KR", 2),))
    score(table, {"C02": 3})
    assert start_phases(at=at(2028)).started == (("CN>KR", 2),)
    assert start_phases(at=at(2028)).started == ()
    assert PhaseStart.objects.get(n=2).index == "2/3"
    # Readiness falls: the phase that has begun goes on.
    score(table, {"C01": 0}, on=date(2028, 7, 1))
    graph = links().graph
    assert graph.present(graph.between("CN", "KR")[0], at(2029)).phase == 2


def test_a_trigger_suspends_both_edges(table):
    """An incident is reported: from that instant nothing goes, and a person resumes it."""
    table.enact()
    instant = table.world.at + timedelta(days=1)
    by = {"actor": table.korea, "edge_id": "CN>KR", "at": instant}
    assert watch(seen=Observations(), **by) == []
    incident = Observations(events=frozenset({"security"}))
    assert watch(seen=incident, **by) == ["security"]
    assert watch(seen=incident, **by) == []
    assert watch(seen=incident, **{**by, "edge_id": "X"}) == []
    assert ways(instant) == (("LINK_SUSPENDED",), ("LINK_SUSPENDED",))
    resume(actor=table.korea, agreement="KR-CN", edge_id="CN>KR", at=instant + timedelta(1))
    assert ways(instant + timedelta(1)) == ((), ())


@pytest.mark.parametrize("status", ["REJECTED", "CANCELLED", "TERMINATED"])
def test_what_an_undone_use_took_is_given_back_once(table, status, monkeypatch):
    """The entity's limit and the sum for rounding are as before; a second call does nothing."""
    from registry.models import Transaction

    table.enact()
    owes(table, 2000)
    of_line(use_line(table, 100), table.world.home.pk, table.world.at)
    of_line(use_line(table, 5), table.world.home.pk, table.world.at)
    first, _second = StoredDecision.objects.order_by("id")
    statuses = {first.pk: Transaction.Status[status]}
    monkeypatch.setattr("linking.services.release.status_of", lambda row: statuses.get(row.pk))
    assert release_undone(at=table.world.at) == 1
    assert release_undone(at=table.world.at) == 0
    assert counters() == {"link:CN>KR:1": (4, 100)}
    assert UnitsUsed.objects.get().units == 5
    assert LimitCounter.objects.get().used_t == 4
