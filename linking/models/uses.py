"""Units of a registry of this node that were used abroad, and how far other homes were told."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import Registry, UnitType

from .peers import InboxMessage


class UsedAbroad(models.Model):
    """A run of serials that was surrendered, retired or cancelled in another registry.

    Where another node keeps that registry, `message` says so, and `posting` is the number there;
    where this node keeps it, the posting is its own. While `undone_at` is empty the serials do not
    come home, and are used nowhere else: the exclusion is in the migration's SQL. `entity` is the
    code of who used them, where the registry tells it.
    """

    class Kind(models.TextChoices):
        SURRENDER = "surrender", _("surrender")
        RETIREMENT = "retirement", _("retirement")
        CANCELLATION = "cancellation", _("cancellation")

    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, related_name="+", verbose_name=_("unit type")
    )
    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="+", verbose_name=_("used in registry")
    )
    first = models.BigIntegerField(_("first serial"))
    last = models.BigIntegerField(_("last serial"))
    use = models.CharField(_("use"), max_length=16, choices=Kind.choices)
    period = models.CharField(_("period"), max_length=200, blank=True)
    entity = models.CharField(_("entity"), max_length=200, blank=True)
    posting = models.CharField(_("posting"), max_length=20)
    used_at = models.DateTimeField(_("used at"))
    message = models.ForeignKey(
        InboxMessage, models.PROTECT, null=True, related_name="uses", verbose_name=_("message")
    )
    kept_at = models.DateTimeField(_("kept at"))
    undone_by = models.CharField(_("undone by posting"), max_length=20, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        verbose_name = _("units used abroad")
        verbose_name_plural = _("units used abroad")
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first")),
                name="use_abroad_is_of_serials",
            ),
            models.CheckConstraint(
                condition=Q(undone_by="", undone_at=None)
                | ~Q(undone_by="") & Q(undone_at__isnull=False),
                name="use_abroad_is_undone_by_a_posting",
            ),
        ]
        indexes = [
            models.Index(fields=["registry", "unit_type", "posting"], name="use_abroad_by_posting")
        ]

    def __str__(self):
        return f"{self.first}–{self.last}"

    @property
    def quantity(self):
        return self.last - self.first + 1


class UsesTold(models.Model):
    """Up to which position a home registry was told what became of its units on this node."""

    home = models.OneToOneField(Registry, models.PROTECT, related_name="+")
    position = models.BigIntegerField(default=0)

    def __str__(self):
        return str(self.position)
