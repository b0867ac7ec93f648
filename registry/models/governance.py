"""What someone asks for and others decide: accounts, their representatives, their trusted lists."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .accounts import Account, AccountHolder
from .jurisdictions import Registry
from .people import ApiKey, Person
from .units import UnitType

LARGEST_DOCUMENT = 5 * 2**20
OF_THE_NODE = ["recovery", "person", "person_change"]


class GovernanceRequest(models.Model):
    """Something that one person asks for and others decide; the last approval carries it out.

    `payload` says what, in public numbers and codes; `payload_hash` is the SHA-256 of its
    canonical form, which is what is approved.
    """

    class Kind(models.TextChoices):
        ACCOUNT_OPENING = "account_opening", _("opening of an account")
        ACCOUNT_CHANGE = "account_change", _("change of an account")
        ACCOUNT_STATUS = "account_status", _("change of an account's status")
        ACCOUNT_CLOSURE = "account_closure", _("closing of an account")
        ACCOUNT_HANDOVER = "account_handover", _("handing over of an account")
        HOLDER_MERGER = "holder_merger", _("merger of account holders")
        REPRESENTATIVE = "representative", _("appointment of a representative")
        RESTORATION = "restoration", _("restoration of a representative")
        TRUSTED_ACCOUNT = "trusted_account", _("addition to the trusted account list")
        STOP_LIFTING = "stop_lifting", _("lifting of a stop")
        RECOVERY = "recovery", _("recovery of a sign-in")
        PERSON = "person", _("addition of a person")
        PERSON_CHANGE = "person_change", _("change of a person")
        UPLOAD = "upload", _("writing of an upload")

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    registry = models.ForeignKey(
        Registry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("registry"),
        help_text=_("Empty: it concerns the whole node."),
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("account"),
    )
    payload = models.JSONField(_("payload"), default=dict, blank=True)
    payload_hash = models.BinaryField(_("payload hash"), max_length=32)
    reason = models.TextField(_("reason"), blank=True)
    approvals_needed = models.PositiveSmallIntegerField(_("approvals needed"))
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.WAITING
    )
    requested_by = models.ForeignKey(
        Person, models.PROTECT, related_name="requests", verbose_name=_("requested by")
    )
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("API key")
    )
    requested_at = models.DateTimeField(_("requested at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="waiting", closed_at__isnull=True)
                | Q(status__in=["approved", "rejected", "withdrawn"], closed_at__isnull=False),
                name="request_has_a_known_status_and_its_time",
            ),
            models.CheckConstraint(
                condition=Q(approvals_needed__gte=1), name="request_needs_an_approval"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_THE_NODE, registry__isnull=True)
                | ~Q(kind__in=OF_THE_NODE) & Q(registry__isnull=False),
                name="request_is_of_a_registry_or_of_the_node",
            ),
            models.CheckConstraint(
                condition=~Q(kind="recovery", reason=""), name="request_for_recovery_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["registry"], condition=Q(status="waiting"), name="request_waiting")
        ]

    def __str__(self):
        return f"#{self.pk} {self.get_kind_display()}"


class GovernanceDecision(models.Model):
    """One person's decision on a request, of exactly its payload. Append-only."""

    request = models.ForeignKey(
        GovernanceRequest, models.PROTECT, related_name="decisions", verbose_name=_("request")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="request_decisions", verbose_name=_("person")
    )
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("API key")
    )
    approved = models.BooleanField(_("approved"))
    payload_hash = models.BinaryField(_("payload hash"), max_length=32)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("decision on a request")
        verbose_name_plural = _("decisions on requests")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "person"], name="request_is_decided_once_by_a_person"
            )
        ]

    def __str__(self):
        return f"#{self.request_id}"


class GovernanceDocument(models.Model):
    """A document that belongs to a request: in the database, so that every host and every
    backup has it. Append-only."""

    request = models.ForeignKey(
        GovernanceRequest, models.PROTECT, related_name="documents", verbose_name=_("request")
    )
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(_("media type"), max_length=100)
    digest = models.BinaryField(_("SHA-256 digest"), max_length=32)
    content = models.BinaryField(_("content"))
    added_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("document of a request")
        verbose_name_plural = _("documents of requests")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "digest"], name="request_has_a_document_once"
            )
        ]

    def __str__(self):
        return self.name


class TrustedAccount(models.Model):
    """An account may send units to this one without delay, from `trusted_from` on."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="trusted_accounts", verbose_name=_("account")
    )
    trusted = models.ForeignKey(
        Account, models.PROTECT, related_name="trusted_by", verbose_name=_("trusted account")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("added at"))
    trusted_from = models.DateTimeField(_("trusted from"))
    provisional = models.BooleanField(
        _("provisional"),
        default=False,
        help_text=_("Counted with a calendar that was not published yet."),
    )
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry of a trusted account list")
        verbose_name_plural = _("entries of trusted account lists")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "trusted"],
                condition=Q(removed_at__isnull=True),
                name="trusted_account_is_listed_once",
            ),
            models.CheckConstraint(
                condition=~Q(account=F("trusted")), name="trusted_account_is_another_one"
            ),
            models.CheckConstraint(
                condition=Q(trusted_from__gte=F("added_at")),
                name="trusted_account_counts_after_it_is_added",
            ),
        ]

    def __str__(self):
        return f"#{self.account_id} → #{self.trusted_id}"


class Stop(models.Model):
    """An emergency stop: by one person at once, lifted by a request that a quorum approves.

    It stops a registry, an account or a unit type; or a `subject` that others know, in whose
    registry it was placed.
    """

    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="stops", verbose_name=_("registry")
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stops",
        verbose_name=_("account"),
    )
    unit_type = models.ForeignKey(
        UnitType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stops",
        verbose_name=_("unit type"),
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    status_before = models.CharField(_("status before"), max_length=32, blank=True)
    reason = models.TextField(_("reason"))
    placed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="stops", verbose_name=_("placed by")
    )
    placed_at = models.DateTimeField(_("placed at"))
    lifted_by = models.OneToOneField(
        GovernanceRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lifted_stop",
        verbose_name=_("lifted by request"),
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=True, unit_type__isnull=True)
                | Q(account__isnull=True, subject="")
                | Q(unit_type__isnull=True, subject=""),
                name="stop_stops_one_thing",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="stop_has_a_reason"),
            models.UniqueConstraint(
                fields=["registry", "account", "unit_type", "subject"],
                condition=Q(lifted_at__isnull=True),
                nulls_distinct=False,
                name="stop_is_placed_once",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class HolderSuccession(models.Model):
    """A holder took over from another one: what was theirs is the successor's from then on."""

    predecessor = models.OneToOneField(
        AccountHolder,
        models.PROTECT,
        related_name="succession",
        verbose_name=_("predecessor"),
    )
    successor = models.ForeignKey(
        AccountHolder,
        models.PROTECT,
        related_name="predecessors",
        verbose_name=_("successor"),
    )
    request = models.OneToOneField(
        GovernanceRequest, models.PROTECT, related_name="succession", verbose_name=_("request")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("succession of holders")
        verbose_name_plural = _("successions of holders")
        constraints = [
            models.CheckConstraint(
                condition=~Q(successor=F("predecessor")), name="succession_is_by_another_holder"
            )
        ]

    def __str__(self):
        return f"#{self.predecessor_id} → #{self.successor_id}"
