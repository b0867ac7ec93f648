"""What each operation of the worked cases asks of the code: inputs by name to results by name.

Cases are told apart by `op` alone, so that other files of the same form run as well.
"""

from fractions import Fraction

from linking.amounts import credit
from linking.decide import State, decide, limit_key, units_key
from linking.graph import Graph
from linking.link_set import minting_cycle
from linking.route import Unit, route
from tests.linking import documents
from tests.linking.documents import AT, factor, imported, quota, unit, use_quota, used

OPERATIONS = {}


def operation(function):
    OPERATIONS[function.__name__] = function
    return function


def _plain_use(f, **changes):
    return documents.edge(factor=factor(f), **changes)


@operation
def credit_(*, units, f, **more):
    decision = used(
        _plain_use(f, residue="absorb", remainder_to=more.get("remainder_to", "cancel")), units
    )
    return {
        "credited": decision.credited,
        "remainder": sum(decision.remainder.values()),
        "net_emission_change": decision.emission_change_t,
    }


OPERATIONS["credit"] = OPERATIONS.pop("credit_")


@operation
def units_for(*, tonnes, f):
    found = [credit.units_for(t, Fraction(f)) for t in tonnes]
    return {"units": found, "credited": [used(_plain_use(f), n).credited for n in found]}


@operation
def cumulative_credit(*, batches, f):
    per_lot = [used(_plain_use(f, rounding="per_batch_floor"), n).credited for n in batches]
    cumulative, before = [], 0
    link = _plain_use(f, residue="absorb")
    way = route(Graph((link,)), unit(), "KR", "KR", AT)
    for n in batches:
        request = documents.request(n)
        state = State(units={units_key(way, request): before})
        cumulative.append(decide(way, request, state, AT).credited)
        before += n
    return {
        "per_lot": per_lot,
        "cumulative": cumulative,
        "per_lot_total": sum(per_lot),
        "cumulative_total": sum(cumulative),
    }


@operation
def credit_many(*, cases):
    return {"credited": [used(_plain_use(f), n).credited for n, f in cases]}


@operation
def round_trip(*, x_S_to_A, x_A_to_S, start_units, residue):
    def there_and_back(policy):
        converts = {"method": "issue_and_cancel", "re_export": "forbidden"}
        out = imported(
            documents.edge(
                factor=factor(x_S_to_A), residue=policy, converts_to={"CEA": "LKU"}, **converts
            ),
            start_units,
        )
        home = imported(
            documents.edge(
                factor=factor(x_A_to_S), residue=policy, converts_to={"CEA": "LKU"}, **converts
            ),
            out.credited,
        )
        return out, home

    found = {policy: there_and_back(policy) for policy in residue}
    absorbed, returned = found["absorb"], found["return"]
    return {
        "out": absorbed[0].credited,
        "back": absorbed[1].credited,
        "loss_absorb": start_units - absorbed[1].credited,
        "returned_at_first_leg": returned[0].returned,
        "loss_return": start_units - returned[0].returned - returned[1].credited,
    }


@operation
def check_cycles(*, cases):
    products, accepted = [], []
    for factors in cases:
        product = Fraction(1)
        for value in factors:
            product *= Fraction(value)
        products.append(str(product))
        places = [str(i) for i in range(len(factors))]
        ring = zip(places, places[1:] + places[:1], strict=True)
        accepted.append(
            not minting_cycle(dict(zip(ring, [Fraction(f) for f in factors], strict=True)))
        )
    return {"product": products, "accepted": accepted}


ON_EXCEED = {"partial": "partial", "all_or_nothing": "reject"}


def _key(link, number=0):
    return limit_key(link, number, link.quotas[number], "CN", 7, "2027")


def one_after_another(link, used_t, quantities):
    key, decisions = _key(link), []
    for quantity in quantities:
        decision = imported(link, quantity, state=State(used={key: used_t * link.scale}))
        used_t += decision.accepted
        decisions.append(decision)
    return decisions, used_t


@operation
def quota_fill(*, quota, used, request, policy):
    link = documents.edge(
        quotas=[documents.quota(value=quota, on_exceed=ON_EXCEED[policy])],
    )
    requests = request if isinstance(request, list) else [request]
    decisions, used_after = one_after_another(link, used, requests)
    found = {
        "accepted": [d.accepted for d in decisions],
        "rejected": [d.rejected for d in decisions],
        "code": [d.codes[0] if d.codes else "OK" for d in decisions],
    }
    if not isinstance(request, list):
        found = {name: values[0] for name, values in found.items()}
    return {**found, "used_after": used_after}


@operation
def quota_fill_tonnes(*, quota_tonnes, f, request_units, policy):
    link = documents.edge(
        factor=factor(f),
        quotas=[quota(value=quota_tonnes, on_exceed=ON_EXCEED[policy])],
    )
    decision = imported(link, request_units)
    return {
        "accepted_units": decision.accepted,
        "credited": decision.credited,
        "rejected_units": decision.rejected,
    }


@operation
def entity_limit(*, obligation, share, wants):
    link = documents.edge(quotas=[use_quota(value=share)])
    state = State(bases={(7, "obligation", "2027"): obligation})
    decision = used(link, wants, state=state)
    (take,) = decision.takes
    return {
        "limit": take.before,
        "used": decision.credited,
        "unused_units_stay": "in account" if decision.rejected == wants - decision.accepted else "",
    }


@operation
def shared_pool(*, obligation, share, domestic_offsets_used, wants_foreign, pool):
    assert pool == "shared"
    link = documents.edge(quotas=[use_quota(value=share, pool="shared_with_domestic_offsets")])
    state = State(
        bases={(7, "obligation", "2027"): obligation}, used={_key(link): domestic_offsets_used}
    )
    decision = used(link, wants_foreign, state=state)
    (take,) = decision.takes
    return {"limit": take.before + domestic_offsets_used, "foreign_used": decision.credited}


@operation
def nested_limits(*, obligation, total_share, intl_share, wants_intl, wants_domestic, order):
    assert order == "international first"
    outer = use_quota(value=total_share, pool="shared_with_domestic_offsets")
    link = documents.edge(quotas=[outer, use_quota(value=intl_share)])
    state = State(bases={(7, "obligation", "2027"): obligation})
    decision = used(link, wants_intl, state=state)
    left = next(take.after for take in decision.takes if take.key == _key(link, 0))
    return {"intl_used": decision.credited, "domestic_used": min(wants_domestic, left)}


@operation
def share_of_cap(*, cap, share):
    link = documents.edge(quotas=[quota(base="cap", value=share)])
    decision = imported(link, cap, state=State(bases={("KR", "cap", "2027"): cap}))
    return {"quota": decision.accepted}


@operation
def import_and_use_quota(*, import_quota, use_quota_entity, transfer_in, surrender_wish):
    link = documents.edge(
        quotas=[
            quota(value=import_quota),
            use_quota(base="absolute", value=use_quota_entity),
        ]
    )
    came = imported(link, transfer_in)
    went = used(link, min(surrender_wish, came.accepted))
    return {
        "transferred": came.accepted,
        "surrendered": went.credited,
        "left_in_account": came.accepted - went.consumed,
    }


def graph_of(names):
    types = {"CN": "CEA", "KR": "KAU", "JP-GX": "GXA"}
    return Graph(
        tuple(
            documents.edge(
                edge_id=name,
                source=name.split("->")[0],
                acceptor=name.split("->")[1],
                accept_unit_types=[types[name.split("->")[0]]],
                quotas=[quota(), quota(direction="net")],
            )
            for name in names
        )
    )


ISSUERS = {"CEA": "CN", "KAU": "KR", "GXA": "JP-GX"}


@operation
def route_requests(*, edges, requests):
    graph, results, restored = graph_of(edges), [], {"gross": 0, "net": 0}
    for asked in requests:
        name, converted = asked["unit"], asked.get("converted", False)
        made_of = name.partition("(")[2].rstrip(")")
        moved = Unit(
            name,
            asked["frm"] if converted else ISSUERS[name],
            2026,
            converted_from=(ISSUERS[made_of], made_of) if converted else None,
        )
        way = route(graph, moved, asked["frm"], asked["to"], AT)
        decision = decide(way, documents.request(asked["q"]), State(), AT)
        if decision.codes:
            results.append(f"REJECT {decision.codes[0]}")
            continue
        par = "par" if way.numerator == way.denominator else "at a factor"
        results.append(f"ACCEPT {way.kind.upper()} {par}")
        for take in decision.restores:
            number = int(take.key.pool.rpartition(":")[2])
            restored[way.back.quotas[number].direction] += take.amount // take.scale
    return {
        "results": results,
        "gross_quota_restored": restored["gross"],
        "net_quota_restored": restored["net"],
    }


def first_codes(decisions):
    return [d.codes[0] if d.codes else "OK" for d in decisions]


@operation
def filter_vintage(*, compliance_year, window, lots):
    link = documents.edge(vintage_window=window)
    found = [imported(link, n, of=unit(vintage=v), year=compliance_year) for v, n in lots]
    return {"accepted": [d.accepted for d in found], "codes": first_codes(found)}


@operation
def filter_project(*, allow, deny, lots):
    link = documents.edge(accept_project_types=allow, deny_project_types=deny)
    found = [imported(link, n, of=unit(project_type=p)) for p, n in lots]
    accepted = [d.accepted for d in found]
    return {"accepted": accepted, "total": sum(accepted), "codes": first_codes(found)}


@operation
def filter_unit_type(*, accept_types, lots):
    link = documents.edge(accept_unit_types=accept_types)
    found = [imported(link, n, of=unit(unit_type=t)) for t, n in lots]
    return {"accepted": [d.accepted for d in found], "codes": first_codes(found)}


@operation
def filter_facility(*, base_year_limit, lots):
    link = documents.edge(accept_unit_types=["ST-EXC", "ST-SME"], facility_limit_t=base_year_limit)
    found = [imported(link, n, of=unit(unit_type=t, facility_t=size)) for t, size, n in lots]
    return {"accepted": [d.accepted for d in found], "codes": first_codes(found)}
