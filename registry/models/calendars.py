"""What a jurisdiction says of its calendar, where it differs from the published one."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .jurisdictions import Jurisdiction
from .sources import Sourced


class CalendarDay(Sourced):
    """A day that is a working day, or none, whatever the published calendar says."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="days", verbose_name=_("jurisdiction")
    )
    day = models.DateField(_("day"))
    is_working = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "day"], name="calendar_day_is_said_once"
            )
        ]

    def __str__(self):
        return str(self.day)


class CalendarYear(Sourced):
    """Whether the authority has published the holidays of a year."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="years", verbose_name=_("jurisdiction")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    is_published = models.BooleanField(_("published"))

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "year"], name="calendar_year_is_said_once"
            )
        ]

    def __str__(self):
        return str(self.year)


class OfficeHours(Sourced):
    """When the offices of a jurisdiction open and close, in its time zone."""

    jurisdiction = models.OneToOneField(
        Jurisdiction, models.PROTECT, related_name="office_hours", verbose_name=_("jurisdiction")
    )
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="office_closes_after_it_opens"
            )
        ]

    def __str__(self):
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"
