"""Whether, and how far, an edge accepts a request; what it counts for; what limits become. Pure.

`decide` never raises for a request in form: a refusal is a decision with codes, all of them. It
reads limits from a `State`, and takes nothing: linking/services take what `takes` says, in the
database transaction that uses it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from .amounts.credit import emission_change, remainder, withheld
from .route import Route

OFFSETS = "offsets"
# A note: the rules accept, and people of the acceptor are asked besides.
PEOPLE_ACCEPT = "accepted_by_people"


class LimitKey(NamedTuple):
    """A counter: its pool, the entity (None: all together), the period."""

    pool: str
    entity: object
    period: str


@dataclass(frozen=True, slots=True)
class Request:
    """`quantity` units, of which at least `minimum` are wanted, for an entity and a period.

    `year` is the year of compliance, against which vintages are measured; `period` the label of
    the acceptor's compliance period. `acquired_period` is the one in which held units came in.
    """

    quantity: int
    entity: object = None
    holder_class: str = "covered"
    year: int = 0
    period: str = ""
    acquired_period: str | None = None
    minimum: int = 1


@dataclass(slots=True)
class State:
    """What limits are measured by, as known when the decision is made.

    `bases` maps (entity or acceptor, base, period) to tonnes. `used`, `carried` and `allotted`
    map limit keys to amounts in the measure of the limit; `units` maps (edge, factor, entity,
    period) to the units used so far, for cumulative rounding.
    """

    bases: dict = field(default_factory=dict)
    used: dict = field(default_factory=dict)
    carried: dict = field(default_factory=dict)
    allotted: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)


class Take(NamedTuple):
    """What one limit loses. Amounts are in parts of a tonne, `scale` parts to a tonne."""

    key: LimitKey
    amount: int
    before: int
    scale: int

    @property
    def after(self) -> int:
        return self.before - self.amount


@dataclass(frozen=True, slots=True)
class Decision:
    """All figures are whole units or tonnes.

    `accepted` units of the request go on, of which `consumed` are used up and `returned` come
    back as no tonne hangs on them; `credited` tonnes; `remainder` maps places to units; `takes`
    are the limits before and after; `restores` what net limits get back.
    """

    accepted: int
    rejected: int
    codes: tuple = ()
    credited: int = 0
    consumed: int = 0
    returned: int = 0
    withheld: int = 0
    remainder: dict = field(default_factory=dict)
    takes: tuple = ()
    restores: tuple = ()
    edge_id: str = ""
    phase: int | None = None
    events: tuple = ()
    notes: tuple = ()

    @property
    def emission_change_t(self) -> int:
        """What the use adds to the world's emissions."""
        return emission_change(self.consumed, self.credited, self.remainder)


def decide(route: Route, request: Request, state: State, at: datetime) -> Decision:
    """What the edge of a route says to a request at an instant."""
    if route.kind == "domestic":
        return Decision(request.quantity, 0, credited=request.quantity, consumed=request.quantity)
    codes = refusals(route, request, at)
    edge = route.edge
    if codes:
        return Decision(
            0,
            request.quantity,
            codes,
            edge_id="" if edge is None else edge.edge_id,
            phase=route.phase,
        )
    if route.kind == "repatriation":
        return Decision(
            request.quantity,
            0,
            credited=request.quantity,
            consumed=request.quantity,
            restores=_restored(route, request, at),
            edge_id=edge.edge_id,
        )
    if route.kind == "use":
        return _use(route, request, state, at)
    return _import(route, request, state, at)


def refusals(route: Route, request: Request, at: datetime) -> tuple:
    """Why no unit of the request goes, in the documented order; limits are not looked at."""
    codes = list(route.codes)
    edge, unit = route.edge, route.unit
    if unit.used_for is not None:
        codes.append("ALREADY_RETIRED")
    if edge is None or route.kind == "repatriation":
        return tuple(codes)
    if route.kind == "import" and edge.transfer_windows:
        if not any(window.is_open(at) for window in edge.transfer_windows):
            codes.append("WINDOW_CLOSED")
    if unit.origin_type not in edge.accept_unit_types:
        if _would_accept(route.delayed, unit):
            codes.append("PHASE_GATE")
        codes.append("UNIT_TYPE")
    codes.extend(_quality(edge, unit, request))
    if route.kind == "import":
        if edge.holder_classes != "any" and request.holder_class not in _classes(edge):
            codes.append("HOLDER_CLASS")
        if edge.article6.ca_required and edge.article6.authorisation_id is None:
            codes.append("AUTHORISATION_MISSING")
    elif not edge.banking.allowed and request.acquired_period not in (None, request.period):
        codes.append("BANKING_NOT_ALLOWED")
    return tuple(dict.fromkeys(codes))


def _quality(edge, unit, request):
    project = unit.project_type
    listed = edge.accept_project_types is None or project in edge.accept_project_types
    if not listed or (project is not None and project in edge.deny_project_types):
        yield "PROJECT_TYPE"
    oldest, newest = edge.vintage_window
    if unit.vintage < request.year + oldest:
        yield "VINTAGE_TOO_OLD"
    elif unit.vintage > request.year + newest:
        yield "VINTAGE_FUTURE"
    if edge.min_issue_date is not None:
        if unit.issued_on is None or unit.issued_on < edge.min_issue_date:
            yield "ISSUED_TOO_EARLY"
    if edge.facility_limit_t is not None and unit.facility_t is not None:
        if unit.facility_t > edge.facility_limit_t:
            yield "FACILITY_SIZE"


def _classes(edge):
    return ("covered",) if edge.holder_classes == "covered" else ("covered", "intermediary")


def _would_accept(delayed, unit):
    return delayed is not None and unit.origin_type in delayed.edge.accept_unit_types


def _import(route, request, state, at):
    edge, quantity = route.edge, request.quantity
    numerator, denominator = route.numerator, route.denominator
    accepted, rooms, codes = quantity, [], []
    for number, quota in enumerate(edge.quotas):
        if quota.at != "import":
            continue
        in_units = quota.measure == "source_units"
        scale = 1 if in_units else edge.scale
        cost = 1 if in_units else -(-numerator * scale // denominator)
        for key, left in _lefts(number, route, request, state, at, scale):
            if left is None:
                codes.append("BASE_UNKNOWN")
                left = 0
            rooms.append((key, left, cost, scale))
            accepted, code = _fill(quota, accepted, quantity, max(0, left) // cost)
            if code:
                codes.append(code)
    codes = _settled(codes)
    if accepted < request.minimum:
        return _refused(route, quantity, codes)
    moved = accepted - withheld(accepted, edge.reserve_share)
    credited = moved * numerator // denominator
    returned = 0
    if edge.method == "issue_and_cancel" and edge.residue == "return":
        # Units on which no whole tonne hangs stay with their holder.
        returned = moved - -(-credited * denominator // numerator)
        accepted -= returned
    converts = edge.method != "recognition"
    return Decision(
        accepted,
        quantity - accepted,
        codes,
        credited,
        accepted if converts else 0,
        returned,
        withheld(accepted + returned, edge.reserve_share),
        _rest(edge, moved - returned, credited) if converts else {},
        tuple(Take(key, accepted * cost, left, scale) for key, left, cost, scale in rooms),
        _restored(route, request, at, accepted),
        edge.edge_id,
        route.phase,
        _events(edge, "international_transfer"),
        _notes(edge, at) + ((PEOPLE_ACCEPT,) if edge.acceptance == "people" else ()),
    )


def _use(route, request, state, at):
    edge, quantity = route.edge, request.quantity
    numerator, denominator = route.numerator, route.denominator
    before = 0
    if edge.rounding == "cumulative_floor":
        before = state.units.get(units_key(route, request), 0)
    already = before * numerator // denominator
    accepted, rooms, codes = quantity, [], []
    for number, quota in enumerate(edge.quotas):
        if quota.at != "use":
            continue
        in_units = quota.measure == "source_units"
        for key, left in _lefts(number, route, request, state, at, 1):
            if left is None:
                codes.append("BASE_UNKNOWN")
                left = 0
            rooms.append((key, left, in_units))
            room = max(0, left)
            if not in_units:
                room = _least_units(already + room, numerator, denominator) - before
            accepted, code = _fill(quota, accepted, quantity, room)
            if code:
                codes.append(code)
    codes = _settled(codes)
    if accepted < request.minimum:
        return _refused(route, quantity, codes)
    credited = (before + accepted) * numerator // denominator - already
    consumed = accepted
    if edge.residue == "return":
        consumed = -(-(already + credited) * denominator // numerator) - before if credited else 0
    return Decision(
        accepted,
        quantity - accepted,
        codes,
        credited,
        consumed,
        accepted - consumed,
        0,
        _rest(edge, consumed, credited),
        tuple(
            Take(key, consumed if in_units else credited, left, 1) for key, left, in_units in rooms
        ),
        (),
        edge.edge_id,
        route.phase,
        _events(edge, "use_or_cancellation"),
        _notes(edge, at) + (("GRANDFATHERED",) if route.grandfathered else ()),
    )


def _least_units(tonnes, numerator, denominator):
    """The fewest units that count for so many tonnes, or for as many as they can below them."""
    units = -(-tonnes * denominator // numerator)
    if units * numerator // denominator > tonnes:
        # A factor above 1 leaps over it.
        units -= 1
    return units


def units_key(route: Route, request: Request) -> tuple:
    """Under which the units of an entity are summed, so that floors do not add up."""
    factor = f"{route.numerator}/{route.denominator}"
    return route.edge.edge_id, factor, request.entity, request.period


def _fill(quota, accepted, quantity, room):
    """(units accepted, code or None) after one more limit."""
    if room >= quantity:
        return accepted, None
    if quota.on_exceed == "reject":
        return 0, "QUOTA_EXCEEDED"
    return min(accepted, room), "QUOTA_PARTIAL" if room > 0 else "QUOTA_EXHAUSTED"


def _settled(codes):
    """One code for what quotas do: the strictest of them."""
    for strict in ("BASE_UNKNOWN", "QUOTA_EXCEEDED", "QUOTA_EXHAUSTED", "QUOTA_PARTIAL"):
        if strict in codes:
            return (strict,)
    return ()


def _refused(route, quantity, codes):
    if codes in ((), ("QUOTA_PARTIAL",)):
        # A part would fit, but less than is wanted.
        codes = ("QUOTA_EXCEEDED",)
    return Decision(0, quantity, codes, edge_id=route.edge.edge_id, phase=route.phase)


def _lefts(number, route, request, state, at, scale):
    """(key, amount left) of each counter of a quota; None left where its base is not known."""
    edge, quota = route.edge, route.edge.quotas[number]
    period = period_of(quota, request, at)
    key = limit_key(edge, number, quota, route.source, request.entity, period)
    limit = quota_limit(edge, quota, request.entity, period, state.bases)
    if limit is None:
        yield key, None
        return
    yield key, limit * scale + state.carried.get(key, 0) - state.used.get(key, 0)
    if quota.allocation != "fcfs":
        own = LimitKey(key.pool, request.entity, period)
        yield own, state.allotted.get(own, 0) * scale - state.used.get(own, 0)


def quota_limit(edge, quota, entity, period, bases):
    """Whole tonnes (or units) of a quota in a period, or None where its base is not known."""
    if quota.base == "absolute":
        return quota.limit(None)
    whose = edge.acceptor if quota.base == "cap" else entity
    tonnes = bases.get((whose, quota.base, period))
    return None if tonnes is None else quota.limit(tonnes)


def limit_key(edge, number, quota, source, entity, period) -> LimitKey:
    """The counter of a quota. Domestic and foreign offsets draw on one pool of the acceptor."""
    entity = entity if quota.scope == "entity" else None
    if quota.pool != "own":
        return LimitKey(f"{OFFSETS}:{edge.acceptor}", entity, period)
    pool = f"link:{edge.edge_id}:{number}"
    if quota.key == "route":
        pool += f":{source}"
    return LimitKey(pool, entity, period)


def period_of(quota, request, at) -> str:
    """The label of the period that a request falls into. An import's is that of its acceptance."""
    if quota.period == "calendar_year":
        return str(at.year)
    if quota.period == "fiscal_year_april":
        return f"FY{at.year if at.date() >= date(at.year, 4, 1) else at.year - 1}"
    return request.period if quota.period == "acceptor_compliance_year" else "lifetime"


def _restored(route, request, at, quantity=None):
    """What net quotas get back: units that go home what they took, exports a tonne each."""
    if route.back is None:
        return ()
    units = request.quantity if quantity is None else quantity
    edge = route.back
    worth = edge.factor.value if route.kind == "repatriation" else 1
    found = []
    for number, quota in enumerate(edge.quotas):
        if quota.direction == "net":
            key = limit_key(edge, number, quota, edge.source, None, period_of(quota, request, at))
            if quota.measure == "source_units":
                found.append(Take(key, units, 0, 1))
            else:
                found.append(Take(key, int(worth * edge.scale) * units, 0, edge.scale))
    return tuple(found)


def _rest(edge, units, credited):
    if units <= credited:
        return {}
    return remainder(units, credited, edge.remainder_to.to, edge.remainder_to.reserved)


def _events(edge, what):
    """What Article 6 accounting hears of."""
    article6 = edge.article6
    events = (f"first_transfer:{what}",) if article6.first_transfer == what else ()
    return events + (("annual_report",) if article6.annual_report else ())


def _notes(edge, at):
    return ("FACTOR_REVIEW_OVERDUE",) if edge.factor.overdue(at.date()) else ()
