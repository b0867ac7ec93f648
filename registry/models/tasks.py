"""Who works on what waits in the queue, and what they have said of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .governance import GovernanceRequest
from .jurisdictions import Registry
from .people import ApiKey, Person
from .transactions import Transaction


class Task(models.Model):
    """Work on one thing that waits: a transaction, a request, or a `subject` that others know.

    It says who does the work and nothing of who may decide. `version` is the number of its last
    event: whoever changes the task says which one they have seen.
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("status of a task", "open")
        COMPLETED = "completed", _("completed")

    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="tasks", verbose_name=_("registry")
    )
    transaction = models.ForeignKey(
        Transaction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("transaction"),
    )
    request = models.ForeignKey(
        GovernanceRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("request"),
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    assignee = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("assignee"),
    )
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.OPEN
    )
    version = models.PositiveIntegerField(_("version"), default=0)
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(
                fields=["assignee", "registry"], condition=Q(status="open"), name="task_open"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(transaction__isnull=False, request__isnull=True, subject="")
                | Q(transaction__isnull=True, request__isnull=False, subject="")
                | Q(transaction__isnull=True, request__isnull=True) & ~Q(subject=""),
                name="task_is_about_one_thing",
            ),
            models.UniqueConstraint(
                fields=["registry", "transaction", "request", "subject"],
                nulls_distinct=False,
                name="task_is_one_of_a_thing",
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True)
                | Q(status="completed", closed_at__isnull=False),
                name="task_has_a_known_status_and_its_time",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class TaskEvent(models.Model):
    """One step of a task, and who had it from then on. Append-only."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("task opened")
        CLAIMED = "claimed", _("task claimed")
        RELEASED = "released", _("task released")
        ASSIGNED = "assigned", _("task assigned")
        COMMENTED = "commented", _("comment")
        COMPLETED = "completed", _("task completed")

    task = models.ForeignKey(Task, models.PROTECT, related_name="events", verbose_name=_("task"))
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("person"))
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("API key")
    )
    assignee = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assignee"),
    )
    text = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("event of a task")
        verbose_name_plural = _("events of tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["task", "number"], name="task_event_is_one_of_its_number"
            ),
            models.CheckConstraint(
                condition=~Q(kind="commented", text=""), name="task_comment_says_something"
            ),
        ]

    def __str__(self):
        return self.get_kind_display()
