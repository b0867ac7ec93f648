"""Jurisdictions, their schemes, and the registries that keep the schemes' units."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .names import Named
from .sources import Sourced


class Jurisdiction(Named, Sourced):
    """A Party to the Paris Agreement, a place inside one, or an external mechanism's seat."""

    class Level(models.TextChoices):
        PARTY = "party", _("Party")
        SUBNATIONAL = "subnational", _("subnational")
        EXTERNAL = "external", _("external mechanism")

    code = models.CharField(_("code"), max_length=16, unique=True)
    iso_3166 = models.CharField(_("ISO 3166 code"), max_length=16, blank=True)
    level = models.CharField(_("level"), max_length=16, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("part of")
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    currency = models.CharField(_("currency"), max_length=3, blank=True)

    class Meta:
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level="subnational", parent__isnull=False)
                | Q(parent__isnull=True) & ~Q(level="subnational"),
                name="jurisdiction_inside_a_party_has_a_parent",
            )
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


class Scheme(Named, Sourced):
    """A market or crediting mechanism of a jurisdiction, with its rules and calendar."""

    class Kind(models.TextChoices):
        ETS = "ets", _("emissions trading system")
        CREDITING = "crediting", _("crediting mechanism")
        PROGRAMME = "programme", _("programme without trading")

    code = models.CharField(_("code"), max_length=16, unique=True)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="schemes", verbose_name=_("jurisdiction")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    status = models.CharField(_("status"), max_length=200, blank=True)
    authority = models.CharField(_("authority"), max_length=300, blank=True)
    start_date = models.DateField(_("start date"), null=True, blank=True)

    class Meta:
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.name}"


class Registry(Named, Sourced):
    """The accounts and units of one scheme. A node hosts some; it knows others as partners."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    scheme = models.ForeignKey(
        Scheme, models.PROTECT, related_name="registries", verbose_name=_("scheme")
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="registries", verbose_name=_("jurisdiction")
    )
    hosted = models.BooleanField(
        _("hosted here"), default=True, help_text=_("This node keeps the registry's ledger.")
    )

    class Meta:
        verbose_name = _("registry")
        verbose_name_plural = _("registries")
        ordering = ["code"]
        constraints = [
            # Account numbers and serials begin with it.
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"),
                name="registry_code_can_be_printed",
            )
        ]

    def __str__(self):
        return f"{self.code} {self.name}"
