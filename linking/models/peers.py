"""Other nodes: who they are, the keys that they sign with, and the registries that they keep."""

import json

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models import Person, Registry


class Peer(models.Model):
    """Another node, by its name. Introduced by one person and pinned by another, who has compared
    the fingerprint; or pinned by the keys of an agreement in force.

    `card` is its signed description of itself, as canonical JSON. Nothing is sent before
    `not_before`, after it has not answered; until `leased_until` one worker sends.
    """

    class State(models.TextChoices):
        INTRODUCED = "introduced", pgettext_lazy("state of a peer", "introduced")
        PINNED = "pinned", pgettext_lazy("state of a peer", "pinned")
        PAUSED = "paused", pgettext_lazy("state of a peer", "paused")
        ENDED = "ended", pgettext_lazy("state of a peer", "ended")

    class Confirmation(models.TextChoices):
        PERSON = "person", _("by a person")
        AGREEMENT = "agreement", _("by an agreement in force")

    name = models.CharField(_("name"), max_length=200, unique=True)
    url = models.CharField(_("address"), max_length=500)
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.INTRODUCED
    )
    card = models.TextField(_("card of the node"))
    protocol = models.IntegerField(_("protocol version"), default=1)
    introduced_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("introduced by")
    )
    introduced_at = models.DateTimeField(_("introduced at"))
    confirmation = models.CharField(
        _("confirmation"), max_length=16, choices=Confirmation.choices, blank=True
    )
    pinned_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("pinned by")
    )
    pinned_at = models.DateTimeField(_("pinned at"), null=True)
    not_before = models.DateTimeField()
    leased_until = models.DateTimeField()
    failures = models.IntegerField(_("attempts without an answer"), default=0)
    failing_since = models.DateTimeField(_("without an answer since"), null=True)

    class Meta:
        verbose_name = _("peer")
        verbose_name_plural = _("peers")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmation="", pinned_by=None, pinned_at=None)
                | Q(confirmation="person", pinned_by__isnull=False, pinned_at__isnull=False)
                & ~Q(pinned_by=F("introduced_by"))
                | Q(confirmation="agreement", pinned_by=None, pinned_at__isnull=False),
                name="peer_is_pinned_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["introduced", "ended"]) | ~Q(confirmation=""),
                name="peer_is_confirmed_before_it_is_used",
            ),
        ]

    def __str__(self):
        return self.name


class PeerKey(models.Model):
    """A public key of a peer, or of a registry that it keeps; in the clothes of a key record."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="keys")
    registry = models.ForeignKey(Registry, models.PROTECT, null=True, related_name="peer_keys")
    purpose = models.CharField(_("purpose"), max_length=16)
    key_id = models.CharField(_("key id"), max_length=43, unique=True)
    algorithm = models.CharField(max_length=32)
    public_key = models.BinaryField()
    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid to"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("key of a peer")
        verbose_name_plural = _("keys of peers")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="issuance", registry__isnull=False)
                | Q(purpose__in=["log", "receipt", "message"], registry__isnull=True),
                name="peer_key_is_of_an_owner_that_suits_its_purpose",
            ),
            models.CheckConstraint(
                condition=Q(algorithm="Ed25519"), name="peer_key_algorithm_is_known"
            ),
        ]

    def __str__(self):
        return self.key_id


class PeerRegistry(models.Model):
    """A registry that a peer keeps."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="registries")
    registry = models.OneToOneField(Registry, models.PROTECT, related_name="kept_by_peer")

    class Meta:
        verbose_name = _("registry of a peer")
        verbose_name_plural = _("registries of peers")

    def __str__(self):
        return f"#{self.pk}"


class Signed(models.Model):
    """A message as its sender signed it: canonical JSON, its SHA-256, the key, the signature."""

    id = models.UUIDField(_("message"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=32)
    transfer = models.UUIDField(_("transfer"), null=True)
    text = models.TextField(_("text"))
    digest = models.BinaryField()
    key_id = models.CharField(_("key id"), max_length=43)
    signature = models.BinaryField()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.kind} {self.pk}"


class OutboxMessage(Signed):
    """What this node has to say to a peer: written with the state that it announces, sent until
    the peer has taken or refused it. `refusal` is the peer's problem; `problem` why not yet."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("state of a message", "waiting")
        DELIVERED = "delivered", pgettext_lazy("state of a message", "delivered")
        REFUSED = "refused", pgettext_lazy("state of a message", "refused")

    peer = models.ForeignKey(
        Peer, models.PROTECT, related_name="outbox", verbose_name=_("peer"), db_index=False
    )
    created_at = models.DateTimeField(_("written at"))
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.WAITING
    )
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    attempts = models.IntegerField(_("attempts"), default=0)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    refusal = models.JSONField(_("refusal"), null=True)

    class Meta:
        verbose_name = _("message sent")
        verbose_name_plural = _("messages sent")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", delivered_at=None, refusal=None)
                | Q(state="delivered", delivered_at__isnull=False, refusal=None)
                | Q(state="refused", delivered_at=None, refusal__isnull=False),
                name="outbox_message_state_says_what_became_of_it",
            )
        ]
        indexes = [
            models.Index(
                fields=["peer", "next_attempt_at"],
                condition=Q(state="waiting"),
                name="outbox_message_waiting",
            ),
            # Refusals are few, and are looked for every second.
            models.Index(
                fields=["transfer", "kind"],
                condition=Q(state="refused"),
                name="outbox_message_refused",
            ),
            models.Index(fields=["peer", "-created_at"], name="outbox_message_by_peer"),
            models.Index(
                fields=["transfer"],
                condition=Q(transfer__isnull=False),
                name="outbox_message_by_transfer",
            ),
        ]


class InboxMessage(Signed):
    """What a peer has said: kept with what it brought about, and applied once."""

    peer = models.ForeignKey(
        Peer, models.PROTECT, related_name="inbox", verbose_name=_("peer"), db_index=False
    )
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("message received")
        verbose_name_plural = _("messages received")
        indexes = [
            models.Index(fields=["peer", "-received_at"], name="inbox_message_by_peer"),
            models.Index(
                fields=["transfer"],
                condition=Q(transfer__isnull=False),
                name="inbox_message_by_transfer",
            ),
            models.Index(
                fields=["-received_at", "-id"],
                condition=Q(kind="notice"),
                name="inbox_message_notice",
            ),
        ]


class NoticesOnly(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(kind="notice")


class PeerNotice(InboxMessage):
    """What a peer has told of its maintenance or of an incident there: people read it."""

    objects = NoticesOnly()

    class Meta:
        proxy = True
        verbose_name = _("notice of a peer")
        verbose_name_plural = _("notices of peers")

    @property
    def said(self) -> str:
        """Its words."""
        return json.loads(self.text)["body"]["text"]
