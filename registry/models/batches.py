"""Batches: transactions that are decided together, as one proposal with one hash."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .people import ApiKey, Person
from .transactions import Transaction


class Batch(models.Model):
    """Many transactions that were proposed in one request and wait for the same decisions.

    `payload_hash` is the SHA-256 of the canonical list of its transactions' payload hashes: what
    approvers approve. Each of its transactions needs as many approvals as the strictest of them.
    What has become of it, its transactions say. Append-only.
    """

    class Mode(models.TextChoices):
        ALL_OR_NOTHING = "all_or_nothing", _("all or nothing")
        EACH_ON_ITS_OWN = "each_on_its_own", _("each on its own")

    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    proposer = models.ForeignKey(
        Person, models.PROTECT, related_name="batches", verbose_name=_("proposer")
    )
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("API key")
    )
    payload_hash = models.BinaryField(_("payload hash"), max_length=32)
    reason = models.TextField(_("reason"), blank=True)
    approvals_needed = models.PositiveSmallIntegerField(_("approvals needed"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=["all_or_nothing", "each_on_its_own"]),
                name="batch_has_a_known_mode",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class BatchItem(models.Model):
    """A transaction of a batch, and its place in it. Append-only."""

    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="items", db_index=False, verbose_name=_("batch")
    )
    transaction = models.OneToOneField(
        Transaction, models.PROTECT, related_name="batch_item", verbose_name=_("transaction")
    )
    number = models.PositiveIntegerField(_("number"))

    class Meta:
        verbose_name = _("transaction of a batch")
        verbose_name_plural = _("transactions of batches")
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="batch_item_number_is_one")
        ]

    def __str__(self):
        return f"#{self.batch_id}/{self.number}"


class BatchDecision(models.Model):
    """One person's decision on a whole batch, of exactly its payload. Append-only."""

    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="decisions", db_index=False, verbose_name=_("batch")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="batch_decisions", verbose_name=_("person")
    )
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("API key")
    )
    approved = models.BooleanField(_("approved"))
    payload_hash = models.BinaryField(_("payload hash"), max_length=32)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("decision on a batch")
        verbose_name_plural = _("decisions on batches")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "person"], name="batch_is_decided_once_by_a_person"
            )
        ]

    def __str__(self):
        return f"#{self.batch_id}"
