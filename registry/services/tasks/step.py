"""One step of a task: the change and the event that tells it, once."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from registry import permissions, posting
from registry.actors import Actor
from registry.errors import Conflict, Failure, InvalidInput, NotPermitted
from registry.lines import text_failure
from registry.models import Task, TaskEvent
from registry.selectors import tasks

LONGEST_TEXT = 2000
Kind = TaskEvent.Kind


@dataclass(frozen=True)
class Said:
    """Who says something of a task, when, with which words, and which version they have seen."""

    actor: Actor
    version: int
    at: datetime
    text: str = ""


def task_for(actor, task_id) -> Task:
    """The task, for someone who keeps accounts in its registry.

    Raises: NotPermitted, NotFound (UNKNOWN_TASK).
    """
    found = tasks.find(actor, task_id)
    permissions.require_role(actor, permissions.KEEPERS, found.registry_id)
    return found


def was_done(task, said: Said, kind, assignee_id) -> bool:
    """Whether exactly this was done already, by a first click or an answer that got lost."""
    _require_text(said.text)
    if task.version == said.version:
        return False
    after = task.events.filter(number=said.version + 1)
    return after.filter(
        kind=kind, person=said.actor.person_id, assignee=assignee_id, text=said.text
    ).exists()


def step(task, said: Said, *, kind, assignee_id) -> Task:
    """Does one step, if nobody did another one since the version that was seen.

    Raises: Conflict (TASK_CHANGED, TASK_IS_COMPLETED), NotPermitted, RuleViolated.
    """
    if task.status == Task.Status.COMPLETED:
        raise Conflict(
            Failure(
                "TASK_IS_COMPLETED",
                _("The task is completed."),
                _("See its history for how."),
            )
        )
    ends = kind == Kind.COMPLETED
    with posting.explained():
        changed = Task.objects.filter(pk=task.pk, version=said.version).update(
            version=said.version + 1,
            assignee=assignee_id,
            status=Task.Status.COMPLETED if ends else Task.Status.OPEN,
            closed_at=said.at if ends else None,
        )
    if not changed:
        raise Conflict(
            Failure(
                "TASK_CHANGED",
                _("Somebody has done something with the task meanwhile."),
                _("See its history, and say it again if it is still right."),
                data={"version": str(task.version)},
            )
        )
    TaskEvent.objects.create(
        task=task,
        number=said.version + 1,
        kind=kind,
        person_id=said.actor.person_id,
        api_key_id=said.actor.api_key_id,
        assignee_id=assignee_id,
        text=said.text,
        at=said.at,
    )
    return tasks.find(said.actor, task.pk)


def require_undecided(task) -> None:
    """Raises: Conflict (SUBJECT_IS_DECIDED)."""
    if tasks.is_decided(task):
        raise Conflict(
            Failure(
                "SUBJECT_IS_DECIDED",
                _("What the task is about is decided."),
                _("The task completes itself within seconds."),
            )
        )


def require_own(task, actor) -> None:
    """Raises: NotPermitted (TASK_IS_NOT_YOURS)."""
    if task.assignee_id != actor.person_id:
        raise NotPermitted(
            Failure(
                "TASK_IS_NOT_YOURS",
                _("Somebody else has the task, or nobody."),
                _("Claim it first, or ask who has it to release it."),
            )
        )


def _require_text(text):
    """Raises: InvalidInput (INVALID_TEXT)."""
    failure = text_failure(text, "text", LONGEST_TEXT)
    if failure:
        raise InvalidInput(failure)
