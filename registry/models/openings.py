"""What a registry brought with it when it moved here: its books, and the serials they had."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .accounts import Account
from .jurisdictions import Registry
from .transactions import Transaction
from .units import UnitType
from .uploads import Upload


class OpeningBalance(models.Model):
    """All units of one type that a registry moved here with: one transaction, which others
    approve. `digests` has the SHA-256 of each file that it was read from. Append-only."""

    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="openings", verbose_name=_("registry")
    )
    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, related_name="openings", verbose_name=_("unit type")
    )
    transaction = models.OneToOneField(
        Transaction, models.PROTECT, related_name="opening", verbose_name=_("transaction")
    )
    upload = models.ForeignKey(
        Upload,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="openings",
        verbose_name=_("upload"),
    )
    source = models.CharField(_("source"), max_length=300)
    digests = models.JSONField(_("SHA-256 of the files"))
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("opening balance")
        verbose_name_plural = _("opening balances")

    def __str__(self):
        return f"#{self.pk}"


class OpeningTotal(models.Model):
    """What the old registry said that an account held of the unit type. Append-only."""

    opening = models.ForeignKey(
        OpeningBalance, models.PROTECT, related_name="totals", verbose_name=_("opening balance")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="opening_totals", verbose_name=_("account")
    )
    old_number = models.CharField(_("number in the old registry"), max_length=300)
    units = models.BigIntegerField(_("units"))

    class Meta:
        verbose_name = _("total of an opening balance")
        verbose_name_plural = _("totals of opening balances")
        constraints = [
            models.UniqueConstraint(
                fields=["opening", "account"], name="opening_total_is_stated_once"
            ),
            models.CheckConstraint(condition=Q(units__gte=1), name="opening_total_is_of_units"),
        ]

    def __str__(self):
        return f"{self.old_number} {self.units}"


class LegacyBlock(models.Model):
    """Serials that a run of units had in the old registry: the text before their numbers, and the
    numbers, in the order of the serials first..last that the units have here. Append-only."""

    opening = models.ForeignKey(
        OpeningBalance, models.PROTECT, related_name="blocks", verbose_name=_("opening balance")
    )
    prefix = models.CharField(_("text before the numbers"), max_length=300, blank=True)
    old_first = models.BigIntegerField(_("first old number"))
    old_last = models.BigIntegerField(_("last old number"))
    first = models.BigIntegerField(_("first serial"))
    last = models.BigIntegerField(_("last serial"))

    class Meta:
        verbose_name = _("block with old serials")
        verbose_name_plural = _("blocks with old serials")
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first"), old_first__gte=0)
                & Q(old_last=F("old_first") + F("last") - F("first")),
                name="legacy_block_has_as_many_old_serials",
            ),
            models.UniqueConstraint(
                fields=["opening", "prefix", "old_first"], name="legacy_serials_begin_once"
            ),
        ]
        indexes = [models.Index(fields=["prefix", "old_first"], name="legacy_block_by_old_serial")]

    def __str__(self):
        return f"{self.prefix}{self.old_first}–{self.old_last}"
