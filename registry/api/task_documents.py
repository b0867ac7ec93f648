"""Tasks: what is sent to work on them, and what answers say of them."""

from rest_framework import serializers

from registry.models import Task, TaskEvent

from . import fields
from .documents import Number, Word


class TaskOpening(serializers.Serializer):
    """What the task is about: a transaction, a request, or a registry with a subject."""

    transaction = fields.Number(required=False)
    request = fields.Number(required=False)
    registry = fields.Code(required=False)
    subject = fields.Text(max_length=200, required=False)


class TaskStep(serializers.Serializer):
    """A step of a task. A version that somebody has gone beyond is refused."""

    version = fields.Number(help_text="The version that was seen.")
    text = fields.Text(required=False)


class TaskComment(serializers.Serializer):
    """What others should know of the task."""

    version = fields.Number(help_text="The version that was seen.")
    text = fields.Text()


class TaskAssignment(TaskStep):
    """A step that gives the task to a colleague."""

    assignee = fields.Text(max_length=150, help_text="A username.")


class TaskEventDocument(serializers.Serializer):
    """One step of a task, and who had it from then on."""

    number = serializers.IntegerField()
    kind = Word(TaskEvent.Kind.values)
    person = serializers.CharField(source="person.username")
    assignee = serializers.CharField(source="assignee.username", default=None, allow_null=True)
    text = serializers.CharField()
    at = serializers.DateTimeField()


class TaskDocument(serializers.Serializer):
    """Who works on something that waits. It gives nobody the right to decide."""

    id = Number(source="pk")
    registry = serializers.CharField(source="registry.code")
    transaction = Number(source="transaction_id", allow_null=True)
    request = Number(source="request_id", allow_null=True)
    subject = serializers.CharField()
    assignee = serializers.CharField(source="assignee.username", default=None, allow_null=True)
    status = Word(Task.Status.values)
    version = serializers.IntegerField(help_text="The number of the last event.")
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    events = TaskEventDocument(many=True, source="told")
