"""End a task: by who has it, or by itself when what it is about is decided."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Conflict, Failure, RuleViolated
from registry.models import Role, Task
from registry.selectors import tasks

from .step import Kind, Said, require_own, step, task_for, was_done

BATCH = 500
WORKERS = frozenset({Role.SYSTEM})


@transaction.atomic
def complete(*, actor, task_id, version, at, text="") -> Task:
    """Who has the task says that it is done. What waits for a decision is done by deciding it.

    Raises: NotPermitted (NOT_PERMITTED, TASK_IS_NOT_YOURS), NotFound, RuleViolated
    (TASK_WAITS_FOR_A_DECISION), Conflict (TASK_CHANGED, TASK_IS_COMPLETED).
    """
    task, said = task_for(actor, task_id), Said(actor, version, at, text)
    if was_done(task, said, Kind.COMPLETED, actor.person_id):
        return task
    require_own(task, actor)
    if tasks.waits(task):
        raise RuleViolated(
            Failure(
                "TASK_WAITS_FOR_A_DECISION",
                _("What the task is about still waits for a decision."),
                _("Decide it: the task completes itself then."),
            )
        )
    return step(task, said, kind=Kind.COMPLETED, assignee_id=task.assignee_id)


def complete_decided(*, actor, at) -> int:
    """Completes the tasks whose subject was decided; returns how many.

    Any number of workers may do this at once: a step that another one has done is left out.

    Raises: NotPermitted.
    """
    permissions.require_role(actor, WORKERS, None)
    done = 0
    for task in tasks.decided()[:BATCH]:
        try:
            with transaction.atomic():
                said = Said(actor, task.version, at)
                step(task, said, kind=Kind.COMPLETED, assignee_id=task.assignee_id)
        except Conflict:
            continue
        done += 1
    return done
