"""Where postings are announced, and what is still to be announced there."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import Person


class WebhookEndpoint(models.Model):
    """An address of a person's system that is told of postings which the person may read.

    Workers read the feed from `reached` on; nothing of this is on a posting's path. The secret is
    derived from the node's and `generation`, so that it is in no table.
    """

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="webhooks", verbose_name=_("person")
    )
    url = models.CharField(_("address"), max_length=500)
    generation = models.IntegerField(_("generation of the secret"), default=1)
    reached = models.BigIntegerField(_("position announced up to"))
    created_at = models.DateTimeField(_("created at"))
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    disabled_at = models.DateTimeField(_("disabled at"), null=True, blank=True)
    leased_until = models.DateTimeField(_("leased until"))

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self):
        return self.url


class WebhookDelivery(models.Model):
    """The announcement of one posting to one endpoint: tried until it is taken."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="deliveries", verbose_name=_("webhook")
    )
    position = models.BigIntegerField(_("position"))
    attempts = models.IntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery to a webhook")
        verbose_name_plural = _("deliveries to webhooks")
        indexes = [
            models.Index(
                fields=["endpoint", "position"],
                condition=models.Q(delivered_at__isnull=True),
                name="webhook_delivery_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "position"], name="webhook_delivery_is_one_per_posting"
            )
        ]

    def __str__(self):
        return f"#{self.position}"
