"""Facts that systems rest on, each with its source and how far it can be trusted."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .accounts import AccountHolder
from .jurisdictions import Jurisdiction
from .sources import Sourced


class Source(models.Model):
    """Where a fact was read, and how."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    where = models.CharField(_("where"), max_length=500)
    what = models.TextField(_("what"))
    years = models.CharField(_("years"), max_length=40, blank=True)
    how_read = models.CharField(_("how it was read"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(where="") & ~models.Q(what=""),
                name="source_says_where_and_what",
            ),
        ]

    def __str__(self):
        return self.code


class Fact(Sourced):
    """One stated value about a jurisdiction's system; uncertain ones are rows like all others.

    `value_type` says how the value is read; a fact that nobody knows has the type unknown. The
    period is that of the scheme's calendar, as it is named there.
    """

    class ValueType(models.TextChoices):
        INTEGER = "integer", _("whole number")
        DECIMAL = "decimal", _("decimal number")
        RATIONAL = "rational", _("number or fraction")
        DATE = "date", _("date")
        DATE_RANGE = "date_range", _("first and last day")
        MONTH_DAY = "month_day", _("day of each year")
        BOOLEAN = "boolean", _("yes or no")
        UNIT_TYPES = "unit_types", _("list of unit types")
        FORMULA = "formula", _("formula")
        TEXT = "text", pgettext_lazy("type of a value", "text")
        UNKNOWN = "unknown", pgettext_lazy("value", "unknown")

    jurisdiction = models.ForeignKey(
        Jurisdiction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="facts",
        verbose_name=_("jurisdiction"),
    )
    topic = models.CharField(_("topic"), max_length=40)
    param = models.CharField(_("parameter"), max_length=80)
    subject = models.CharField(_("subject"), max_length=80, blank=True)
    value = models.TextField(_("value"), blank=True)
    value_type = models.CharField(
        _("type of the value"), max_length=16, blank=True, choices=ValueType.choices
    )
    unit = models.CharField(pgettext_lazy("measure", "unit"), max_length=200, blank=True)
    valid_from = models.CharField(_("valid from"), max_length=40, blank=True)
    valid_to = models.CharField(_("valid to"), max_length=40, blank=True)
    period = models.CharField(_("period"), max_length=40, blank=True)
    condition = models.TextField(_("condition or formula"), blank=True)
    source_note = models.CharField(_("note on sources"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "topic", "param", "subject", "valid_from"],
                nulls_distinct=False,
                name="fact_is_stated_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    value_type__in=[
                        *("", "integer", "decimal", "rational", "date", "date_range", "month_day"),
                        *("boolean", "unit_types", "formula", "text", "unknown"),
                    ]
                ),
                name="fact_value_type_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.topic}.{self.param}"


class Basis(models.Model):
    """Tonnes that a limit or an obligation is measured by, uploaded for a period and an entity;
    or, as a cap is, for a jurisdiction."""

    entity = models.ForeignKey(
        AccountHolder, models.PROTECT, null=True, blank=True, verbose_name=_("entity")
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bases",
        verbose_name=_("jurisdiction"),
    )
    kind = models.CharField(_("kind"), max_length=32)
    period = models.CharField(_("period"), max_length=32)
    tonnes = models.BigIntegerField(_("tonnes"))

    class Meta:
        verbose_name = _("basis")
        verbose_name_plural = _("bases")
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "kind", "period"], name="basis_is_stated_once"
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "kind", "period"],
                name="basis_of_a_jurisdiction_is_stated_once",
            ),
            models.CheckConstraint(
                condition=models.Q(entity=None, jurisdiction__isnull=False)
                | models.Q(entity__isnull=False, jurisdiction=None),
                name="basis_is_of_an_entity_or_a_jurisdiction",
            ),
            models.CheckConstraint(condition=models.Q(tonnes__gte=0), name="basis_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.kind} {self.period}"
