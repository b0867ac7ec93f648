"""Corporate groups, and what all accounts of one may hold together."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .jurisdictions import Registry
from .sources import Sourced
from .units import UnitType


class CorporateGroup(Sourced):
    """Account holders under common control, as a registry's rules on holdings count them."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=300)

    class Meta:
        verbose_name = _("corporate group")
        verbose_name_plural = _("corporate groups")

    def __str__(self):
        return f"{self.code} {self.name}"


class GroupLimit(Sourced):
    """The most that the accounts of a group in a registry may hold together."""

    group = models.ForeignKey(
        CorporateGroup, models.PROTECT, related_name="limits", verbose_name=_("corporate group")
    )
    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="group_limits", verbose_name=_("registry")
    )
    unit_type = models.ForeignKey(
        UnitType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="group_limits",
        verbose_name=_("unit type"),
        help_text=_("Empty: all unit types together."),
    )
    units = models.BigIntegerField(_("holding limit (units)"))

    class Meta:
        verbose_name = _("holding limit of a group")
        verbose_name_plural = _("holding limits of groups")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "registry", "unit_type"],
                nulls_distinct=False,
                name="group_limit_is_stated_once",
            ),
            models.CheckConstraint(condition=Q(units__gte=0), name="group_limit_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.units}"
