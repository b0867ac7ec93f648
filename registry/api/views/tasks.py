"""Tasks: who works on what waits in the queue."""

from django.utils import timezone
from rest_framework.response import Response

from registry.api import queries
from registry.api import schema as described
from registry.api import task_documents as documents
from registry.api.asked import named
from registry.api.reading import number_of, read_form
from registry.selectors import reference, tasks
from registry.services.tasks.assign import assign
from registry.services.tasks.claim import claim
from registry.services.tasks.comment import comment
from registry.services.tasks.complete import complete
from registry.services.tasks.open import Subject, open_task
from registry.services.tasks.release import release

from .base import Collection, Resource, Thing, newest_first


def answer(actor, number, status=201):
    """The task as it is now, with its history."""
    document = documents.TaskDocument(tasks.detail(actor, number))
    headers = {"Location": f"/api/v1/tasks/{number}"}
    return Response(document.data, status=status, headers=headers)


@described.extend_schema_view(
    get=described.operation(
        "listTasks",
        "Tasks, the newest first",
        answers={200: described.page_of(documents.TaskDocument)},
        query=queries.Tasks,
    ),
    post=described.operation(
        "openTask",
        "Begin the task about something, or get the one that there is",
        answers={201: documents.TaskDocument},
        description="Nobody has the task by that; claim or assign it.",
        body=documents.TaskOpening,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.LOCATION],
    ),
)
class Tasks(Collection):
    document = documents.TaskDocument
    scope = "manage"
    listed_by = queries.Tasks

    def rows(self, actor, *, after, limit):
        given = {"status": self.asked["status"]} if "status" in self.asked else {}
        if "registry" in self.asked:
            given["registry"] = reference.registry(self.asked["registry"])
        rows = tasks.page(actor, filters=given, assignee=self.asked.get("assignee"))
        return newest_first(rows, after=after, limit=limit)

    def post(self, request):
        form = read_form(documents.TaskOpening, request)
        registry = None
        if "registry" in form:
            registry = named(reference.registry, form["registry"], "/registry")
        about = Subject(
            form.get("transaction"),
            form.get("request"),
            registry and registry.pk,
            form.get("subject", ""),
        )
        begun = open_task(actor=request.actor, about=about, at=timezone.now())
        return answer(request.actor, begun.pk)


@described.reads("getTask", "One task, with its history", documents.TaskDocument)
class TaskThing(Thing):
    document = documents.TaskDocument

    def find(self, actor, number):
        return tasks.detail(actor, number_of(number))


class Step(Resource):
    """One step of a task, by a service."""

    scope = "manage"
    form = documents.TaskStep
    service = None

    def post(self, request, number):
        said = read_form(self.form, request)
        self.service(actor=request.actor, task_id=number_of(number), at=timezone.now(), **said)
        return answer(request.actor, number_of(number))


def step(name, summary, body=documents.TaskStep):
    """Documents the POST of a step."""
    return described.extend_schema_view(
        post=described.operation(
            name,
            summary,
            answers={201: documents.TaskDocument},
            body=body,
            problems=described.WRITTEN,
            parameters=[described.KEY_PARAMETER, described.LOCATION],
        )
    )


@step("claimTask", "Take a task that nobody has")
class Claim(Step):
    service = staticmethod(claim)


@step("releaseTask", "Give a task back, for anybody to take")
class Release(Step):
    service = staticmethod(release)


@step("assignTask", "Give a task to a colleague", documents.TaskAssignment)
class Assignment(Step):
    form = documents.TaskAssignment
    service = staticmethod(assign)


@step("commentTask", "Say something of a task", documents.TaskComment)
class Comment(Step):
    form = documents.TaskComment
    service = staticmethod(comment)


@step("completeTask", "Say that what nobody decides is done")
class Completion(Step):
    service = staticmethod(complete)
