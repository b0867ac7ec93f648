"""What units count for while no link says otherwise: home units at par, others not at all."""

from django.utils.translation import gettext_lazy as _

from .errors import Failure, RuleViolated
from .models import UnitType
from .ports import Value


def at_par(line, registry_id, at) -> Value:
    """One unit of the registry's own types counts for one tonne.

    Raises: RuleViolated (UNIT_NOT_RECOGNISED).
    """
    home = UnitType.objects.filter(pk=line.unit_type).values_list("registry_id", flat=True)
    if home and home[0] != registry_id:
        raise RuleViolated(
            Failure(
                "UNIT_NOT_RECOGNISED",
                _("Units of another registry count for nothing here without a link."),
                _("Use units of this registry, or a link that recognises these."),
                data={"unit_type": str(line.unit_type)},
            )
        )
    return Value(credited_tonnes=line.quantity)
