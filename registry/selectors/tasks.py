"""Tasks: who works on what, what was said of it, and to whom it can go."""

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Failure, NotFound
from registry.models import (
    GovernanceRequest,
    Person,
    Role,
    RoleAssignment,
    Task,
    TaskEvent,
    Transaction,
)

from .scope import in_scope

STATUS = Transaction.Status
WAITING = (STATUS.AWAITING_APPROVAL, STATUS.DELAYED)
# What ended otherwise than by a decision: somebody looks at why, and says when they have.
ENDED_BY_ITSELF = (STATUS.FAILED, STATUS.CHECKED_DISCREPANCY, STATUS.TERMINATED)
WAITING_OR_FAILED = frozenset({*WAITING, *ENDED_BY_ITSELF})
COLLEAGUES = (Role.ADMINISTRATOR, Role.JUNIOR_ADMINISTRATOR)
COMMENTED = Count("events", filter=Q(events__kind=TaskEvent.Kind.COMMENTED))


def visible(actor):
    """Tasks of registries that the actor may read.   Raises: NotPermitted (NO_ACTOR)."""
    rows = Task.objects.select_related(
        "registry__jurisdiction", "assignee", "transaction__type", "request"
    )
    return in_scope(rows, actor)


def find(actor, number) -> Task:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_TASK)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(
            Failure(
                "UNKNOWN_TASK",
                _("There is no such task."),
                _("See the list of tasks."),
                data={"task": str(number)},
            )
        )
    return found


def detail(actor, number) -> Task:
    """One task with its history as `told`.   Raises: NotPermitted (NO_ACTOR), NotFound."""
    found = find(actor, number)
    found.told = list(events(number))
    return found


def page(actor, *, filters, assignee=None):
    """Tasks with their history, the newest first.   Raises: NotPermitted (NO_ACTOR)."""
    rows = visible(actor).filter(**filters).order_by("-pk")
    if assignee is not None:
        rows = rows.filter(assignee__username=assignee)
    return rows.prefetch_related(Prefetch("events", history(), to_attr="told"))


def history():
    """Events in their order, with who they name."""
    return TaskEvent.objects.select_related("person", "assignee").order_by("number")


def events(number):
    """What happened to a task, in order."""
    return history().filter(task_id=number)


def assigned(actor):
    """Open tasks of the actor, the oldest first.   Raises: NotPermitted (NO_ACTOR)."""
    rows = visible(actor).filter(assignee=actor.person_id, status=Task.Status.OPEN)
    return rows.annotate(comments=COMMENTED).order_by("pk")


def of_things(*, transactions=(), requests=()):
    """The open tasks about these, as (by transaction, by request): ids to tasks."""
    rows = Task.objects.filter(
        Q(transaction__in=transactions) | Q(request__in=requests), status=Task.Status.OPEN
    )
    rows = list(rows.select_related("assignee").annotate(comments=COMMENTED))
    return (
        {task.transaction_id: task for task in rows if task.transaction_id},
        {task.request_id: task for task in rows if task.request_id},
    )


def of_transaction(number) -> Task | None:
    """The task about a transaction, open or completed."""
    return Task.objects.select_related("assignee").filter(transaction=number).first()


def colleagues(registry_id):
    """Who can be given a task of a registry, by username."""
    roles = RoleAssignment.objects.filter(person=OuterRef("pk"), role__in=COLLEAGUES)
    of_registry = roles.filter(Q(registry=registry_id) | Q(registry__isnull=True))
    return Person.objects.filter(Exists(of_registry), is_active=True).order_by("username")


def takers(task):
    """Who a task can be assigned to now: colleagues but who has it and who asks."""
    rows = colleagues(task.registry_id).exclude(pk__in={_asks(task), task.assignee_id} - {None})
    return list(rows)


def waits(task) -> bool:
    """Whether the task ends by a decision, and not by somebody's saying so."""
    if task.transaction_id is not None:
        return task.transaction.status in WAITING
    return task.request_id is not None and task.request.status == GovernanceRequest.Status.WAITING


def is_decided(task) -> bool:
    """Whether nothing is left to do, because what the task is about was decided."""
    if task.transaction_id is not None:
        return task.transaction.status not in (*WAITING, *ENDED_BY_ITSELF)
    return task.request_id is not None and not waits(task)


def decided():
    """Open tasks whose subject was decided meanwhile, the oldest first."""
    left = (*WAITING, *ENDED_BY_ITSELF)
    by_transaction = Q(transaction__isnull=False) & ~Q(transaction__status__in=left)
    by_request = Q(request__isnull=False) & ~Q(request__status=GovernanceRequest.Status.WAITING)
    rows = Task.objects.filter(by_transaction | by_request, status=Task.Status.OPEN)
    return rows.order_by("pk")


def open_acts(actor, task) -> list[str]:
    """What the actor could do with a task now; the services decide when it is done."""
    roles = actor.roles_in(task.registry_id)
    if task.status != Task.Status.OPEN or not roles & permissions.KEEPERS:
        return []
    if is_decided(task):
        return ["comment"]
    mine = task.assignee_id == actor.person_id
    found = []
    if task.assignee_id is None and _asks(task) != actor.person_id:
        found.append("claim")
    if mine:
        found.append("release")
    if mine and not waits(task):
        found.append("complete")
    if task.assignee_id is None or mine or roles & permissions.DECIDERS:
        found.append("assign")
    return [*found, "comment"]


def _asks(task):
    """Who asks for what others decide, by id; None where nobody does."""
    if task.transaction_id is not None:
        return task.transaction.proposer_id
    return task.request.requested_by_id if task.request_id is not None else None
