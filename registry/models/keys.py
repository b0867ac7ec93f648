"""Keys that sign for a registry or for the node. The private halves are not in the database."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .jurisdictions import Registry
from .units import Issuance


class KeyRecord(models.Model):
    """A public key, whose it is, what it signs, and when it may: [valid_from, valid_to).

    What was signed before the moment of revocation stays valid; what was signed from then on is
    refused. `key_id` is the thumbprint of RFC 7638, by which the provider finds the private key.
    """

    class Purpose(models.TextChoices):
        ISSUANCE = "issuance", pgettext_lazy("purpose of a key", "issuance")
        LOG = "log", pgettext_lazy("purpose of a key", "log")
        RECEIPT = "receipt", pgettext_lazy("purpose of a key", "receipt")
        MESSAGE = "message", pgettext_lazy("purpose of a key", "message")

    key_id = models.CharField(_("key id"), max_length=43, unique=True)
    registry = models.ForeignKey(
        Registry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signing_keys",
        verbose_name=_("registry"),
        help_text=_("Empty: the key is the node's own."),
    )
    node = models.CharField(_("node"), max_length=200, help_text=_("The name of the node."))
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    algorithm = models.CharField(_("algorithm"), max_length=32)
    public_key = models.BinaryField(_("public key"))
    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revocation_reason = models.CharField(_("reason for revocation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="issuance", registry__isnull=False)
                | Q(purpose__in=["log", "receipt", "message"], registry__isnull=True),
                name="key_is_of_an_owner_that_suits_its_purpose",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="key_validity_is_an_interval",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revocation_reason="")
                | Q(revoked_at__gte=F("valid_from")) & ~Q(revocation_reason=""),
                name="key_revocation_has_a_time_and_a_reason",
            ),
        ]

    def __str__(self):
        return self.key_id


class IssuanceSignature(models.Model):
    """A registry's signature over an issuance: its attributes, its range, the key and the moment.

    The signed bytes are made from the rows again whenever they are needed; docs/signatures.md
    says how. An issuance has one signature. Only one that a revocation made void is replaced, by
    a newer one that names it.
    """

    issuance = models.ForeignKey(
        Issuance,
        models.PROTECT,
        related_name="signatures",
        db_index=False,
        verbose_name=_("issuance"),
    )
    key = models.ForeignKey(
        KeyRecord,
        models.PROTECT,
        related_name="issuance_signatures",
        db_index=False,
        verbose_name=_("signing key"),
    )
    signature = models.BinaryField(_("signature"))
    signed_at = models.DateTimeField(_("signed at"))
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="replaced_by",
        verbose_name=_("replaces"),
        help_text=_("A signature that is void because its key was revoked before it was made."),
    )

    class Meta:
        verbose_name = _("issuance signature")
        verbose_name_plural = _("issuance signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["issuance", "replaces"],
                nulls_distinct=False,
                name="issuance_is_signed_once",
            )
        ]
        indexes = [models.Index(fields=["key", "signed_at"], name="issuance_signature_by_key")]

    def __str__(self):
        return f"#{self.pk}"


class IssuanceSigner(models.Model):
    """How far the signing of issuances has come. One row.

    Every issuance of a posting with an id up to `through` has a signature that stands.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    through = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("signer of issuances")
        verbose_name_plural = _("signers of issuances")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="issuance_signer_is_one_row")]

    def __str__(self):
        return str(self.through)
