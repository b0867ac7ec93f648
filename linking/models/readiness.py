"""Scores of readiness, by assessor, with evidence and date; a later score replaces nothing."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import Jurisdiction, Person


class ReadinessScore(models.Model):
    """How far two jurisdictions agree in one criterion, 0 to 3, in the eyes of one assessor."""

    one = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("one jurisdiction")
    )
    other = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("other jurisdiction")
    )
    criterion = models.CharField(_("criterion"), max_length=8)
    score = models.IntegerField(_("score"))
    assessor = models.CharField(_("assessor"), max_length=80)
    evidence = models.TextField(_("evidence"), blank=True)
    on = models.DateField(_("day"))
    recorded_by = models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="readiness_scores",
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("score of readiness")
        verbose_name_plural = _("scores of readiness")
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other", "criterion", "assessor", "on"],
                name="readiness_is_scored_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=3), name="readiness_score_is_in_range"
            ),
            models.CheckConstraint(condition=~Q(one=F("other")), name="readiness_is_of_a_pair"),
        ]

    def __str__(self):
        return f"{self.criterion} {self.score}"
