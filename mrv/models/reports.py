"""Emission reports: one for an installation and year, in versions, with every value and figure."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import Person, Registry

from .operators import Installation
from .plans import MonitoringPlan, SourceStream
from .verifiers import Verifier


class ReportingYear(models.Model):
    """A year of a registry for which nothing is reported any more."""

    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="reporting_years", verbose_name=_("registry")
    )
    year = models.PositiveIntegerField(_("year"))
    closed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"))

    class Meta:
        verbose_name = _("closed reporting year")
        verbose_name_plural = _("closed reporting years")
        constraints = [
            models.UniqueConstraint(
                fields=["registry", "year"], name="reporting_year_is_closed_once"
            ),
        ]

    def __str__(self):
        return str(self.year)


class EmissionReport(models.Model):
    """What an installation emitted in a year; its versions say it."""

    installation = models.ForeignKey(
        Installation, models.PROTECT, related_name="reports", verbose_name=_("installation")
    )
    year = models.PositiveIntegerField(_("year"))

    class Meta:
        verbose_name = _("emission report")
        verbose_name_plural = _("emission reports")
        constraints = [
            models.UniqueConstraint(
                fields=["installation", "year"], name="emission_report_is_one_a_year"
            ),
        ]

    def __str__(self):
        return f"#{self.pk} {self.year}"


class ReportVersion(models.Model):
    """One version of a report. `canonical` and `digest` are of what was submitted (RFC 8785).

    A draft takes values; submitted, it has its figures and total, and nothing of it changes. It is
    verified or returned by a verifier, determined or returned by the regulator, and superseded
    when a later version, a correction, is determined.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        VERIFIED = "verified", _("verified")
        DETERMINED = "determined", _("determined")
        RETURNED = "returned", _("sent back")
        SUPERSEDED = "superseded", _("superseded")

    report = models.ForeignKey(
        EmissionReport, models.PROTECT, related_name="versions", verbose_name=_("emission report")
    )
    number = models.PositiveIntegerField(_("version"))
    plan = models.ForeignKey(
        MonitoringPlan, models.PROTECT, related_name="reports", verbose_name=_("monitoring plan")
    )
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.DRAFT)
    drafted_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("drafted by")
    )
    drafted_at = models.DateTimeField(_("drafted at"))
    submitted_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    total_t = models.BigIntegerField(_("tonnes of CO2 equivalent"), null=True, blank=True)
    derivation = models.JSONField(_("derivation"), null=True, blank=True)
    warnings = models.JSONField(_("warnings"), default=list)
    canonical = models.TextField(_("text"), blank=True)
    digest = models.BinaryField(_("SHA-256 digest"), max_length=32, null=True, blank=True)
    returned_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sent back by"),
    )
    returned_at = models.DateTimeField(_("sent back at"), null=True, blank=True)
    return_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("version of an emission report")
        verbose_name_plural = _("versions of emission reports")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "number"], name="report_version_number_is_one"
            ),
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(state__in=["draft", "submitted", "verified"]),
                name="report_version_is_worked_on_alone",
            ),
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(state="determined"),
                name="report_version_is_determined_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="draft", submitted_by=None, submitted_at=None, total_t=None, digest=None
                )
                | ~Q(state="draft")
                & Q(submitted_by__isnull=False, submitted_at__isnull=False)
                & Q(total_t__isnull=False, digest__isnull=False, derivation__isnull=False),
                name="report_version_has_a_total_once_submitted",
            ),
            models.CheckConstraint(
                condition=Q(state="returned", returned_by__isnull=False)
                & Q(returned_at__isnull=False)
                & ~Q(return_reason="")
                & ~Q(returned_by=F("submitted_by"))
                | ~Q(state="returned") & Q(returned_by=None, returned_at=None, return_reason=""),
                name="report_version_is_returned_by_another_for_a_reason",
            ),
        ]

    def __str__(self):
        return f"#{self.pk} {self.number}"


class ActivityValue(models.Model):
    """A value that was reported for a parameter of a stream: of a month, or 0 for the year."""

    version = models.ForeignKey(
        ReportVersion, models.PROTECT, related_name="values", verbose_name=_("version")
    )
    stream = models.ForeignKey(
        SourceStream, models.PROTECT, related_name="values", verbose_name=_("source stream")
    )
    parameter = models.CharField(_("parameter"), max_length=40)
    month = models.PositiveSmallIntegerField(_("month"))
    value = models.CharField(_("value"), max_length=60)
    unit = models.CharField(_("unit of measure"), max_length=40)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("activity value")
        verbose_name_plural = _("activity values")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "stream", "parameter", "month"],
                name="activity_value_is_stated_once",
            ),
            models.CheckConstraint(
                condition=Q(month__gte=0, month__lte=12), name="activity_value_is_of_a_month"
            ),
        ]

    def __str__(self):
        return f"{self.parameter} {self.month}"


class Figure(models.Model):
    """What a stream emitted of a gas, exactly, and why: `derivation` computes it anew."""

    version = models.ForeignKey(
        ReportVersion, models.PROTECT, related_name="figures", verbose_name=_("version")
    )
    stream = models.ForeignKey(
        SourceStream, models.PROTECT, related_name="figures", verbose_name=_("source stream")
    )
    gas = models.CharField(_("gas"), max_length=8)
    tonnes = models.CharField(_("tonnes"), max_length=80)
    co2e = models.CharField(_("tonnes of CO2 equivalent"), max_length=80)
    uncertainty_pct = models.CharField(_("uncertainty (%)"), max_length=20, blank=True)
    derivation = models.JSONField(_("derivation"))

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            models.UniqueConstraint(fields=["version", "stream"], name="figure_is_one_a_stream"),
        ]

    def __str__(self):
        return f"{self.gas} {self.tonnes}"


class Verification(models.Model):
    """What a verifier found in a submitted version: a list of findings, and an opinion."""

    class Opinion(models.TextChoices):
        SATISFACTORY = "satisfactory", _("satisfactory")
        WITH_COMMENTS = "with_comments", _("satisfactory with comments")
        NOT_SATISFACTORY = "not_satisfactory", _("not satisfactory")

    class Assurance(models.TextChoices):
        REASONABLE = "reasonable", _("reasonable assurance")
        LIMITED = "limited", _("limited assurance")

    version = models.OneToOneField(
        ReportVersion, models.PROTECT, related_name="verification", verbose_name=_("version")
    )
    verifier = models.ForeignKey(
        Verifier, models.PROTECT, related_name="verifications", verbose_name=_("verifier")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="verifications", verbose_name=_("person")
    )
    opinion = models.CharField(_("opinion"), max_length=20, choices=Opinion.choices)
    assurance = models.CharField(_("assurance"), max_length=16, choices=Assurance.choices)
    materiality_pct = models.CharField(_("materiality (%)"), max_length=20)
    findings = models.JSONField(_("findings"), default=list)
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")

    def __str__(self):
        return f"#{self.pk}"


class Determination(models.Model):
    """What counts as the installation's emissions of the year, by the regulator's decision.

    Of a verified version, or a conservative estimate where none was reported. The last one counts.
    `canonical` is the decision (RFC 8785), signed by the node's key for statements.
    """

    class Kind(models.TextChoices):
        REPORT = "report", _("as reported and verified")
        ESTIMATE = "estimate", _("conservative estimate")

    report = models.ForeignKey(
        EmissionReport,
        models.PROTECT,
        related_name="determinations",
        verbose_name=_("emission report"),
    )
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    version = models.OneToOneField(
        ReportVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="determination",
        verbose_name=_("version"),
    )
    total_t = models.BigIntegerField(_("tonnes of CO2 equivalent"))
    derivation = models.JSONField(_("derivation"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="determinations", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    canonical = models.TextField(_("text"))
    digest = models.BinaryField(_("SHA-256 digest"), max_length=32)
    key_id = models.CharField(_("key"), max_length=43)
    signature = models.BinaryField(_("signature"))

    class Meta:
        verbose_name = _("determination")
        verbose_name_plural = _("determinations")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "number"], name="determination_number_is_one"
            ),
            models.CheckConstraint(
                condition=Q(kind="report", version__isnull=False)
                | Q(kind="estimate", version=None) & ~Q(reason=""),
                name="determination_is_of_a_version_or_an_estimate",
            ),
            models.CheckConstraint(
                condition=Q(total_t__gte=0), name="determination_is_not_negative"
            ),
        ]

    def __str__(self):
        return f"#{self.pk} {self.number}"
