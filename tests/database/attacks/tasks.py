"""Attacks on tasks and their history. The application's role may write both tables."""

from tests.database.attack import attack

PERMITTED = {"permitted": True}
ASSIGNED = {"trigger": "task_is_for_a_colleague", "permitted": True}
STEPPED = {"trigger": "task_goes_step_by_step", "permitted": True}
TOLD = {"trigger": "task_event_tells_the_step", "permitted": True}
OPEN = "status = 'open' AND subject = ''"
NEXT = "version = version + 1"


def _set(db, assignment, where=OPEN):
    assert db.execute(f"UPDATE registry_task SET {assignment} WHERE {where}").rowcount


def _event(db, **changes):
    """The event of the step that a task has just made, with changes."""
    task, version, assignee = db.execute(
        f"SELECT id, version, assignee_id FROM registry_task WHERE {OPEN}"
    ).fetchone()
    values = {"number": version, "kind": "commented", "text": "x", "assignee_id": assignee}
    return db.copy("taskevent", f"task_id = {task}", **{**values, **changes})


@attack("task_is_about_one_thing", **PERMITTED)
def task_about_nothing(db):
    db.copy("task", OPEN, transaction_id=None)


@attack("task_is_one_of_a_thing", **PERMITTED)
def second_task_of_a_transaction(db):
    db.copy("task", OPEN)


@attack("task_has_a_known_status_and_its_time", **PERMITTED)
def task_completed_at_no_time(db):
    _set(db, f"status = 'completed', {NEXT}")


@attack("task_is_of_the_registry_of_its_subject", **ASSIGNED)
def task_of_another_registry(db):
    db.copy("task", OPEN, registry_id=db.world.neighbour.pk)


@attack("task_is_not_for_who_asks", **ASSIGNED)
def task_for_the_proposer(db):
    _set(db, f"assignee_id = {db.world.administrator_1.person_id}, {NEXT}")


@attack("task_is_for_who_keeps_accounts", **ASSIGNED)
def task_for_an_auditor(db):
    _set(db, f"assignee_id = {db.world.auditor.person_id}, {NEXT}")


@attack("task_keeps_its_subject", **STEPPED)
def task_about_something_else(db):
    _set(db, f"transaction_id = NULL, subject = 'x', {NEXT}")


@attack("task_is_completed_once", **STEPPED)
def task_opened_again(db):
    _set(db, f"status = 'open', closed_at = NULL, {NEXT}", "status = 'completed'")


@attack("task_goes_step_by_step", **STEPPED)
def task_changed_without_a_step(db):
    _set(db, "assignee_id = NULL")


@attack("task_step_is_told", needs_keys=True, **PERMITTED)
def step_without_an_event(db):
    _set(db, NEXT)


@attack("task_event_tells_the_step", **TOLD)
def event_of_another_step(db):
    _event(db, number=99)


@attack("task_event_tells_the_step", **TOLD)
def event_of_another_assignee(db):
    _set(db, NEXT)
    _event(db, assignee_id=db.world.administrator_1.person_id)


@attack("task_event_tells_the_step", **TOLD)
def completion_of_an_open_task(db):
    _set(db, NEXT)
    _event(db, kind="completed")


@attack("task_event_is_one_of_its_number", **PERMITTED)
def second_event_of_a_step(db):
    _event(db)


@attack("task_comment_says_something", **PERMITTED)
def empty_comment(db):
    _set(db, NEXT)
    _event(db, text="")
