"""The tasks do what their services do, whenever and however often they run."""

from config.celery import app
from linking import tasks
from linking.models import PhaseStart
from tests.linking.conftest import EDGES


def test_phases_begin_by_themselves(table, caplog):
    """One has begun, one is held back by its gate; both are in the log, and kept once."""
    phases = [
        {"n": 1, "from": "2026-01-01"},
        {"n": 2, "from": "2026-02-01", "gate": {"min_readiness": "0.9"}},
    ]
    table.enact(edges=[{**EDGES[0], "phases": phases}, EDGES[1]])
    tasks.begin_phases()
    assert [record.getMessage() for record in caplog.records] == [
        "phase 1 of edge CN>KR has begun",
        "phase 2 of edge CN>KR is held back by its gate",
    ]
    tasks.begin_phases()
    tasks.release_undone()
    assert PhaseStart.objects.count() == 1


def test_tasks_are_scheduled():
    """Beat names tasks that exist."""
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {"linking.tasks.begin_phases", "linking.tasks.release_undone"} <= scheduled
