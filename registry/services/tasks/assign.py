"""Give a task to a colleague."""

from django.db import transaction

from registry import errors, permissions
from registry.models import Person, Task

from .step import Kind, Said, require_own, require_undecided, step, task_for, was_done


@transaction.atomic
def assign(*, actor, task_id, version, at, assignee, text="") -> Task:
    """The person with this username has the task from now on: an administrator of the registry.

    Nobody but who has a task, or a registry administrator, takes it from somebody. It gives no
    right: who may not decide may not decide as the one who has the task.

    Raises: NotPermitted (NOT_PERMITTED, TASK_IS_NOT_YOURS, TASK_IS_OF_WHO_ASKS), NotFound,
    RuleViolated (NOT_A_COLLEAGUE), Conflict (TASK_CHANGED, TASK_IS_COMPLETED, SUBJECT_IS_DECIDED).
    """
    task, said = task_for(actor, task_id), Said(actor, version, at, text)
    person = Person.objects.filter(username=assignee, is_active=True).first()
    if person is None:
        raise errors.from_constraint("task_is_for_who_keeps_accounts")
    if was_done(task, said, Kind.ASSIGNED, person.pk):
        return task
    if task.assignee_id is not None:
        if not actor.roles_in(task.registry_id) & permissions.DECIDERS:
            require_own(task, actor)
    require_undecided(task)
    return step(task, said, kind=Kind.ASSIGNED, assignee_id=person.pk)
