"""Reconciliation: digests of what crosses the border, comparisons, and cases of what differs."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models import Person, Registry, UnitType


class DigestNode(models.Model):
    """A kept sum of linking/digests: of one registry's books, one partner's share of one type.

    At home `keeper` is the registry of the unit type, and the units lie in the partner's account;
    abroad `partner` is that registry, and the units are all of the type that `keeper` holds.
    `units` are counted at the root alone.
    """

    keeper = models.ForeignKey(Registry, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Registry, models.PROTECT, related_name="+")
    unit_type = models.ForeignKey(UnitType, models.PROTECT, related_name="+")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    digest = models.BinaryField(max_length=256)
    ends = models.BigIntegerField()
    units = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["keeper", "partner", "unit_type", "level", "number"],
                name="digest_node_has_its_own_place",
            )
        ]

    def __str__(self):
        return f"{self.level}/{self.number}"


class DigestPass(models.Model):
    """Up to which position the digests are kept. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="digest_pass_is_one_row")]

    def __str__(self):
        return str(self.position)


class ReconciliationRun(models.Model):
    """One comparison of one unit type with one partner, and what it found. Append-only.

    `differences` are [first, last, times]: 1 where home books units with the partner that the
    partner does not hold, -1 where the partner holds what home does not book there.
    """

    class Trigger(models.TextChoices):
        DAILY = "daily", _("daily")
        ASKED = "asked", _("asked for")
        STATEMENT = "statement", _("statement handed in")

    class Result(models.TextChoices):
        AGREED = "agreed", _("agreed")
        DIFFERS = "differs", _("differs")
        FAILED = "failed", _("no answer")

    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, related_name="reconciliations", verbose_name=_("unit type")
    )
    partner = models.ForeignKey(
        Registry, models.PROTECT, related_name="reconciliations", verbose_name=_("partner registry")
    )
    trigger = models.CharField(
        pgettext_lazy("a comparison", "begun by"), max_length=16, choices=Trigger.choices
    )
    result = models.CharField(_("result"), max_length=16, choices=Result.choices)
    position = models.BigIntegerField(_("position at home"), null=True)
    partner_position = models.BigIntegerField(_("position of the partner"), null=True)
    units = models.BigIntegerField(_("expected abroad (units)"), null=True)
    partner_units = models.BigIntegerField(_("held abroad (units)"), null=True)
    on_the_way = models.BigIntegerField(_("on the way (units)"), default=0)
    differences = models.JSONField(_("differences"), default=list)
    evidence = models.JSONField(_("evidence"), default=dict)
    questions = models.IntegerField(_("questions"), default=0)
    size = models.BigIntegerField(_("exchanged (bytes)"), default=0)
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"))

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        indexes = [models.Index(fields=["unit_type", "partner", "id"], name="run_by_pair")]

    def __str__(self):
        return f"#{self.pk}"


class ReconciliationCase(models.Model):
    """What differs and what is done about it, in the books of one registry.

    `ranges` are [first, last]; those that `registry` has in its books are frozen, and no others.
    """

    class Kind(models.TextChoices):
        NOT_ABROAD = "not_abroad", _("booked with the partner, which does not hold them")
        NOT_AT_HOME = "not_at_home", _("held by the partner, and not booked there")
        SILENCE = "silence", _("no answer about a transfer")
        CONTRADICTION = "contradiction", _("statements that contradict each other")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("state of a case", "open")
        PROPOSED = "proposed", _("repair proposed")
        REPAIRED = "repaired", _("repaired")
        DISMISSED = "dismissed", _("closed without a repair")

    class Repair(models.TextChoices):
        TAKE_HOME = "take_home", _("take the units home into suspense")
        GIVE_UP = "give_up", _("strike the units from the books abroad")
        NONE = "none", _("close the case without a posting")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="cases", verbose_name=_("registry")
    )
    partner = models.ForeignKey(
        Registry, models.PROTECT, related_name="+", verbose_name=_("partner registry")
    )
    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, related_name="+", verbose_name=_("unit type")
    )
    run = models.ForeignKey(
        ReconciliationRun, models.PROTECT, null=True, related_name="cases", verbose_name=_("found")
    )
    ranges = models.JSONField(_("serials"))
    units = models.BigIntegerField(_("quantity (units)"))
    about = models.CharField(_("transfer"), max_length=64, blank=True)
    evidence = models.JSONField(_("evidence"), default=dict)
    freezes = models.JSONField(_("freezes"), default=list)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.OPEN)
    repair = models.CharField(_("repair"), max_length=16, choices=Repair.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    releases = models.JSONField(_("releases"), default=list)
    postings = models.JSONField(_("transactions of the repair"), default=list)
    opened_at = models.DateTimeField(_("opened at"))
    proposed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by")
    )
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("case of reconciliation")
        verbose_name_plural = _("cases of reconciliation")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="reconciliation_case_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["repaired", "dismissed"])
                | Q(proposed_by__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="reconciliation_case_ends_by_two_persons",
            ),
        ]
        indexes = [
            models.Index(
                fields=["registry"],
                condition=Q(state__in=["open", "proposed"]),
                name="case_under_way",
            )
        ]

    def __str__(self):
        return f"#{self.pk}"
