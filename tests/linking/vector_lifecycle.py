"""The rest of the operations of the worked cases: chains, lifecycle, values and giving out."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from linking.amounts import rates
from linking.amounts.apportion import pro_rata
from linking.decide import State, decide
from linking.edges.factor import from_mitigation_values
from linking.graph import Graph
from linking.lifecycle.in_flight import outcome
from linking.lifecycle.states import Change
from linking.route import Unit, route
from tests.linking import documents
from tests.linking.documents import AT, factor, imported, quota, unit, used
from tests.linking.vector_operations import (
    ISSUERS,
    ON_EXCEED,
    OPERATIONS,
    first_codes,
    graph_of,
    one_after_another,
    operation,
)


@operation
def route_chain(*, edges, recognised_origins_by, request):
    graph = graph_of(edges)
    for acceptor, origins in recognised_origins_by.items():
        assert [e.source for e in graph.edges if e.acceptor == acceptor] == origins
    moved = Unit(request["unit"], ISSUERS[request["unit"]], 2026)
    way = route(graph, moved, request["frm"], request["to"], AT)
    decision = decide(way, documents.request(request["q"]), State(), AT)
    return {"accepted": decision.accepted, "code": decision.codes[0]}


@operation
def chain_factor(*, units, f_A_to_B, f_B_to_C, f_A_to_C):
    def link(ends, f, types):
        return documents.edge(
            edge_id=ends,
            source=ends[0],
            acceptor=ends[1],
            factor=factor(f),
            accept_unit_types=types,
            re_export="allowed",
        )

    graph = Graph((link("AB", f_A_to_B, ["A"]), link("BC", f_B_to_C, ["B"]),
                   link("AC", f_A_to_C, ["A"])))  # fmt: skip
    moved = Unit("A", "A", 2026)
    chained = Graph((*graph.edges[:2], link("AC", "1", ["A"])))
    request = documents.request(units)
    through, direct, shown = (
        decide(route(which, moved, source, "C", AT), request, State(), AT).credited
        for which, source in ((chained, "B"), (graph, "A"), (graph, "B"))
    )
    return {"compounded": through, "direct": direct, "credited": shown}


def _instant(text):
    if len(text) == 10:
        return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@operation
def suspension_events(*, T, grace_until, events):
    suspended, until = _instant(T), date.fromisoformat(grace_until)
    link = documents.edge()
    graph = Graph((link,), changes={"CN>KR": (Change(suspended, "suspended", "manual", until),)})
    results = []
    for event in events:
        at, what = _instant(event["t"]), event["what"]
        if what.startswith("surrender"):
            way = route(graph, unit(), "KR", "KR", at)
        else:
            way = route(graph, unit(), "CN", "KR", at)
        decision = decide(way, documents.request(10), State(), at)
        if decision.codes:
            results.append(f"REJECT {decision.codes[0]}")
        elif what.startswith("surrender"):
            results.append(f"ACCEPT {decision.notes[0]}")
        else:
            posted_out = at if what == "transfer settled" else None
            results.append(
                outcome(
                    initiated=at - timedelta(minutes=1) if posted_out else at,
                    posted_out=posted_out,
                    suspended=suspended,
                    policy=link.suspension.in_flight,
                )
            )
    return {"results": results}


@operation
def phases(*, phases, cap, request_units, unit, dates):
    made = []
    for n, given in enumerate(phases):
        share = given["quota_share"]
        made.append(
            {
                "n": n,
                "from": given["frm"],
                "overrides": {
                    "accept_unit_types": ["credit" if "offsets" in given["mode"] else unit],
                    "factor": factor(given["f"]),
                    "quotas": [] if share is None else [quota(base="cap", value=share)],
                },
            }
        )
    link = documents.edge(form="gradual", phases=made)
    decisions = []
    for day in dates:
        at = _instant(day)
        state = State(bases={("KR", "cap", str(at.year)): cap})
        moved = documents.unit(unit_type=unit, vintage=at.year)
        decisions.append(imported(link, request_units, of=moved, state=state, at=at, year=at.year))
    return {
        "accepted": [d.accepted for d in decisions],
        "credited": [d.credited for d in decisions],
        "codes": first_codes(decisions),
    }


@operation
def reciprocity_event(*, edges, event, notice_days):
    withdrawn = event.split()[2]
    types = {"KR": "KAU", "JP-GX": "GXA"}
    links = tuple(
        documents.edge(
            edge_id=name,
            source=name.split("->")[0],
            acceptor=name.split("->")[1],
            form="reciprocal",
            state=state,
            accept_unit_types=[types[name.split("->")[0]]],
        )
        for name, state in edges.items()
    )
    instant = AT + timedelta(days=notice_days)
    graph = Graph(links, changes={withdrawn: (Change(instant, "terminated", "withdrawal"),)})
    after = {}
    for link in links:
        moved = Unit(link.accept_unit_types[0], link.source, 2026)
        way = route(graph, moved, link.source, link.acceptor, instant)
        before = route(
            graph, moved, link.source, link.acceptor, instant - timedelta(microseconds=1)
        )
        assert before.codes == ()
        told = {"LINK_TERMINATED": "WITHDRAWN", "LINK_SUSPENDED": "SUSPENDED(reciprocity)"}
        after[link.edge_id] = told[way.codes[0]]
    return {"state_after": after}


@operation
def mitigation_value(*, MV):
    found = {
        f"f_{source}_to_{acceptor}": str(from_mitigation_values(Fraction(one), Fraction(other)))
        for source, one in MV.items()
        for acceptor, other in MV.items()
        if source != acceptor
    }
    for value in found.values():
        assert documents.edge(factor=factor(value, "mitigation_value")).factor.value <= 1
    return found


@operation
def retire_once(*, unit, events):
    results, used_for = [], None
    for event in events:
        place = event.split(" in ")[1]
        link = documents.edge(
            edge_id=f"EXT>{place}", source="EXT", acceptor=place, form="indirect",
            accept_unit_types=[unit],
        )  # fmt: skip
        decision = used(link, 1, of=Unit(unit, "EXT", 2026, used_for=used_for))
        results.append(f"REJECT {decision.codes[0]}" if decision.codes else "ACCEPT")
        used_for = used_for or place
    return {"results": results}


@operation
def order_by_sequence(*, capacity, requests, policy):
    link = documents.edge(quotas=[quota(value=capacity, on_exceed=ON_EXCEED[policy])])
    ordered = sorted(requests, key=lambda request: request["seq"])
    decisions, _used = one_after_another(link, 0, [request["q"] for request in ordered])
    return {
        "accepted_by_seq": {
            str(request["seq"]): decision.accepted
            for request, decision in zip(ordered, decisions, strict=True)
        }
    }


@operation
def pro_rata_(*, capacity, requests):
    return {"accepted": pro_rata(capacity, requests)}


OPERATIONS["pro_rata"] = OPERATIONS.pop("pro_rata_")
RATES = {
    "effective": "effective",
    "overstated": "overstated (flow reverses)",
    "reversed": "reversed (inflates emissions)",
}


@operation
def classify_rate(*, autarky_price, f_S_to_A):
    prices = {
        "source_price": Fraction(autarky_price["S"]),
        "acceptor_price": Fraction(autarky_price["A"]),
    }
    return {"classification": [RATES[rates.classify(Fraction(f), **prices)] for f in f_S_to_A]}
