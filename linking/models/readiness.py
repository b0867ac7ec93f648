"""Scores of readiness, by assessor, with evidence and date; a later score replaces nothing."""

from django.db import models
from django.db.models import F, Q

from registry.models import Jurisdiction, Person


class ReadinessScore(models.Model):
    """How far two jurisdictions agree in one criterion, 0 to 3, in the eyes of one assessor."""

    one = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    other = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    criterion = models.CharField(max_length=8)
    score = models.IntegerField()
    assessor = models.CharField(max_length=80)
    evidence = models.TextField(blank=True)
    on = models.DateField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="readiness_scores")

    class Meta:
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
