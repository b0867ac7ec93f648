"""Accounts and the entities that hold them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .jurisdictions import Jurisdiction, Registry

TERMINAL_KINDS = [
    "surrender",
    "retirement",
    "cancellation",
    "mandatory_cancellation",
    "omge_cancellation",
    "adaptation_fund",
    "conversion",
]


class AccountHolder(models.Model):
    """An entity in whose name accounts are kept; it owes, surrenders and acquires."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=300)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="holders", verbose_name=_("jurisdiction")
    )
    group = models.ForeignKey(
        "registry.CorporateGroup",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="holders",
        verbose_name=_("corporate group"),
    )
    sector = models.CharField(_("sector"), max_length=100, blank=True)
    is_synthetic = models.BooleanField(
        _("synthetic"), default=False, help_text=_("Made for a scenario; no real entity.")
    )

    class Meta:
        verbose_name = _("account holder")
        verbose_name_plural = _("account holders")

    def __str__(self):
        return self.name


class Account(models.Model):
    """A place in one registry where units are held.

    Units leave a terminal account by a linked reversal only. A partner account stands for
    another registry: what it holds is held abroad.
    """

    class Kind(models.TextChoices):
        OPERATOR = "operator", _("operator holding account")
        TRADING = "trading", _("trading account")
        GOVERNMENT = "government", _("government holding account")
        ALLOCATION = "allocation", _("allocation account")
        AUCTION = "auction", _("auction account")
        BUFFER = "buffer", _("buffer account")
        SUSPENSE = "suspense", _("suspense account")
        PARTNER = "partner", _("partner registry account")
        SURRENDER = "surrender", _("surrender account")
        RETIREMENT = "retirement", _("retirement account")
        CANCELLATION = "cancellation", _("voluntary cancellation account")
        MANDATORY_CANCELLATION = "mandatory_cancellation", _("mandatory cancellation account")
        OMGE_CANCELLATION = "omge_cancellation", _("cancellation account for overall mitigation")
        ADAPTATION_FUND = "adaptation_fund", _("Adaptation Fund account")
        CONVERSION = "conversion", _("account of converted units")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        SOME_RESTRICTED = "some_restricted", _("some transactions restricted")
        ALL_RESTRICTED = "all_restricted", _("all transactions restricted")
        SUSPENDED = "suspended", _("suspended")
        TRANSFER_PENDING = "transfer_pending", _("transfer pending")
        CLOSURE_PENDING = "closure_pending", _("closure pending")
        CLOSED = "closed", _("closed")

    number = models.CharField(_("account number"), max_length=40, unique=True)
    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="accounts", verbose_name=_("registry")
    )
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=300)
    holder = models.ForeignKey(
        AccountHolder,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("account holder"),
    )
    account_class = models.ForeignKey(
        "registry.AccountClass",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("account class"),
    )
    stands_for = models.ForeignKey(
        Registry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="partner_accounts",
        verbose_name=_("stands for registry"),
    )
    status = models.CharField(
        _("status"), max_length=32, choices=Status.choices, default=Status.OPEN
    )
    holding_limit = models.BigIntegerField(
        _("holding limit (units)"),
        null=True,
        blank=True,
        help_text=_("The account holds no more than this of one unit type; empty: no limit."),
    )
    daily_limit = models.BigIntegerField(
        _("daily limit (units)"),
        null=True,
        blank=True,
        help_text=_("No more than this leaves the account in a day; empty: no limit."),
    )
    terminal = models.GeneratedField(
        expression=Q(kind__in=TERMINAL_KINDS),
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name=_("terminal"),
    )
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    holdings_at_closing = models.BigIntegerField(
        _("holdings until closing"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("How many holdings it ever had; counted by the database when it was closed."),
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "operator",
                        "trading",
                        "government",
                        "allocation",
                        "auction",
                        "buffer",
                        "suspense",
                        "partner",
                        *TERMINAL_KINDS,
                    ]
                ),
                name="account_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "open",
                        "some_restricted",
                        "all_restricted",
                        "suspended",
                        "transfer_pending",
                        "closure_pending",
                        "closed",
                    ]
                ),
                name="account_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | ~Q(status="closed") & Q(closed_at__isnull=True),
                name="account_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", holdings_at_closing__gte=0)
                | ~Q(status="closed") & Q(holdings_at_closing__isnull=True),
                name="account_closed_has_counted_holdings",
            ),
            models.CheckConstraint(
                condition=Q(kind="partner", stands_for__isnull=False)
                | ~Q(kind="partner") & Q(stands_for__isnull=True),
                name="account_of_a_partner_stands_for_a_registry",
            ),
            models.CheckConstraint(
                condition=~Q(stands_for=F("registry")),
                name="account_stands_for_another_registry",
            ),
            models.CheckConstraint(
                condition=Q(holding_limit__isnull=True) | Q(holding_limit__gte=0),
                name="account_holding_limit_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(daily_limit__isnull=True) | Q(daily_limit__gte=0),
                name="account_daily_limit_is_not_negative",
            ),
            models.UniqueConstraint(
                fields=["registry", "stands_for"],
                condition=Q(stands_for__isnull=False),
                name="account_of_a_partner_is_one",
            ),
            models.UniqueConstraint(
                fields=["id", "registry"], name="account_belongs_to_one_registry"
            ),
            # Not to keep rows apart: the change of a status waits for postings that come in.
            models.UniqueConstraint(
                fields=["id", "status"], name="account_status_change_waits_for_postings"
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.name}"
