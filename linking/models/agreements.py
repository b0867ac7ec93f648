"""Agreements as documents: their parties, their versions, what is said about them, who signed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Jurisdiction, Person, Registry


class Agreement(models.Model):
    """What parties negotiate and sign; all of its versions are kept."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    created_by = models.ForeignKey(
        Person, models.PROTECT, related_name="agreements", verbose_name=_("begun by")
    )
    created_at = models.DateTimeField(_("begun at"))

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"),
                name="agreement_code_can_be_printed",
            )
        ]

    def __str__(self):
        return self.code


class AgreementParty(models.Model):
    """A jurisdiction that signs, and the registry whose administrators and key act for it."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="parties")
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="agreements")
    registry = models.ForeignKey(Registry, models.PROTECT, related_name="agreements")
    # Pinned, where another node keeps the registry.
    public_key = models.BinaryField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "jurisdiction"], name="agreement_party_is_one"
            )
        ]

    def __str__(self):
        return f"#{self.pk}"


class AgreementVersion(models.Model):
    """One text of an agreement. `canonical` is what is signed (RFC 8785); `digest` its SHA-256.

    Proposed, then in force when all parties have signed, or dropped; replaced by the next one in
    force, or terminated. `ends_at` is the instant from which a termination holds.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        DROPPED = "dropped", _("dropped")
        IN_FORCE = "in_force", _("in force")
        REPLACED = "replaced", _("replaced")
        TERMINATED = "terminated", _("ended")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    canonical = models.TextField()
    digest = models.BinaryField()
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(AgreementParty, models.PROTECT, related_name="proposals")
    proposer = models.ForeignKey(Person, models.PROTECT, related_name="agreement_versions")
    proposed_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"], name="agreement_version_number_is_one"
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(status="in_force"),
                name="agreement_has_one_version_in_force",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="agreement_version_number_counts_from_one"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "dropped"], in_force_at__isnull=True)
                | Q(
                    status__in=["in_force", "replaced", "terminated"],
                    in_force_at__isnull=False,
                ),
                name="agreement_version_in_force_has_a_time",
            ),
        ]

    def __str__(self):
        return f"#{self.pk} {self.number}"


class VersionRejection(models.Model):
    """A party does not want a proposed version, and says why; so it is dropped.

    By the party that proposed it, this is its withdrawal. The trigger that keeps the row drops the
    version in the same statement.
    """

    version = models.OneToOneField(AgreementVersion, models.PROTECT, related_name="rejection")
    party = models.ForeignKey(AgreementParty, models.PROTECT, related_name="rejections")
    person = models.ForeignKey(Person, models.PROTECT, related_name="agreement_rejections")
    reason = models.TextField()
    at = models.DateTimeField()

    def __str__(self):
        return f"#{self.pk}"


class Comment(models.Model):
    """What a party says about a clause or a field of a version, named by its JSON pointer."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="comments")
    party = models.ForeignKey(AgreementParty, models.PROTECT, related_name="comments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="agreement_comments")
    clause = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self):
        return f"#{self.pk}"


class VersionSignature(models.Model):
    """A party's signature over the canonical bytes of a version, by the key that it pins."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="signatures")
    party = models.ForeignKey(AgreementParty, models.PROTECT, related_name="signatures")
    person = models.ForeignKey(Person, models.PROTECT, related_name="agreement_signatures")
    key_id = models.CharField(max_length=43)
    signature = models.BinaryField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "party"], name="agreement_version_is_signed_once_by_a_party"
            )
        ]

    def __str__(self):
        return f"#{self.pk}"
