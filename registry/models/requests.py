"""What the API remembers of requests: the answers that a repeated one gets, and signatures seen."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import Person


class StoredAnswer(models.Model):
    """The answer to a request that a person sent under an idempotency key, to be given again.

    It is committed together with what the request did. Proposals that succeed need no row: the
    ledger keeps their keys.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("person"))
    address = models.CharField(_("address"), max_length=300)
    key = models.CharField(_("idempotency key"), max_length=200)
    fingerprint = models.BinaryField(
        _("fingerprint of the request"), max_length=32, help_text=_("SHA-256 of what was sent.")
    )
    status = models.SmallIntegerField(_("status"))
    headers = models.JSONField(_("headers"), default=dict)
    body = models.BinaryField(_("body, compressed"))
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("stored answer")
        verbose_name_plural = _("stored answers")
        indexes = [models.Index(fields=["created_at"], name="stored_answer_by_age")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "address", "key"], name="stored_answer_is_one_per_key"
            )
        ]

    def __str__(self):
        return f"{self.address} {self.key}"


class SeenSignature(models.Model):
    """A signature that a request has used; nobody uses it again while it would be accepted."""

    digest = models.BinaryField(_("SHA-256 of the signature"), primary_key=True, max_length=32)
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("signature seen")
        verbose_name_plural = _("signatures seen")
        indexes = [models.Index(fields=["seen_at"], name="seen_signature_by_age")]

    def __str__(self):
        return bytes(self.digest).hex()[:16]
