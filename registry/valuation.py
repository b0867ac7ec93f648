"""What units count for while no link says otherwise: home units at par, others not at all."""

from django.utils.translation import gettext_lazy as _

from . import facts
from .errors import Failure, RuleViolated
from .ports import Value


def at_par(line, registry_id) -> Value:
    """One unit of the registry's own types counts for one tonne.

    Raises: RuleViolated (UNIT_NOT_RECOGNISED).
    """
    unit_type = facts.reference().unit_types.get(line.unit_type)
    if unit_type is not None and unit_type.registry_id != registry_id:
        raise RuleViolated(
            Failure(
                "UNIT_NOT_RECOGNISED",
                _("Units of another registry count for nothing here without a link."),
                _("Use units of this registry, or a link that recognises these."),
                data={"unit_type": unit_type.code},
            )
        )
    return Value(credited_tonnes=line.quantity)
