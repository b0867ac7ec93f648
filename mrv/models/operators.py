"""Who reports: operators that a registry's scheme covers, and their installations."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import AccountHolder, Jurisdiction, Person, Registry


class Operator(models.Model):
    """An account holder that the scheme of a registry covers: it reports, and owes by its reports.

    Who represents an account of the holder in this registry acts for the operator.
    """

    holder = models.ForeignKey(
        AccountHolder, models.PROTECT, related_name="operators", verbose_name=_("account holder")
    )
    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="operators", verbose_name=_("registry")
    )
    covered_from = models.DateField(_("covered from"))
    covered_to = models.DateField(
        _("covered to"), null=True, blank=True, help_text=_("The last day; empty: without end.")
    )

    class Meta:
        verbose_name = _("operator")
        verbose_name_plural = _("operators")
        constraints = [
            models.UniqueConstraint(fields=["holder", "registry"], name="operator_is_covered_once"),
            models.CheckConstraint(
                condition=Q(covered_to=None) | Q(covered_to__gte=F("covered_from")),
                name="operator_is_covered_for_a_time",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class Installation(models.Model):
    """Where an operator emits. What is asked of it depends on its sector."""

    operator = models.ForeignKey(
        Operator, models.PROTECT, related_name="installations", verbose_name=_("operator")
    )
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    jurisdiction = models.ForeignKey(
        Jurisdiction,
        models.PROTECT,
        related_name="installations",
        verbose_name=_("jurisdiction"),
    )
    sector = models.CharField(_("sector"), max_length=40)
    started_on = models.DateField(_("in operation from"))
    closed_on = models.DateField(
        _("in operation to"),
        null=True,
        blank=True,
        help_text=_("The last day; empty: in operation."),
    )
    recorded_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"),
                name="installation_code_can_be_printed",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("started_on")),
                name="installation_operates_for_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"
