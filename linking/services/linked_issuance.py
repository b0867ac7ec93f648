"""What a registry issues for units that a link has brought, and that are gone where they were."""

from registry.lines import Line
from registry.services.issue import Issuance, describe

from .plan import account_of


def issuance(unit_type, account, decision, *, vintage_from, withheld=0) -> Issuance:
    """One issuance for one decision: the credited tonnes to the account, and what the edge keeps
    to the reserve.

    Raises: RuleViolated (NO_ACCOUNT_FOR_LINKS).
    """
    outcome, edge = decision.outcome, decision.edge
    credited = int(outcome["credited_t"])
    blocks = [(account, credited)] if credited else []
    kept = int(outcome["remainder"].get("acceptor_reserve", 0)) + withheld
    if kept:
        blocks.append((account_of(unit_type.registry_id, kind="buffer"), kept))
    return Issuance(
        unit_type.pk,
        blocks,
        vintage_from=vintage_from,
        vintage_to=vintage_from.replace(year=vintage_from.year + 1),
        vintage_label=str(vintage_from.year),
        legal_basis=f"{edge.version.agreement.code}, {edge.edge_id}",
        activity=decision.request["unit"]["project_type"] or "",
    )


def lines_of(issuances) -> tuple[list[Line], list]:
    """The lines of a transaction that issues them, and their description in its attributes."""
    lines = [
        Line(None, to, each.unit_type, quantity)
        for each in issuances
        for to, quantity in each.blocks
    ]
    return lines, describe(issuances)
