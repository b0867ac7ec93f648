"""What units count for when they are used: home units at par, foreign ones as a link says.

The registry's value port (settings.CONCORD["VALUE"]). It takes from limits, so it is called in
the database transaction that proposes the use.
"""

from dataclasses import dataclass, replace

from django.db.models import Q

from linking.decide import Request, refusals
from linking.errors import failure
from linking.models import Transfer
from linking.route import Unit, route
from linking.selectors.acquired import periods
from linking.selectors.graph import links
from linking.selectors.units import blocks_of
from registry import facts
from registry.errors import RuleViolated
from registry.models import Account, Issuance, Registry
from registry.ports import Value
from registry.valuation import at_par

from .accept import Wanted, accept_all

# The kind of account that each place of an edge's remainder is, in the acceptor's registry.
KEPT_IN = {"cancel": "cancellation", "acceptor_reserve": "buffer"}

CONVERTING = (Transfer.Method.ISSUE_AND_CANCEL, Transfer.Method.ESCROW_MIRROR)


@dataclass(frozen=True)
class Used:
    """Units of one line that a link decides on: every kind that it may take, which serials these
    are, and for whom."""

    units: list
    place: str
    request: Request
    registry_id: int
    unit_type_id: int
    ranges: list


def of_lines(lines, registry_id, at) -> list[Value]:
    """Tonnes that the units of each line count for, with the decision that says so.

    What all lines take from limits is taken at once and in one order, whatever theirs is.

    Raises: RuleViolated with the codes of the decision.
    """
    used = [_used(line, registry_id, at) for line in lines]
    foreign = [each for each in used if each is not None]
    if not foreign:
        return [at_par(line, registry_id) for line in lines]
    known = links()
    for each in foreign:
        _require_all(each, at, known.graph)
    wanted = [Wanted(each.units[0], each.place, each.place, each.request) for each in foreign]
    accepted = iter(accept_all(wanted, at=at, known=known))
    return [
        at_par(line, registry_id) if each is None else _counted(next(accepted))
        for line, each in zip(lines, used, strict=True)
    ]


def _used(line, registry_id, at):
    """What a link decides on of a line; None where its units count at par."""
    unit_type = facts.reference().unit_types.get(line.unit_type)
    is_ours = unit_type is None or unit_type.registry_id == registry_id
    if is_ours and not _came_over_links(line.unit_type):
        return None
    places = dict(
        Registry.objects.filter(pk__in=[registry_id, unit_type.registry_id]).values_list(
            "id", "jurisdiction__code"
        )
    )
    here, issuer = places[registry_id], places[unit_type.registry_id]
    if here == issuer and not is_ours:
        return None
    request = Request(
        quantity=line.quantity,
        entity=line.entity or _holder(line.source),
        year=_year(line.period, at),
        period=line.period,
    )
    blocks = blocks_of(line, unit_type.code, issuer)
    units = _units(line, blocks, unit_type.code, issuer)
    if is_ours:
        # What was made of foreign units is limited as they are; any that the line may take binds.
        units = [unit for unit in units if unit.converted_from]
        if not units:
            return None
    ranges = [(block.first, block.last) for block in blocks]
    return Used(units, here, request, registry_id, line.unit_type, ranges)


def _counted(accepted):
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


def _require_all(used, at, graph):
    """Raises: RuleViolated where any of the units that the line may take is not recognised."""
    for unit in used.units:
        way = route(graph, unit, used.place, used.place, at)
        codes = refusals(way, used.request, at)
        if not codes and way.edge and not way.edge.banking.allowed:
            codes = _not_banked(way, used, at)
        if codes:
            vintage = {"unit_type": unit.unit_type, "vintage": str(unit.vintage)}
            raise RuleViolated(*(failure(code, **vintage) for code in codes))


def _not_banked(way, used, at):
    """Codes of units that came in another period, over an edge that lets none be kept."""
    acquired = periods(used.registry_id, used.unit_type_id, used.ranges) if used.ranges else ()
    for period in sorted(acquired):
        codes = refusals(way, replace(used.request, acquired_period=period), at)
        if codes:
            return codes
    return ()


def _units(line, blocks, code, issuer):
    """Every kind of units that the line may take: of the named serials, else of all that the
    account has, because nobody knows yet which of them are picked."""
    found = {block.unit for block in blocks}
    if not found:
        # The ledger refuses the line for want of units; the answer is about what it names.
        return [Unit(code, issuer, line.vintage_from.year if line.vintage_from else 0)]
    return sorted(found, key=lambda unit: (unit.vintage, str(unit)))
