"""Begin a task about something that waits in the queue."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Failure, InvalidInput
from registry.lines import text_failure
from registry.models import Task, TaskEvent
from registry.selectors import governance, tasks, transactions
from registry.services.accounts import hosted_registry

from .step import require_undecided

LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Subject:
    """What a task is about: a transaction, a request, or what others know in a registry."""

    transaction_id: int | None = None
    request_id: int | None = None
    registry_id: int | None = None
    subject: str = ""


@transaction.atomic
def open_task(*, actor, about: Subject, at) -> Task:
    """The task about something; a new one, if there is none yet. Nobody has it by that.

    Raises: NotPermitted, NotFound, InvalidInput (TASK_IS_ABOUT_ONE_THING), Conflict
    (SUBJECT_IS_DECIDED).
    """
    made = _task(actor, about, at)
    permissions.require_role(actor, permissions.KEEPERS, made.registry_id)
    things = {
        "registry": made.registry_id,
        "transaction": made.transaction_id,
        "request": made.request_id,
        "subject": made.subject,
    }
    found = Task.objects.filter(**_exactly(things)).first()
    if found is None:
        require_undecided(made)
        found = _written(made, actor, at) or Task.objects.get(**_exactly(things))
    return tasks.find(actor, found.pk)


def _task(actor, about, at):
    permissions.require_actor(actor)
    named = [about.transaction_id is not None, about.request_id is not None, about.subject != ""]
    if sum(named) != 1:
        raise InvalidInput(
            Failure(
                "TASK_IS_ABOUT_ONE_THING",
                _("A task is about one thing."),
                _("Name a transaction, a request, or a registry and a subject."),
            )
        )
    if about.transaction_id is not None:
        thing = transactions.find(actor, about.transaction_id)
        return Task(registry=thing.registry, transaction=thing, opened_at=at)
    if about.request_id is not None:
        thing = governance.find(actor, about.request_id)
        if thing.registry is None:
            # What concerns the whole node is in nobody's queue.
            raise governance.unknown(about.request_id)
        return Task(registry=thing.registry, request=thing, opened_at=at)
    failure = text_failure(about.subject, "subject", LONGEST_SUBJECT)
    if failure:
        raise InvalidInput(failure)
    registry = hosted_registry(about.registry_id)
    return Task(registry=registry, subject=about.subject, opened_at=at)


def _exactly(things):
    """The filter for these values, of which some are null."""
    given = {name: value for name, value in things.items() if value is not None}
    return given | {f"{name}__isnull": True for name in things.keys() - given.keys()}


def _written(made, actor, at):
    """The new task, or None where somebody began it at the same moment."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != "task_is_one_of_a_thing":
            raise
        return None
    TaskEvent.objects.create(
        task=made,
        number=0,
        kind=TaskEvent.Kind.OPENED,
        person_id=actor.person_id,
        api_key_id=actor.api_key_id,
        at=at,
    )
    return made
