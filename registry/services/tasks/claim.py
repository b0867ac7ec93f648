"""Take a task that nobody has."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.errors import Conflict, Failure
from registry.models import Task

from .step import Kind, Said, require_undecided, step, task_for, was_done


@transaction.atomic
def claim(*, actor, task_id, version, at, text="") -> Task:
    """The actor has the task from now on.

    Raises: NotPermitted (NOT_PERMITTED, TASK_IS_OF_WHO_ASKS), NotFound, Conflict (TASK_IS_TAKEN,
    TASK_CHANGED, TASK_IS_COMPLETED, SUBJECT_IS_DECIDED).
    """
    task, said = task_for(actor, task_id), Said(actor, version, at, text)
    if was_done(task, said, Kind.CLAIMED, actor.person_id):
        return task
    if task.assignee_id is not None:
        raise Conflict(
            Failure(
                "TASK_IS_TAKEN",
                _("Somebody has the task already."),
                _("Ask them to release it, or have it assigned to you."),
            )
        )
    require_undecided(task)
    return step(task, said, kind=Kind.CLAIMED, assignee_id=actor.person_id)
