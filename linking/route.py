"""Which edge a movement or a use of units goes by: by where they were issued. Pure.

Recognition is by origin: issuer, type and vintage, whoever held the units last. Converted units
are looked through to what they were made of. Nothing but this module and linking/decide.py
interprets an edge.
"""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from .edges.edge import Edge
from .graph import Graph, Present


@dataclass(frozen=True, slots=True)
class Unit:
    """What is known of the units of one request.

    `converted_from` is (issuer, unit type) of what they were made of; `used_for` says what they
    were retired for, where they were.
    """

    unit_type: str
    issuer: str
    vintage: int
    project_type: str | None = None
    issued_on: date | None = None
    facility_t: int | None = None
    converted_from: tuple | None = None
    used_for: str | None = None

    @property
    def origin(self) -> str:
        return self.converted_from[0] if self.converted_from else self.issuer

    @property
    def origin_type(self) -> str:
        return self.converted_from[1] if self.converted_from else self.unit_type


@dataclass(frozen=True, slots=True)
class Route:
    """`kind` is domestic, import, repatriation or use; `codes` say why there is no way.

    `numerator` over `denominator` is the factor that counts. `back` is the edge whose net quotas
    the movement restores.
    """

    kind: str
    unit: Unit
    source: str = ""
    edge: Edge | None = None
    numerator: int = 1
    denominator: int = 1
    codes: tuple = ()
    phase: int | None = None
    delayed: object = None
    grandfathered: bool = False
    back: Edge | None = None


def route(graph: Graph, unit: Unit, source: str, to: str, at: datetime) -> Route:
    """The way of units from one registry to another, or to their use where source is to.

    No way is a route as well: one with codes.
    """
    if source == to:
        if unit.origin == to:
            return Route("domestic", unit, source)
        return _use(graph, unit, to, at)
    if unit.converted_from and to == unit.origin:
        return Route("repatriation", unit, source, codes=("CONVERTED_UNIT",))
    if unit.issuer == to:
        return _home(graph, unit, source, at)
    return _import(graph, unit, source, to, at)


def _home(graph, unit, source, at):
    """Going home is at par and needs no open edge: also a suspended link lets units return."""
    edges = graph.between(unit.issuer, source)
    if not edges:
        return Route("repatriation", unit, source, codes=("NO_EDGE",))
    found = _of_type(graph, edges, unit, at)
    codes = ("RE_EXPORT_FORBIDDEN",) if found.edge.re_export == "forbidden" else ()
    return Route("repatriation", unit, source, found.edge, codes=codes, back=found.edge)


def _import(graph, unit, source, to, at):
    edges = graph.between(unit.origin, to)
    if not edges:
        # Someone recognises the last holder's units, but not these.
        known = source != unit.origin and graph.between(source, to)
        return Route(
            "import", unit, source, codes=("ORIGIN_NOT_RECOGNISED" if known else "NO_EDGE",)
        )
    found = _of_type(graph, edges, unit, at)
    codes = _closed(graph, found, at)
    factor = found.edge.factor.value
    if source != unit.origin:
        first = _of_type(graph, graph.between(unit.origin, source), unit, at)
        if first is not None and first.edge.re_export != "allowed":
            codes += ("RE_EXPORT_FORBIDDEN",)
        factor = _chained(graph, factor, first, source, to, at)
    partner = graph.between(to, source)
    return Route(
        "import",
        unit,
        source,
        found.edge,
        factor.numerator,
        factor.denominator,
        codes,
        found.phase,
        found.delayed,
        back=graph.present(partner[0], at).edge if partner else None,
    )


def _chained(graph, direct, first, source, to, at):
    """The less generous of the direct factor and that of the way which the units have come."""
    onward = graph.between(source, to)
    if first is None or not onward:
        return direct
    return min(direct, first.edge.factor.value * graph.present(onward[0], at).edge.factor.value)


def _use(graph, unit, acceptor, at):
    """The use of foreign units where they are held; held units outlive a link as it says."""
    edges = graph.between(unit.origin, acceptor)
    if not edges:
        return Route("use", unit, acceptor, codes=("NO_EDGE",))
    found = _of_type(graph, edges, unit, at)
    codes, factor, grandfathered = (), found.edge.factor.value, False
    if unit.converted_from:
        # The factor was applied when they were converted.
        factor = Fraction(1)
    if found.state in ("suspended", "terminated"):
        codes, haircut = _held(found, at)
        factor, grandfathered = factor * haircut, not codes
    elif not found.is_open:
        codes = ("NO_EDGE",)
    return Route(
        "use",
        unit,
        acceptor,
        found.edge,
        factor.numerator,
        factor.denominator,
        codes,
        found.phase,
        found.delayed,
        grandfathered,
    )


def _held(found: Present, at):
    """Whether units that are held when a link has stopped can be used, and at what haircut."""
    policy = found.edge.suspension
    if policy.held == "freeze":
        return ("LINK_SUSPENDED" if found.state == "suspended" else "LINK_TERMINATED",), Fraction(1)
    until = found.change.grace_until if found.change else None
    if until is not None and at.date() > until:
        return ("GRACE_EXPIRED",), Fraction(1)
    return (), policy.haircut


def _of_type(graph, edges, unit, at):
    """The edge that names the unit type; where none does, the first."""
    presents = [graph.present(edge, at) for edge in edges]
    for found in presents:
        if unit.origin_type in found.edge.accept_unit_types:
            return found
    return presents[0] if presents else None


def _closed(graph, found, at):
    """Why nothing new goes over an edge now: not begun, stopped, or its partner is."""
    if found.state == "suspended":
        return ("LINK_SUSPENDED",)
    if found.state == "terminated":
        return ("LINK_TERMINATED",)
    if not found.is_open:
        return ("PHASE_GATE",) if found.delayed else ("NO_EDGE",)
    edge = found.edge
    if edge.form == "reciprocal" and not graph.is_open(edge.acceptor, edge.source, at):
        return ("LINK_SUSPENDED",)
    return ()
