"""What the accounts of a corporate group hold together."""

from django.db.models import F, Sum

from registry.gate_texts import GATE_TEXTS
from registry.models import TERMINAL_KINDS, CorporateGroup, Holding

from .base import Check


class GroupWithinItsLimit(Check):
    """The gate decides it under lock; here it is told with all other failures, and before people
    are asked to approve. Units that move within a group add nothing to it."""

    code = "GROUP_LIMIT_EXCEEDED"
    number = 3021
    message, hint = GATE_TEXTS["GROUP_LIMIT_EXCEEDED"]

    def failures(self, proposal):
        # Empty as a rule: then nothing is looked up.
        if not proposal.facts.group_limits:
            return
        for place, gains in _gained(proposal).items():
            for unit_type, units in proposal.facts.group_limits.get(place, ()):
                gained = sum(gains.values()) if unit_type is None else gains.get(unit_type, 0)
                if gained <= 0:
                    continue
                held = _held(*place, unit_type) + gained
                if held > units:
                    yield None, _told(proposal, place[0], unit_type, units, held)


def _gained(proposal):
    """What each group gains in each registry, by unit type."""
    gained = {}
    for line in proposal.lines:
        for end, sign in ((line.source, -1), (line.destination, 1)):
            account = proposal.facts.accounts.get(end)
            if account is None or account.group_id is None or account.kind in TERMINAL_KINDS:
                continue
            units = gained.setdefault((account.group_id, account.registry_id), {})
            units[line.unit_type] = units.get(line.unit_type, 0) + sign * line.quantity
    return gained


def _held(group, registry, unit_type):
    rows = Holding.objects.filter(
        account__holder__group=group,
        account__registry=registry,
        account__terminal=False,
        closed_by=None,
    )
    if unit_type is not None:
        rows = rows.filter(unit_type=unit_type)
    return rows.aggregate(held=Sum(F("last") - F("first") + 1))["held"] or 0


def _told(proposal, group, unit_type, units, held):
    return {
        "group": CorporateGroup.objects.values_list("code", flat=True).get(pk=group),
        "unit_type": unit_type and proposal.facts.unit_types[unit_type].code,
        "limit": str(units),
        "held": str(held),
    }
