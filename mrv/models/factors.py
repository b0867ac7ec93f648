"""Libraries of factors and sector templates: reference data in versions that never change."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import Person


class FactorSet(models.Model):
    """One version of a published table of factors, and the years that it is for."""

    code = models.CharField(_("code"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=200)
    source = models.CharField(_("source"), max_length=500)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(
        _("valid to"), null=True, blank=True, help_text=_("The last day; empty: without end.")
    )
    recorded_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("factor set")
        verbose_name_plural = _("factor sets")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="factor_set_version_is_one"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="factor_set_is_valid_for_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.version}"


class Factor(models.Model):
    """A value that formulas take: of what (`key`), for which parameter, in which unit."""

    class Confidence(models.TextChoices):
        HIGH = "high", _("high")
        MEDIUM = "medium", _("medium")
        LOW = "low", _("low")

    factor_set = models.ForeignKey(
        FactorSet, models.PROTECT, related_name="factors", verbose_name=_("factor set")
    )
    key = models.CharField(_("of what"), max_length=40)
    parameter = models.CharField(_("parameter"), max_length=40)
    value = models.CharField(_("value"), max_length=60)
    unit = models.CharField(_("unit of measure"), max_length=40)
    confidence = models.CharField(_("confidence"), max_length=8, choices=Confidence.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("factor")
        verbose_name_plural = _("factors")
        constraints = [
            models.UniqueConstraint(
                fields=["factor_set", "key", "parameter"], name="factor_is_stated_once"
            ),
        ]

    def __str__(self):
        return f"{self.key} {self.parameter}"


class SectorTemplate(models.Model):
    """One version of what is asked of a sector's installations; `digest` is of the document."""

    code = models.CharField(_("code"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    document = models.JSONField(_("document"))
    digest = models.BinaryField(_("SHA-256 of this version"), max_length=32)
    recorded_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("sector template")
        verbose_name_plural = _("sector templates")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="sector_template_version_is_one"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.version}"
