"""Who has read what: one row for each reading of ledger or personal data."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .people import ApiKey, Person

# What the route and one parameter of it may be long at most, and a filter's name.
LONGEST_ROUTE, LONGEST_PARAMETER, LONGEST_NAME = 200, 200, 64


class Reading(models.Model):
    """One answer to a person who has read, written before the answer is shown. Append-only.

    It says what was asked and how much was answered, never what: `parameters` are those of the
    address, of the filters there are only the names. `registries` are the ids of those whose data
    was in the answer; of an answer that is streamed, of those whose data could be in it, because
    it is on record before its first byte, and its `count` is unknown then. What is refused shows
    nothing, and names no registry.

    No row that is named here is looked up when a reading is written.
    """

    class Face(models.TextChoices):
        REST = "rest", _("REST interface")
        ADMIN = "admin", _("pages")

    at = models.DateTimeField(_("at"), db_default=Now())
    person = models.ForeignKey(
        Person,
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("person"),
    )
    api_key = models.ForeignKey(
        ApiKey,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("API key"),
    )
    face = models.CharField(_("read by"), max_length=8, choices=Face.choices)
    route = models.CharField(_("route"), max_length=LONGEST_ROUTE)
    parameters = models.JSONField(_("parameters of the address"), default=dict)
    filters = ArrayField(models.CharField(max_length=LONGEST_NAME), verbose_name=_("filters"))
    registries = ArrayField(models.BigIntegerField(), verbose_name=_("registries"))
    count = models.IntegerField(_("objects in the answer"), null=True)
    status = models.SmallIntegerField(_("status of the answer"))

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        indexes = [
            BrinIndex(fields=["at"], autosummarize=True, name="reading_at"),
            models.Index(fields=["person", "-id"], name="reading_person"),
            GinIndex(fields=["registries"], name="reading_registries"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(face="rest", api_key__isnull=False)
                | Q(face="admin", api_key__isnull=True),
                name="reading_is_by_a_key_or_on_pages",
            ),
            models.CheckConstraint(
                condition=Q(count__gte=0) | Q(count__isnull=True),
                name="reading_count_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(status__gte=200, status__lt=300)
                | Q(status=304)
                | Q(
                    status__gte=300,
                    status__lt=500,
                    count__isnull=False,
                    count=0,
                    registries=[],
                ),
                name="reading_that_was_refused_shows_nothing",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"
