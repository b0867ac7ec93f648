"""Who acts (a person) and what they act with (a key).

Two keys of one person are one approver: every rule about approvals compares persons.
System actors are rows too, so that no act is without an actor.
"""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Person(AbstractUser):
    """A human being or a system actor that proposes, approves or reads."""

    first_name = None
    last_name = None
    display_name = models.CharField(_("display name"), max_length=200)
    language = models.CharField(_("language"), max_length=8, default="en")
    is_system = models.BooleanField(
        _("system actor"),
        default=False,
        help_text=_("Acts for the software itself and can not sign in."),
    )
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    password_valid_until = models.DateTimeField(
        _("password valid until"),
        null=True,
        blank=True,
        help_text=_("Of a one-time password; empty: until it is changed."),
    )
    mail_notices = models.BooleanField(
        _("notices by mail"), default=True, help_text=_("Where the person has a mail address.")
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")

    def __str__(self):
        return self.display_name or self.username


class Role(models.TextChoices):
    """In which capacity a person acts. A representative acts for accounts, not for a registry:
    that role is named by transaction types, and is given by representations only."""

    SYSTEM_ADMINISTRATOR = "system_administrator", _("system administrator")
    ADMINISTRATOR = "administrator", _("registry administrator")
    JUNIOR_ADMINISTRATOR = "junior_administrator", _("junior registry administrator")
    READ_ONLY_ADMINISTRATOR = "read_only_administrator", _("read-only registry administrator")
    REGULATOR = "regulator", _("regulator")
    AUDITOR = "auditor", _("auditor")
    SYSTEM = "system", _("the system itself")
    REPRESENTATIVE = "representative", _("representative")


ASSIGNED_ROLES = [(role.value, role.label) for role in Role if role != Role.REPRESENTATIVE]


class RoleAssignment(models.Model):
    """A person has a role in one registry, or in all registries of the node."""

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="role_assignments", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=32, choices=ASSIGNED_ROLES)
    registry = models.ForeignKey(
        "registry.Registry",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("registry"),
        help_text=_("Empty: all registries of this node."),
    )

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[role for role, _label in ASSIGNED_ROLES]),
                name="role_assignment_role_is_known",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "registry"],
                nulls_distinct=False,
                name="role_assignment_is_given_once",
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} #{self.pk}"


class Scope(models.TextChoices):
    """What a key may be used for, within what its person may do."""

    READ = "read", _("read")
    PROPOSE = "propose", _("propose and withdraw transactions")
    APPROVE = "approve", _("approve and reject transactions")
    MANAGE = "manage", _("manage everything else")


class ApiKey(models.Model):
    """What a program acts for a person with: a secret, or a key that signs each request.

    Of a secret only the SHA-256 is kept. A signing key has its public half here, its `prefix` is
    the thumbprint (RFC 7638) that requests name as keyid, and `digest` that of the public half.
    """

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="api_keys", verbose_name=_("person")
    )
    label = models.CharField(_("label"), max_length=100)
    prefix = models.CharField(_("prefix"), max_length=64, unique=True)
    digest = models.BinaryField(_("SHA-256 digest"), max_length=32)
    public_key = models.BinaryField(
        _("public key"), max_length=32, null=True, help_text=_("Ed25519; empty for a secret.")
    )
    scopes = ArrayField(
        models.CharField(max_length=32), verbose_name=_("scopes"), default=list, blank=True
    )
    networks = ArrayField(
        models.CharField(max_length=43),
        verbose_name=_("networks"),
        default=list,
        blank=True,
        help_text=_("Addresses that may use the key, as in 192.0.2.0/24; empty: all."),
    )
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(
        _("last used at"), null=True, blank=True, help_text=_("To within an hour.")
    )
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values), name="api_key_scopes_are_known"
            ),
        ]

    def __str__(self):
        return f"{self.prefix}… ({self.label})"
