"""Unit types, the other names they go by, and the acts that bring units into being."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from .fields import TransactionIdField
from .jurisdictions import Registry
from .names import Named
from .sources import Sourced

MAX_SERIAL = 10**12


class UnitType(Named, Sourced):
    """A kind of allowance or credit that one registry issues; serials count within it."""

    class Kind(models.TextChoices):
        ALLOWANCE = "allowance", _("allowance")
        CREDIT = "credit", _("credit")

    code = models.CharField(_("code"), max_length=16, unique=True)
    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="unit_types", verbose_name=_("issuing registry")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    metric = models.CharField(_("metric"), max_length=16, default="tCO2e")
    vintage_rule = models.CharField(
        _("vintage rule"),
        max_length=32,
        blank=True,
        help_text=_("How a vintage's label is read as an interval of dates."),
    )
    converts_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("converts to")
    )
    transferable = models.BooleanField(_("transferable"), default=True)
    code_is_official = models.BooleanField(_("the code is official"), default=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("unit type")
        verbose_name_plural = _("unit types")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["id", "registry"], name="unit_type_has_one_issuing_registry"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Za-z0-9][A-Za-z0-9.-]*$"),
                name="unit_type_code_can_be_printed",
                violation_error_message=_(
                    "A code begins with a letter or digit and has letters A to Z, digits, dots and "
                    "hyphens."
                ),
            ),
            models.UniqueConstraint(
                Upper("code"),
                name="unit_type_code_is_one_in_any_case",
                violation_error_message=_("Another unit type has this code in other letters."),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


class UnitTypeAlias(Sourced):
    """Another code under which a unit type is known, for search and import."""

    alias = models.CharField(_("alias"), max_length=32, unique=True)
    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, related_name="aliases", verbose_name=_("unit type")
    )
    is_official = models.BooleanField(_("official"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("unit type alias")
        verbose_name_plural = _("unit type aliases")

    def __str__(self):
        return self.alias


class Issuance(models.Model):
    """One act of issuance: a run of serials and the attributes that its units share.

    The interval of the vintage is half-open, [vintage_from, vintage_to).
    """

    unit_type = models.ForeignKey(UnitType, models.PROTECT, verbose_name=_("unit type"))
    first = models.BigIntegerField(_("first serial"))
    last = models.BigIntegerField(_("last serial"))
    vintage_from = models.DateField(_("vintage from"))
    vintage_to = models.DateField(_("vintage to (exclusive)"))
    vintage_label = models.CharField(_("vintage"), max_length=32)
    usable_until = models.DateField(_("usable until"), null=True, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    project = models.CharField(_("project"), max_length=100, blank=True)
    activity = models.CharField(_("activity"), max_length=100, blank=True)
    sector = models.CharField(_("sector"), max_length=100, blank=True)
    mitigation_type = models.CharField(_("mitigation type"), max_length=32, blank=True)
    posting = models.ForeignKey(
        "registry.Posting",
        models.PROTECT,
        null=True,
        db_constraint=False,
        related_name="issuances",
        verbose_name=_("posting"),
        help_text=_("Empty for issuances of registries that another node hosts."),
    )
    xid = TransactionIdField(_("database transaction"), null=True)

    class Meta:
        verbose_name = _("issuance")
        verbose_name_plural = _("issuances")
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first"), last__lte=MAX_SERIAL),
                name="issuance_serials_are_in_range",
            ),
            models.CheckConstraint(
                condition=Q(vintage_to__gt=F("vintage_from")),
                name="issuance_vintage_is_an_interval",
            ),
            models.UniqueConstraint(
                fields=["id", "unit_type", "vintage_from"], name="issuance_fixes_type_and_vintage"
            ),
        ]
        indexes = [models.Index(fields=["unit_type", "last"], name="issuance_by_last_serial")]

    def __str__(self):
        return f"#{self.pk} {self.first}–{self.last}"
