"""What an emergency stop forbids: of a registry everything, of a unit type what names it.

A stop of an account is its status, which the gate reads under lock.
"""

from django.utils.translation import gettext_lazy as _

from .base import Check


class RegistryRuns(Check):
    code = "REGISTRY_STOPPED"
    number = 1601
    message = _("An emergency stop of the registry stands.")
    hint = _("Wait until the stop is lifted: a quorum decides that.")

    def failures(self, proposal):
        if not proposal.facts.stopped:
            return
        for registry_id in sorted(proposal.facts.registries):
            if (registry_id, None) in proposal.facts.stopped:
                yield None, {"registry": str(registry_id)}


class UnitTypeRuns(Check):
    code = "UNIT_TYPE_STOPPED"
    number = 1602
    message = _("An emergency stop of the unit type stands.")
    hint = _("Wait until the stop is lifted: a quorum decides that.")

    def failures(self, proposal):
        if not proposal.facts.stopped:
            return
        stopped = {unit_type for _registry, unit_type in proposal.facts.stopped}
        for number, line in enumerate(proposal.lines, 1):
            if line.unit_type in stopped:
                yield number, {"unit_type": proposal.facts.unit_types[line.unit_type].code}
