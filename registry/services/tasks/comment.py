"""Say something of a task; what was said stays."""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, InvalidInput
from registry.models import Task

from .step import Kind, Said, step, task_for, was_done


@transaction.atomic
def comment(*, actor, task_id, version, at, text) -> Task:
    """Adds a comment, also after what others have done since: it takes nothing from them.

    Raises: NotPermitted, NotFound, InvalidInput (COMMENT_MISSING, INVALID_TEXT), Conflict
    (TASK_CHANGED, TASK_IS_COMPLETED).
    """
    task, said = task_for(actor, task_id), Said(actor, version, at, text)
    if not text.strip():
        raise InvalidInput(
            Failure(
                "COMMENT_MISSING",
                _("The comment is empty."),
                _("Write what others should know of the task."),
                data={"field": "text"},
            )
        )
    since = task.events.filter(number__gt=version, kind=Kind.COMMENTED, text=text)
    if since.filter(person=actor.person_id).exists() or was_done(
        task, said, Kind.COMMENTED, task.assignee_id
    ):
        return task
    now = replace(said, version=task.version)
    return step(task, now, kind=Kind.COMMENTED, assignee_id=task.assignee_id)
