"""What units count for when they are used: home units at par, foreign ones as a link says.

The registry's value port (settings.CONCORD["VALUE"]). It takes from limits, so it is called in
the database transaction that proposes the use.
"""

from django.db.models import Q

from linking.decide import Request, refusals
from linking.errors import failure
from linking.models import Transfer
from linking.route import Unit, route
from linking.selectors.graph import links
from linking.selectors.units import blocks_of
from registry import facts
from registry.errors import RuleViolated
from registry.models import Account, Issuance, Registry
from registry.ports import Value
from registry.valuation import at_par

from .accept import Wanted, accept

# The kind of account that each place of an edge's remainder is, in the acceptor's registry.
KEPT_IN = {"cancel": "cancellation", "acceptor_reserve": "buffer"}

CONVERTING = (Transfer.Method.ISSUE_AND_CANCEL, Transfer.Method.ESCROW_MIRROR)


def of_line(line, registry_id, at) -> Value:
    """Tonnes that the units of a line count for, with the decision that says so.

    Raises: RuleViolated with the codes of the decision.
    """
    unit_type = facts.reference().unit_types.get(line.unit_type)
    is_ours = unit_type is None or unit_type.registry_id == registry_id
    if is_ours and not _came_over_links(line.unit_type):
        return at_par(line, registry_id, at)
    places = dict(
        Registry.objects.filter(pk__in=[registry_id, unit_type.registry_id]).values_list(
            "id", "jurisdiction__code"
        )
    )
    here, issuer = places[registry_id], places[unit_type.registry_id]
    if here == issuer and not is_ours:
        return at_par(line, registry_id, at)
    request = Request(
        quantity=line.quantity,
        entity=line.entity or _holder(line.source),
        year=_year(line.period, at),
        period=line.period,
    )
    units = _units(line, unit_type.code, issuer)
    if is_ours:
        # What was made of foreign units is limited as they are; any that the line may take binds.
        units = [unit for unit in units if unit.converted_from]
        if not units:
            return at_par(line, registry_id, at)
    known = links()
    _require_all(units, here, request, at, known.graph)
    accepted = accept(Wanted(units[0], here, here, request), at=at, whole=True, known=known)
    if accepted.decision.returned:
        raise RuleViolated(failure("UNITS_FOR_NOTHING", consumed=str(accepted.decision.consumed)))
    remainder = tuple(
        (KEPT_IN[place], units) for place, units in accepted.decision.remainder.items()
    )
    return Value(accepted.decision.credited, accepted.factor_version, remainder)


def _came_over_links(unit_type_id):
    """Whether units of a type were ever issued for units that a link has brought."""
    brought = Q(posting__transaction__transfer_in__method__in=CONVERTING)
    brought |= Q(posting__transaction__external_retirement__isnull=False)
    return Issuance.objects.filter(brought, unit_type_id=unit_type_id).exists()


def _holder(account_id):
    return Account.objects.values_list("holder_id", flat=True).get(pk=account_id)


def _year(period, at):
    """The year of compliance: that of the period's label, else the running one."""
    digits = period[-4:]
    return int(digits) if digits.isdigit() else at.year


def _require_all(units, here, request, at, graph):
    """Raises: RuleViolated where any of the units that the line may take is not recognised."""
    for unit in units:
        codes = refusals(route(graph, unit, here, here, at), request, at)
        if codes:
            vintage = {"unit_type": unit.unit_type, "vintage": str(unit.vintage)}
            raise RuleViolated(*(failure(code, **vintage) for code in codes))


def _units(line, code, issuer):
    """Every kind of units that the line may take: of the named serials, else of all that the
    account has, because nobody knows yet which of them are picked."""
    found = {block.unit for block in blocks_of(line, code, issuer)}
    if not found:
        # The ledger refuses the line for want of units; the answer is about what it names.
        return [Unit(code, issuer, line.vintage_from.year if line.vintage_from else 0)]
    return sorted(found, key=lambda unit: (unit.vintage, str(unit)))
