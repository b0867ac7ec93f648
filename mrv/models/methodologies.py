"""How projects earn credits, as data: the types of project, and the methodologies of a scheme."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Person, Scheme
from registry.models.names import Named


class ProjectType(Named):
    """A kind of project. Its code is the activity of the units: links accept or deny by it."""

    code = models.CharField(_("code"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("project type")
        verbose_name_plural = _("project types")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9_]*$"),
                name="project_type_code_is_a_word",
            ),
        ]

    def __str__(self):
        return self.name


class Methodology(Named):
    """A way to earn credits in a scheme. What it says is in its versions."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    scheme = models.ForeignKey(
        Scheme, models.PROTECT, related_name="methodologies", verbose_name=_("scheme")
    )

    class Meta:
        verbose_name = _("methodology")
        verbose_name_plural = _("methodologies")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9.-]*$"),
                name="methodology_code_can_be_printed",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


class MethodologyVersion(models.Model):
    """What a methodology says from a day on; mrv/projects/methodology.py reads it.

    A project keeps the version that it was proposed with. `digest` is the SHA-256 of the canonical
    text (RFC 8785). Append-only.
    """

    methodology = models.ForeignKey(
        Methodology, models.PROTECT, related_name="versions", verbose_name=_("methodology")
    )
    number = models.PositiveIntegerField(_("version"))
    document = models.JSONField(_("text"))
    digest = models.BinaryField(_("SHA-256 digest"), max_length=32)
    valid_from = models.DateField(_("valid from"))
    published_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        verbose_name = _("version of a methodology")
        verbose_name_plural = _("versions of methodologies")
        ordering = ["methodology", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["methodology", "number"], name="methodology_version_is_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["methodology", "valid_from"], name="methodology_version_begins_alone"
            ),
        ]

    def __str__(self):
        return f"{self.methodology_id} {self.number}"
