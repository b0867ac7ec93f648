"""Edges of agreement versions, and what happens to them: opening, suspension, phases."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Jurisdiction, Person

from .agreements import Agreement, AgreementParty, AgreementVersion


class LinkEdge(models.Model):
    """A directed edge as a version of an agreement states it; `document` is its part of it."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="edges")
    edge_id = models.CharField(_("edge"), max_length=40)
    source = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="edges_out", verbose_name=_("source")
    )
    acceptor = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="edges_in", verbose_name=_("acceptor")
    )
    document = models.JSONField()

    class Meta:
        verbose_name = _("edge")
        verbose_name_plural = _("edges")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "edge_id"], name="edge_is_one_in_its_version"
            ),
            models.CheckConstraint(
                condition=~Q(source=models.F("acceptor")), name="edge_joins_two_jurisdictions"
            ),
        ]

    def __str__(self):
        return self.edge_id


class EdgeChange(models.Model):
    """From `at` on the edge is in `state`. Nothing of it is changed: the next change follows.

    `cause` is what made it so: `in_force`, `manual`, a trigger, or `reciprocity`, where the edge
    follows its partner at the same instant.
    """

    class State(models.TextChoices):
        PILOT = "pilot", _("pilot")
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        TERMINATED = "terminated", _("ended")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="changes")
    edge_id = models.CharField(max_length=40)
    at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices)
    cause = models.CharField(max_length=40)
    grace_until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(AgreementParty, models.PROTECT, related_name="changes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="edge_changes")
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "edge_id", "at"], name="edge_changes_once_at_an_instant"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pilot", "active", "suspended", "terminated"]),
                name="edge_state_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.edge_id} {self.state}"


class PhaseStart(models.Model):
    """A phase of an edge has begun, with the readiness that opened its gate."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="phase_starts")
    edge_id = models.CharField(max_length=40)
    n = models.IntegerField()
    at = models.DateTimeField()
    # Exact, as text.
    index = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "edge_id", "n"], name="phase_begins_once")
        ]

    def __str__(self):
        return f"{self.edge_id} {self.n}"
