"""Give a task back, for anybody to take."""

from django.db import transaction

from registry.models import Task

from .step import Kind, Said, require_own, step, task_for, was_done


@transaction.atomic
def release(*, actor, task_id, version, at, text="") -> Task:
    """Nobody has the task from now on.

    Raises: NotPermitted (NOT_PERMITTED, TASK_IS_NOT_YOURS), NotFound, Conflict (TASK_CHANGED,
    TASK_IS_COMPLETED).
    """
    task, said = task_for(actor, task_id), Said(actor, version, at, text)
    if was_done(task, said, Kind.RELEASED, None):
        return task
    require_own(task, actor)
    return step(task, said, kind=Kind.RELEASED, assignee_id=None)
