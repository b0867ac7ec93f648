"""Tasks: who works on what. Every button is a form with the version that the person has seen."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from registry.errors import DomainError, NotFound
from registry.models import GovernanceRequest, Task, TaskEvent
from registry.selectors import tasks
from registry.services.tasks.assign import assign
from registry.services.tasks.claim import claim
from registry.services.tasks.comment import comment
from registry.services.tasks.complete import complete
from registry.services.tasks.open import Subject, open_task
from registry.services.tasks.release import release

from . import kept_forms, shown
from .actors import actor_of
from .base import ByCode, Ledger
from .deciding import complain

# What a person does with a task: the service, the button, what is said when it is done.
ACTS = {
    "claim": (claim, _("Claim"), _("You have the task now.")),
    "release": (release, _("Give back"), _("Nobody has the task now.")),
    "assign": (assign, _("Assign"), _("The task is assigned.")),
    "complete": (complete, _("Mark as done"), _("The task is completed.")),
    "comment": (comment, _("Comment"), _("The comment is added.")),
}
SUBJECTS = {"transaction": "transaction_id", "request": "request_id"}


class TaskForm(forms.Form):
    """What a person says of a task, and which version of it they have seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    assignee = forms.CharField(required=False, max_length=150)
    text = forms.CharField(
        label=_("comment"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class Mine(SimpleListFilter):
    """The tasks of who reads the list."""

    title = _("assignee")
    parameter_name = "mine"

    def lookups(self, request, model_admin):
        return [("yes", _("me")), ("nobody", _("nobody"))]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.filter(assignee=request.user)
        return queryset.filter(assignee=None) if self.value() == "nobody" else queryset


@admin.register(Task)
class TaskAdmin(Ledger):
    list_display = (
        "number",
        "about",
        shown.code_of("registry", _("registry")),
        "assignee",
        "state",
        "opened_at",
        "closed_at",
    )
    list_filter = ("status", Mine, ("registry", ByCode))
    list_select_related = ("registry", "assignee", "transaction__type", "request")
    search_fields = ("subject", "assignee__username", "assignee__display_name")
    change_form_template = "registry/admin/task.html"

    def get_urls(self):
        begin = path(
            "about/<str:kind>/<int:about>/",
            self.admin_site.admin_view(self.begin),
            name="registry_task_begin",
        )
        act = path(
            "<int:number>/act/<str:act>/",
            self.admin_site.admin_view(self.act),
            name="registry_task_act",
        )
        return [begin, act, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        if self.has_view_permission(request) and object_id.isdecimal():
            context |= _told(request, int(object_id))
        return super().change_view(request, object_id, form_url, context)

    def begin(self, request, kind, about):
        """Begins the task about something, for the reader; back to where the button was."""
        if kind not in SUBJECTS:
            raise Http404
        if request.method == "POST":
            subject = Subject(**{SUBJECTS[kind]: about})
            with _Saying(request) as saying:
                by = {"actor": actor_of(request), "at": timezone.now()}
                begun = open_task(about=subject, **by)
                if begun.assignee_id != request.user.pk:
                    claim(task_id=begun.pk, version=begun.version, **by)
                saying.done(ACTS["claim"][2])
        return redirect(_next(request) or "admin:index")

    def act(self, request, number, act):
        """Does one step; a GET comes from signing in again, and leads to the page with the form."""
        if act not in ACTS:
            raise Http404
        page = reverse("admin:registry_task_change", args=[number])
        if request.method == "POST":
            self._act(request, number, act, page)
        else:
            kept_forms.move(request, page)
        return redirect(page)

    def _act(self, request, number, act, page):
        service, _button, done = ACTS[act]
        form = TaskForm(request.POST)
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(errors))
            return
        said = dict(form.cleaned_data)
        if act != "assign":
            del said["assignee"]
        with _Saying(request) as saying:
            service(actor=actor_of(request), task_id=number, at=timezone.now(), **said)
            saying.done(done)
        if saying.failed and said["text"]:
            kept_forms.keep(request)
            kept_forms.move(request, page)

    @admin.display(description=_("task"), ordering="pk")
    def number(self, row):
        return f"#{row.pk}"

    @admin.display(description=_("about"))
    def about(self, row):
        return about(row)

    @admin.display(description=_("status"), ordering="status")
    def state(self, row):
        return shown.badge(row.status, row.get_status_display())


@admin.register(TaskEvent)
class TaskEventAdmin(Ledger):
    scope = "task__registry"
    list_display = ("at", "of_task", "kind", "person", "assignee", "text")
    list_filter = ("kind", ("task__registry", ByCode))
    list_select_related = ("person", "assignee")

    @admin.display(description=_("task"))
    def of_task(self, row):
        return f"#{row.task_id}"


def about(task):
    """What a task is about, as a link where there is a page of it."""
    if task.transaction_id:
        name = f"#{task.transaction_id} {task.transaction.type.name}"
        return shown.link(task.transaction, name)
    if task.request_id:
        kind = GovernanceRequest.Kind(task.request.kind).label
        return shown.link(task.request, f"#{task.request_id} {kind}")
    return task.subject


def _told(request, number):
    """The task with its history, and what the reader may do with it."""
    actor = actor_of(request)
    try:
        task = tasks.find(actor, number)
    except NotFound:
        return {}
    acts = tasks.open_acts(actor, task)
    return {
        "task": task,
        "about": about(task),
        "history": tasks.events(number),
        "zone": task.registry.jurisdiction.time_zone,
        "acts": [(act, ACTS[act][1]) for act in acts if act not in ("assign", "comment")],
        "comments": "comment" in acts,
        "colleagues": tasks.takers(task) if "assign" in acts else [],
        "typed": kept_forms.kept(request).get("text", [""])[0],
        "waits": tasks.waits(task),
    }


class _Saying:
    """Tells the person what became of what they did: done, or why not."""

    def __init__(self, request):
        self.request, self.failed = request, False

    def __enter__(self):
        return self

    def done(self, text):
        messages.success(self.request, text)

    def __exit__(self, kind, error, trace):
        if not isinstance(error, DomainError):
            return False
        self.failed = True
        complain(self.request, error)
        return True


def _next(request):
    """Where the form was, if that is a page of this node."""
    wanted = request.POST.get("next", "")
    hosts = {request.get_host()}
    return wanted if url_has_allowed_host_and_scheme(wanted, hosts, request.is_secure()) else ""
