"""Panels of the work queue that the registry fills itself (see the PANELS port)."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import permissions
from registry.models import GovernanceRequest, Reconciliation, Transaction, TypeProposal
from registry.selectors import batches, governance, reference_changes, tasks, type_versions
from registry.selectors.scope import in_scope

SHOWN = 10
FAILED_DAYS = 7
# What ends within a day is looked at today.
SOON = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """One thing in a panel: what it is, what there is to know of it, where it is decided.

    `until` is what is left of its time, `late` whether that is little or nothing. `assignee` has
    the task of it; where nobody has, `claim` is the address by which the reader takes it.
    """

    name: str
    about: str = ""
    url: str = ""
    until: str = ""
    late: bool = False
    assignee: str = ""
    claim: str = ""


@dataclass(frozen=True)
class Panel:
    """A part of the work queue. `late` asks for attention; `empty` is said where nothing is.

    `is_state` tells how things are and leaves nothing to do, unless it is late.
    """

    title: str
    entries: list = field(default_factory=list)
    empty: str = ""
    more_url: str = ""
    late: bool = False
    is_state: bool = False

    @property
    def asks(self):
        """Whether there is something to do."""
        return bool(self.entries) and (self.late or not self.is_state)


def own_tasks(actor) -> Panel:
    """What the actor has claimed or was given, the oldest first."""
    rows = list(tasks.assigned(actor)[: SHOWN + 1])
    return Panel(
        title=gettext_lazy("My tasks"),
        entries=[_task(found) for found in rows[:SHOWN]],
        empty=gettext_lazy("You have claimed nothing."),
        more_url=_list_of("task", "mine=yes") if len(rows) > SHOWN else "",
    )


def waiting_approvals(actor) -> Panel:
    """Transactions that wait for approval, those that end first before others: those that the
    actor may decide, and after them those of which they have said what they could."""
    rows = _transactions(actor, [Transaction.Status.AWAITING_APPROVAL]).filter(batch_item=None)
    rows = rows.order_by(F("expires_at").asc(nulls_last=True), "pk")
    theirs = rows.exclude(proposer=actor.person_id).exclude(approvals__person=actor.person_id)
    said = rows.filter(pk__in=_said_of(actor))
    own = rows.filter(proposer=actor.person_id)
    waiting = [*theirs[: SHOWN + 1], *said[: SHOWN + 1], *own[: SHOWN + 1]]
    return Panel(
        title=gettext_lazy("Waiting for approval"),
        entries=_proposed(waiting[:SHOWN], actor, "expires_at"),
        empty=gettext_lazy("Nothing waits."),
        more_url=_list_of("transaction", "status__exact=0") if len(waiting) > SHOWN else "",
    )


def delayed(actor) -> Panel:
    """Approved transactions that wait for the end of their delay, what is due first before all."""
    rows = _transactions(actor, [Transaction.Status.DELAYED]).order_by("due_at", "pk")
    rows = list(rows[: SHOWN + 1])
    return Panel(
        title=gettext_lazy("Due and delayed"),
        entries=_proposed(rows[:SHOWN], actor, "due_at"),
        empty=gettext_lazy("No transaction waits for the end of a delay."),
        more_url=_list_of("transaction", "status__exact=30") if len(rows) > SHOWN else "",
    )


def failed(actor) -> Panel:
    """What ended in the last days without doing what was proposed, the latest first."""
    since = timezone.now() - timedelta(days=FAILED_DAYS)
    rows = _transactions(actor, tasks.ENDED_BY_ITSELF).filter(proposed_at__gte=since)
    rows = list(rows.order_by("-pk")[: SHOWN + 1])
    return Panel(
        title=gettext_lazy("Failed checks"),
        entries=_proposed(rows[:SHOWN], actor),
        empty=gettext_lazy("Nothing has failed in the last seven days."),
        more_url=_list_of("transaction", "status__exact=-1") if len(rows) > SHOWN else "",
        late=bool(rows),
    )


def requests(actor) -> Panel:
    """Requests that wait for a decision of somebody who has the actor's roles, the oldest first."""
    rows = list(governance.to_decide(actor)[: SHOWN + 1])
    shown = rows[:SHOWN]
    _by_transaction, begun = tasks.of_things(requests=[found.pk for found in shown])
    return Panel(
        title=gettext_lazy("Requests"),
        entries=[_asked(found, actor, begun.get(found.pk)) for found in shown],
        empty=gettext_lazy("Nobody asks for an account or a representative."),
        more_url=_list_of("governancerequest", "status__exact=waiting")
        if len(rows) > SHOWN
        else "",
    )


def waiting_batches(actor) -> Panel:
    """Batches that wait for the actor's decision, the oldest first."""
    rows = list(batches.waiting_for(actor)[: SHOWN + 1])
    return Panel(
        title=gettext_lazy("Batches"),
        entries=[
            _change_of(found, f"#{found.pk} {found.get_mode_display()}", found.at)
            for found in rows[:SHOWN]
        ],
        empty=gettext_lazy("No batch waits for your decision."),
        more_url=reverse("admin:registry_batch_changelist") if len(rows) > SHOWN else "",
    )


def waiting_changes(actor) -> Panel:
    """Changes of reference data, and versions of transaction types, that wait for the actor's
    decision, the oldest first."""
    changes = list(reference_changes.waiting_for(actor)[: SHOWN + 1])
    versions = list(type_versions.waiting_for(actor)[: SHOWN + 1])
    names = type_versions.names(found.code for found in versions)
    waiting = [
        *((found, f"{found.get_table_display()} {found.identity}") for found in changes),
        *((found, f"{_('transaction type')} {names[found.code]}") for found in versions),
    ]
    waiting.sort(key=lambda pair: pair[0].proposed_at)
    longer = ("referencechange", "waiting")
    if len(versions) > len(changes):
        longer = ("typeproposal", TypeProposal.Status.AWAITING_APPROVAL.value)
    return Panel(
        title=gettext_lazy("Changes of rules and reference data"),
        entries=[
            _change_of(found, f"#{found.pk} {name}", found.proposed_at)
            for found, name in waiting[:SHOWN]
        ],
        empty=gettext_lazy("No change waits for your decision."),
        more_url=_list_of(longer[0], f"status__exact={longer[1]}") if len(waiting) > SHOWN else "",
    )


def unreconciled(actor) -> Panel:
    """Units that stand still until a difference from another registry's books is cleared up."""
    rows = Reconciliation.objects.filter(ended_at=None).select_related("registry", "unit_type")
    found = list(in_scope(rows, actor).order_by("pk")[: SHOWN + 1])
    return Panel(
        title=gettext_lazy("Unreconciled"),
        entries=[
            Entry(
                " ".join(filter(None, (f"#{row.pk}", str(row.registry), str(row.unit_type or "")))),
                _("%(reason)s · for %(time)s")
                % {"reason": row.reason or "–", "time": timesince(row.began_at)},
                reverse("admin:registry_reconciliation_change", args=[row.pk]),
            )
            for row in found[:SHOWN]
        ],
        empty=gettext_lazy("No difference from another registry is open."),
        more_url=_list_of("reconciliation", "") if len(found) > SHOWN else "",
    )


def obligations(actor) -> Panel:
    """What entities still owe."""
    return Panel(
        title=gettext_lazy("Open obligations"),
        empty=gettext_lazy("No obligation is recorded on this node."),
    )


def _change_of(found, name, at):
    """What waits and was proposed by somebody: a link to the page on which it is decided."""
    said = _("by %(person)s · %(time)s ago") % {"person": found.proposer, "time": timesince(at)}
    page = f"admin:registry_{found._meta.model_name}_change"
    return Entry(name, said, reverse(page, args=[found.pk]))


def _transactions(actor, statuses):
    rows = Transaction.objects.select_related("type", "registry", "proposer")
    return in_scope(rows.filter(status__in=statuses), actor)


def _said_of(actor):
    """Ids of transactions that wait although the actor has decided on them."""
    waiting = Transaction.objects.filter(status=Transaction.Status.AWAITING_APPROVAL)
    return waiting.filter(approvals__person=actor.person_id).values("pk")


def _proposed(rows, actor, moment=None):
    begun, _by_request = tasks.of_things(transactions=[found.pk for found in rows])
    return [_entry_of(found, actor, begun.get(found.pk), moment) for found in rows]


def _entry_of(found, actor, task, moment):
    is_own = found.proposer_id == actor.person_id
    until, late = _until(getattr(found, moment), moment) if moment else ("", False)
    return Entry(
        f"#{found.pk} {found.type.name}",
        _("%(registry)s · by %(person)s · %(time)s ago")
        % {
            "registry": found.registry.code,
            "person": _("you") if is_own else found.proposer,
            "time": timesince(found.proposed_at),
        },
        reverse("admin:registry_transaction_change", args=[found.pk]),
        until=until,
        late=late,
        assignee=_assignee(task),
        claim="" if is_own else _claim(actor, found, task, "transaction"),
    )


def _asked(found, actor, task):
    return Entry(
        f"#{found.pk} {found.get_kind_display()}",
        _("%(registry)s · by %(person)s · %(time)s ago")
        % {
            "registry": found.registry.code if found.registry else "–",
            "person": found.requested_by,
            "time": timesince(found.requested_at),
        },
        reverse("admin:registry_governancerequest_change", args=[found.pk]),
        assignee=_assignee(task),
        claim=_claim(actor, found, task, "request"),
    )


def _task(found):
    """A task by what it is about, with a link to where that is decided."""
    until, late = "", False
    url = reverse("admin:registry_task_change", args=[found.pk])
    if found.transaction_id:
        name = f"#{found.transaction_id} {found.transaction.type.name}"
        delayed = found.transaction.status == Transaction.Status.DELAYED
        moment = "due_at" if delayed else "expires_at"
        until, late = _until(getattr(found.transaction, moment), moment)
    elif found.request_id:
        name = f"#{found.request_id} {GovernanceRequest.Kind(found.request.kind).label}"
    else:
        name = found.subject
    said = _("%(registry)s · for %(time)s · comments: %(comments)s") % {
        "registry": found.registry.code,
        "time": timesince(found.opened_at),
        "comments": found.comments,
    }
    return Entry(name, said, url, until=until, late=late)


def _until(at, moment):
    """(what is left until a moment, whether that is little)."""
    if at is None:
        return "", False
    now = timezone.now()
    if at <= now:
        return (_("is due") if moment == "due_at" else _("time is over")), True
    left = {"time": timeuntil(at, now)}
    text = _("due in %(time)s") if moment == "due_at" else _("%(time)s left")
    return text % left, moment != "due_at" and at - now < SOON


def _assignee(task):
    return str(task.assignee) if task is not None and task.assignee_id else ""


def _claim(actor, found, task, kind):
    """The address by which the actor takes the task; none where somebody has it, or it is not for
    the actor. What concerns the node and no registry has no task."""
    keeps = found.registry_id and actor.roles_in(found.registry_id) & permissions.KEEPERS
    if not keeps or _assignee(task):
        return ""
    return reverse("admin:registry_task_begin", args=[kind, found.pk])


def _list_of(model, query):
    return reverse(f"admin:registry_{model}_changelist") + f"?{query}"
