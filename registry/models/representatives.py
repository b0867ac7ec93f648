"""Who acts for an account, what a registry lays down for that, and what happened to an account."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .accounts import Account
from .jurisdictions import Registry
from .names import Named
from .people import ApiKey, Person


class Right(models.TextChoices):
    """What a representative may do for an account. Whoever has any of them reads it."""

    READ = "read", _("read only")
    INITIATE = "initiate", _("initiate")
    APPROVE = "approve", _("approve")
    INITIATE_AND_APPROVE = "initiate_and_approve", _("initiate and approve")
    SURRENDER = "surrender", _("surrender only")


class RegistryRules(models.Model):
    """One version of what a registry lays down for accounts and people. A version never changes.

    The row without a registry holds where a registry has none of its own. Where initiating and
    confirming are for different persons, `rights` leaves out initiate_and_approve.
    """

    registry = models.ForeignKey(
        Registry, models.PROTECT, null=True, blank=True, verbose_name=_("registry")
    )
    version = models.PositiveIntegerField(_("version"))
    rights = ArrayField(
        models.CharField(max_length=32), verbose_name=_("rights that representatives may have")
    )
    most_representatives = models.PositiveSmallIntegerField(
        _("most representatives"),
        help_text=_("Of one account at a time, without those who only read."),
    )
    trusted_delay_days = models.PositiveSmallIntegerField(
        _("delay of the trusted account list (working days)"),
        help_text=_("From the approval of an entry until it counts."),
    )
    stop_quorum = models.PositiveSmallIntegerField(
        _("quorum to lift a stop"), help_text=_("Persons, without the one who asks for it.")
    )
    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    digest = models.BinaryField(_("SHA-256 of this version"), max_length=32)

    class Meta:
        verbose_name = _("rules of a registry")
        verbose_name_plural = _("rules of registries")
        constraints = [
            models.UniqueConstraint(
                fields=["registry", "version"],
                nulls_distinct=False,
                name="registry_rules_version_is_one",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="registry_rules_are_valid_for_an_interval",
            ),
            models.CheckConstraint(
                condition=Q(rights__contained_by=Right.values) & Q(rights__len__gt=0),
                name="registry_rules_give_known_rights",
            ),
            models.CheckConstraint(
                condition=Q(stop_quorum__gte=2), name="registry_rules_ask_two_to_lift_a_stop"
            ),
        ]

    def __str__(self):
        return f"#{self.pk} v{self.version}"


class AccountClass(Named):
    """What a registry's own law calls a kind of account: Tokyo's designated and general accounts.

    `per_holder` is how many open accounts of this class a holder may have; empty: any number.
    """

    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="account_classes", verbose_name=_("registry")
    )
    code = models.CharField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=32, choices=Account.Kind.choices)
    per_holder = models.PositiveSmallIntegerField(
        _("most accounts of one holder"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("account class")
        verbose_name_plural = _("account classes")
        constraints = [
            models.UniqueConstraint(fields=["registry", "code"], name="account_class_code_is_one")
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


class RepresentativeQuerySet(models.QuerySet):
    def current(self):
        """Those whose time it is by the database's clock, suspended ones among them.

        Rights are a matter of now, whatever business time a request names.
        """
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=Now()), valid_from__lte=Now())


class Representative(models.Model):
    """A person acts for an account with one right, for an interval [valid_from, valid_to).

    The right does not change: another right is another row. A suspended representative has none.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="representatives", verbose_name=_("account")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="representations", verbose_name=_("person")
    )
    right = models.CharField(_("right"), max_length=32, choices=Right.choices)
    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("account representative")
        verbose_name_plural = _("account representatives")
        constraints = [
            models.CheckConstraint(
                condition=Q(right__in=Right.values), name="representative_right_is_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="representative_is_valid_for_an_interval",
            ),
        ]

    def __str__(self):
        return f"#{self.pk} {self.right}"


class AccountEvent(models.Model):
    """What happened to an account besides its units. Append-only."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("account opened")
        CHANGED = "changed", _("account changed")
        STATUS_CHANGED = "status_changed", _("status changed")
        HANDED_OVER = "handed_over", _("account handed over")
        REPRESENTATIVE_APPOINTED = "representative_appointed", _("representative appointed")
        REPRESENTATIVE_SUSPENDED = "representative_suspended", _("representative suspended")
        REPRESENTATIVE_RESTORED = "representative_restored", _("representative restored")
        REPRESENTATIVE_ENDED = "representative_ended", _("representative ended")
        TRUSTED_ADDED = "trusted_added", _("trusted account added")
        TRUSTED_REMOVED = "trusted_removed", _("trusted account removed")
        STOPPED = "stopped", _("account stopped")
        STOP_LIFTED = "stop_lifted", _("stop of the account lifted")

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="events", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    at = models.DateTimeField(_("at"))
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="account_events", verbose_name=_("person")
    )
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("API key")
    )
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("account event")
        verbose_name_plural = _("account events")
        indexes = [
            models.Index(
                KT("data__request"),
                condition=Q(kind="opened"),
                name="account_opening_by_request",
            )
        ]

    def __str__(self):
        return self.get_kind_display()
