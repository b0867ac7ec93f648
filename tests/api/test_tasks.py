"""Tasks over the API: begun, worked on step by step, and read."""

import pytest

from registry.lines import Line
from registry.services.transfer import transfer
from tests.world import stock


@pytest.fixture
def proposed(world):
    stock(world, operator_a=1000)
    line = Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 100)
    made = transfer(actor=world.administrator_1, lines=[line], key=world.key(), at=world.at)
    return made.transaction_id


def test_task_is_worked_on(administrator_2, proposed):
    """Begun, claimed, commented, assigned: each answer is the task with its history."""
    api = administrator_2
    begun = api.post("/api/v1/tasks", {"transaction": str(proposed)})
    assert begun.status_code == 201
    task = begun.json()
    assert (task["transaction"], task["assignee"], task["version"]) == (str(proposed), None, 0)
    address = begun["Location"]
    for name, more in (
        ("claim", {}),
        ("comments", {"text": "called the operator"}),
        ("release", {"text": "gone for today"}),
        ("assignment", {"assignee": "administrator_2"}),
    ):
        answer = api.post(f"{address}/{name}", {"version": str(task["version"]), **more})
        assert answer.status_code == 201, answer.json()
        task = answer.json()
    assert [each["kind"] for each in task["events"]] == [
        *("opened", "claimed", "commented", "released", "assigned")
    ]
    assert api.get(address).json() == task
    asked = {"status": "open", "assignee": "administrator_2", "registry": "KR-ETRS"}
    assert api.get("tasks", asked).json()["items"] == [task]
    assert api.get("tasks", {"status": "completed"}).json()["items"] == []


def test_stale_and_wrong_steps(administrator_2, proposed):
    """An old version, a missing one, an act that is not there yet, and what is no task."""
    api = administrator_2
    address = api.post("/api/v1/tasks", {"transaction": str(proposed)})["Location"]
    api.post(f"{address}/claim", {"version": "0"})
    for name, form, status, code in (
        ("release", {"version": "0"}, 409, "TASK_CHANGED"),
        ("release", {}, 400, "FIELD_MISSING"),
        ("completion", {"version": "1"}, 422, "TASK_WAITS_FOR_A_DECISION"),
        ("assignment", {"version": "1", "assignee": "auditor"}, 422, "NOT_A_COLLEAGUE"),
        ("comments", {"version": "1", "text": " "}, 400, "COMMENT_MISSING"),
    ):
        answer = api.post(f"{address}/{name}", form)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert api.post("/api/v1/tasks/999/claim", {"version": "0"}).json()["code"] == "UNKNOWN_TASK"
    assert api.post("/api/v1/tasks", {}).json()["code"] == "TASK_IS_ABOUT_ONE_THING"
