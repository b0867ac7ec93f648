"""Who verifies: bodies, what they are accredited for, their people, and what forbids them to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import AccountHolder, Jurisdiction, Person, Scheme


class Verifier(models.Model):
    """A body that verifies reports. It may do so as far as it is accredited on that day."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="verifiers", verbose_name=_("jurisdiction")
    )

    class Meta:
        verbose_name = _("verifier")
        verbose_name_plural = _("verifiers")
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"),
                name="verifier_code_can_be_printed",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


class Accreditation(models.Model):
    """For which sectors of a scheme a verifier may verify, from the first to the last day.

    A suspension ends it at once; what follows is an accreditation of its own.
    """

    verifier = models.ForeignKey(
        Verifier, models.PROTECT, related_name="accreditations", verbose_name=_("verifier")
    )
    scheme = models.ForeignKey(
        Scheme, models.PROTECT, related_name="accreditations", verbose_name=_("scheme")
    )
    sectors = ArrayField(models.CharField(max_length=40), verbose_name=_("sectors"))
    certificate = models.CharField(
        _("certificate"), max_length=200, help_text=_("By which the accrediting body names it.")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), help_text=_("The last day."))
    suspended_on = models.DateField(_("suspended from"), null=True, blank=True)
    suspension_reason = models.CharField(_("reason"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("accreditation")
        verbose_name_plural = _("accreditations")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="accreditation_is_valid_for_a_time"
            ),
            models.CheckConstraint(
                condition=Q(sectors__len__gte=1), name="accreditation_names_a_sector"
            ),
            models.CheckConstraint(
                condition=Q(suspended_on=None, suspension_reason="")
                | Q(suspended_on__isnull=False) & ~Q(suspension_reason=""),
                name="accreditation_is_suspended_for_a_reason",
            ),
        ]

    def __str__(self):
        return self.certificate


class VerifierMember(models.Model):
    """A person who acts for a verifier, from the first to the last day."""

    verifier = models.ForeignKey(
        Verifier, models.PROTECT, related_name="members", verbose_name=_("verifier")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="verifier_memberships", verbose_name=_("person")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(
        _("valid to"), null=True, blank=True, help_text=_("The last day; empty: without end.")
    )

    class Meta:
        verbose_name = _("member of a verifier")
        verbose_name_plural = _("members of verifiers")
        constraints = [
            models.UniqueConstraint(
                fields=["verifier", "person"],
                condition=Q(valid_to=None),
                name="verifier_member_is_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="verifier_member_belongs_for_a_time",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class ConflictOfInterest(models.Model):
    """What forbids a verifier to verify for an account holder, from the first to the last day."""

    class Kind(models.TextChoices):
        OWNERSHIP = "ownership", _("ownership or control")
        CONSULTANCY = "consultancy", _("advised on the monitoring or the report")
        EMPLOYMENT = "employment", _("employment of a member")
        OTHER_SERVICE = "other_service", _("another service")

    verifier = models.ForeignKey(
        Verifier, models.PROTECT, related_name="conflicts", verbose_name=_("verifier")
    )
    holder = models.ForeignKey(
        AccountHolder, models.PROTECT, related_name="conflicts", verbose_name=_("account holder")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(
        _("valid to"), null=True, blank=True, help_text=_("The last day; empty: without end.")
    )
    declared_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("declared by")
    )

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="conflict_of_interest_stands_for_a_time",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"
