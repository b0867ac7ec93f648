"""Whether edges make sense together: what no edge can tell alone. Pure.

Each finding names the edge by its place in the list. docs/linking.md says why each rule is there.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from .edges.findings import Finding
from .lifecycle.phases import stage

NON_BINDING = ("MoU", "unilateral_regulation")
BINDING = ("treaty", "agreement")


@dataclass(frozen=True)
class Known:
    """What the edges are compared with.

    `issuers` maps unit types to their registries, or is None where they are not known; `parties`
    maps a registry to its Party; `external` are mechanisms outside all Parties.
    """

    issuers: dict | None = None
    parties: dict = field(default_factory=dict)
    external: frozenset = frozenset()


def check(edges, known: Known | None = None) -> list[Finding]:
    """Everything that is wrong with a set of edges, edge by edge, then with all together."""
    known = known or Known()
    edges = list(edges)
    by_id = {edge.edge_id: edge for edge in reversed(edges)}
    between = {(edge.source, edge.acceptor) for edge in edges}
    findings = []
    for number, edge in enumerate(edges):
        for name, code, data in (
            *_of_itself(edge, known),
            *_of_units(edge, known),
            *_of_partner(edge, by_id, between),
        ):
            where = f"/edges/{number}/{name}"
            findings.append(Finding(code, where, {"edge": edge.edge_id, **data}))
        if by_id[edge.edge_id] is not edge:
            where = f"/edges/{number}/edge_id"
            findings.append(Finding("EDGE_TWICE", where, {"edge": edge.edge_id}))
    findings.extend(_mints(edges))
    return findings


def _variants(edge):
    """The edge in each of its phases, with the place of what the phase says."""
    if not edge.phases:
        return [("", edge)]
    return [(f"phases/{i}/overrides/", phase.edge) for i, phase in enumerate(edge.phases)]


def _of_itself(edge, known):
    if edge.source == edge.acceptor:
        yield "acceptor", "EDGE_TO_ITSELF", {}
    if not _legal_basis_suits(edge):
        yield "legal_basis", "LEGAL_BASIS_DIFFERS", {"form": edge.form}
    for place, variant in _variants(edge):
        yield from _of_variant(place, variant, known)


def _of_variant(place, edge, known):
    if edge.article6.ca_required and edge.factor.value > 1:
        yield f"{place}factor/value", "FACTOR_ABOVE_ONE", {"value": str(edge.factor.value)}
    # Recorded adjustments concern flows between Parties, whatever the level of the edge.
    source, acceptor = known.parties.get(edge.source), known.parties.get(edge.acceptor)
    if source and acceptor and source != acceptor and not edge.article6.ca_required:
        yield f"{place}article6/ca_required", "ADJUSTMENT_REQUIRED", {"source": source}
    if edge.form == "formal_direct" and (edge.factor.value != 1 or edge.quotas):
        yield f"{place}factor", "FORM_DIFFERS", {"form": edge.form}
    if edge.form == "restricted" and not edge.quotas and edge.factor.value == 1:
        yield f"{place}quotas", "FORM_DIFFERS", {"form": edge.form}
    if edge.form == "gradual" and place == "":
        yield "phases", "FORM_DIFFERS", {"form": edge.form}
    if edge.form == "indirect" and known.external and edge.source not in known.external:
        yield f"{place}source", "FORM_DIFFERS", {"form": edge.form}
    if edge.form == "indirect" and known.external and edge.method == "recognition":
        # A credit that is retired outside never lies here: what is used is what it converts to.
        yield f"{place}method", "FORM_DIFFERS", {"form": edge.form}
    if edge.method != "recognition" and edge.re_export == "repatriation_only":
        yield f"{place}re_export", "CONVERTED_UNITS_STAY", {}
    if edge.method == "recognition" and edge.remainder_to.to == "source_reserve":
        yield f"{place}remainder_to", "USED_UNITS_STAY", {}
    if edge.method != "recognition":
        for code in edge.accept_unit_types:
            if code not in edge.converts_to:
                yield f"{place}converts_to", "CONVERSION_NOT_STATED", {"unit_type": code}


def _of_units(edge, known):
    if known.issuers is None:
        return
    for place, variant in _variants(edge):
        for name in ("accept_unit_types", "converts_to"):
            listed = getattr(variant, name)
            codes = listed if name == "accept_unit_types" else listed.values()
            owner = edge.source if name == "accept_unit_types" else edge.acceptor
            for code in codes:
                issuer = known.issuers.get(code)
                if issuer is None:
                    yield f"{place}{name}", "UNKNOWN_UNIT_TYPE", {"unit_type": code}
                elif issuer != owner:
                    yield f"{place}{name}", "UNIT_TYPE_OF_ANOTHER", {"unit_type": code}


def _of_partner(edge, by_id, between):
    if edge.form == "reciprocal" and (edge.acceptor, edge.source) not in between:
        yield "form", "RECIPROCAL_WITHOUT_PARTNER", {}
    if edge.symmetric_with is None:
        return
    partner = by_id.get(edge.symmetric_with)
    if partner is None or (partner.source, partner.acceptor) != (edge.acceptor, edge.source):
        yield "symmetric_with", "RECIPROCAL_WITHOUT_PARTNER", {}
    elif partner.factor.value * edge.factor.value != 1:
        product = partner.factor.value * edge.factor.value
        yield "factor/value", "SYMMETRIC_NOT_RECIPROCAL", {"product": str(product)}


def _legal_basis_suits(edge):
    if edge.form == "formal_direct":
        return edge.legal_basis in BINDING
    return edge.form != "reciprocal" or edge.legal_basis in NON_BINDING


def _mints(edges):
    """Cycles on which a unit becomes more than one, on any day that a phase begins."""
    days = {phase.begins for edge in edges for phase in edge.phases}
    told = set()
    for day in [None, *sorted(days)]:
        factors = {}
        for number, edge in enumerate(edges):
            value = _greatest_factor(edge, day)
            best = factors.get((edge.source, edge.acceptor))
            if value is not None and (best is None or value > best[0]):
                factors[edge.source, edge.acceptor] = (value, number)
        cycle = minting_cycle({ends: value for ends, (value, _n) in factors.items()})
        if cycle and frozenset(cycle) not in told:
            told.add(frozenset(cycle))
            product = Fraction(1)
            for ends in cycle:
                product *= factors[ends][0]
            number = min(factors[ends][1] for ends in cycle)
            data = {
                "cycle": " > ".join([cycle[0][0], *(acceptor for _source, acceptor in cycle)]),
                "product": str(product),
            }
            yield Finding("CYCLE_MINTS", f"/edges/{number}/factor/value", data)


def _greatest_factor(edge, day):
    """The greatest factor that the edge can have on a day; None while it is closed for sure.

    With gates, any phase that has come may be the one in force, as gates delay edges one by one.
    """
    if not edge.phases:
        return edge.factor.value
    if day is None:
        return None
    come = [phase for phase in edge.phases if phase.begins <= day]
    if not any(phase.gate for phase in come):
        last = stage(edge.phases, day, started=max((p.n for p in come), default=None)).phase
        come = [last] if last else []
    values = [phase.edge.factor.value for phase in come if phase.edge.state != "draft"]
    return max(values, default=None)


def minting_cycle(factors: dict) -> list:
    """A cycle of (source, acceptor) whose factors multiply to more than 1, or an empty list.

    `factors` maps (source, acceptor) to an exact factor. Longest products by one relaxation for
    each registry (Bellman and Ford); one that still grows afterwards comes from such a cycle.
    """
    places = sorted({place for ends in factors for place in ends})
    best = dict.fromkeys(places, Fraction(1))
    came_by, grown = {}, None
    for _round in places:
        grown = None
        for (source, acceptor), factor in factors.items():
            if best[source] * factor > best[acceptor]:
                best[acceptor] = best[source] * factor
                came_by[acceptor] = source
                grown = acceptor
        if grown is None:
            return []
    if grown is None:
        return []
    # Going back as often as there are places ends on the cycle.
    for _step in places:
        grown = came_by[grown]
    cycle = []
    place = grown
    while True:
        cycle.append((came_by[place], place))
        place = came_by[place]
        if place == grown:
            return cycle[::-1]
