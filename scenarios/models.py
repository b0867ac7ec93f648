"""What was loaded into this node, so that loading again changes nothing that it should not."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LoadedRow(models.Model):
    """What a reference file said of a row when it was last loaded.

    A row of the database that says something else today was edited by a person, and is kept.
    """

    table = models.CharField(_("table"), max_length=40)
    key = models.CharField(pgettext_lazy("table", "key"), max_length=300)
    digest = models.CharField(_("SHA-256 of the values"), max_length=64)

    class Meta:
        verbose_name = _("loaded row")
        verbose_name_plural = _("loaded rows")
        constraints = [
            models.UniqueConstraint(fields=["table", "key"], name="loaded_row_is_known_once")
        ]

    def __str__(self):
        return f"{self.table} {self.key}"


class LoadedScenario(models.Model):
    """A scenario in this node's ledger, or on its way there while it is not completed."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    version = models.PositiveIntegerField(_("version"))
    digest = models.CharField(_("SHA-256 of the files"), max_length=64)
    started_at = models.DateTimeField(_("started at"))
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    step_count = models.PositiveIntegerField(_("steps"))
    line_count = models.PositiveIntegerField(_("lines"))

    class Meta:
        verbose_name = _("loaded scenario")
        verbose_name_plural = _("loaded scenarios")
        constraints = [
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True) | Q(completed_at__gte=F("started_at")),
                name="loaded_scenario_is_completed_after_its_start",
            )
        ]

    def __str__(self):
        return self.name
