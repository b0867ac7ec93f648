"""Each field of an edge matters: changing it, and it alone, changes what comes out."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from linking.amounts import banking
from linking.decide import LimitKey, State, decide
from linking.edges.edge import Article6, Banking, Edge, Phase
from linking.edges.factor import Factor
from linking.edges.quota import Quota
from linking.edges.suspension import Suspension
from linking.graph import Graph
from linking.lifecycle.in_flight import effective, outcome
from linking.lifecycle.states import Change
from linking.lifecycle.triggers import Observations, fired
from linking.link_set import Known, check
from linking.route import route
from tests.linking import documents
from tests.linking.documents import (
    AT,
    edge,
    factor,
    imported,
    quota,
    request,
    unit,
    use_quota,
    used,
)
from tests.linking.test_field_table import WORDS

CASES = {}


def changes(name, one, other, *, beside=None):
    """A case: the outcome with `one` differs from that with `other`."""

    def keep(outcome_of):
        CASES.setdefault(name, []).append((outcome_of, beside or {}, one, other))
        return outcome_of

    return keep


DISCOUNT = {"factor": factor("0.7")}


@changes("edge_id", "CN>KR", "CN>KR-2")
@changes("source", "CN", "JP-GX")
@changes("acceptor", "KR", "JP-GX")
def _place(link):
    graph = Graph((link,))
    decision = decide(route(graph, unit(), "CN", "KR", AT), request(10), State(), AT)
    return decision.codes, decision.edge_id


@changes("form", "restricted", "reciprocal")
@changes("state", "active", "draft")
@changes("state", "pilot", "terminated")
@changes("state", "suspended", "terminated")
@changes("accept_unit_types", ["CEA"], ["CCER"])
@changes("accept_project_types", None, ["hydro"])
@changes("deny_project_types", [], ["wind"])
@changes("vintage_window", [-2, 0], [0, 0])
@changes("min_issue_date", None, "2026-12-01")
@changes("facility_limit_t", None, 149_999)
@changes("transfer_windows", ["TUE"], ["WED", "THU"])
@changes("transfer_windows", [{"days": ["TUE"], "to": "10:00"}], [{"days": ["TUE"], "to": "09:00"}])
@changes("article6.ca_required", {"ca_required": False}, {"ca_required": True})
@changes(
    "article6.authorisation_id",
    {"ca_required": True},
    {"ca_required": True, "authorisation_id": "A-1"},
)
def _codes(link):
    lot = unit(project_type="wind", facility_t=150_000, issued_on=date(2026, 6, 1))
    return imported(link, of=lot).codes


@changes("holder_classes", "covered", "intermediary")
def _intermediary(link):
    return imported(link, holder_class="intermediary").codes


@changes("holder_classes", "intermediary", "any")
def _anybody(link):
    return imported(link, holder_class="other").codes


@changes("factor.value", factor("0.7"), factor("0.8"))
@changes("factor.kind", factor("1", "par"), factor("0.5", "discount"))
@changes("factor.kind", factor("0.9", "mitigation_value"), factor("1.5", "exchange"))
def _credit(link):
    return used(link).credited


@changes("acceptance", "rules", "people")
def _who_accepts(link):
    return imported(link).notes


@changes("factor.review", factor("0.7"), factor("0.7", review="2027-01-01"))
def _notes(link):
    return used(link).notes


@changes("rounding", "cumulative_floor", "per_batch_floor", beside=DISCOUNT)
def _third_batch(link):
    state = State(units={("CN>KR", "7/10", 7, "2027"): 6})
    return used(link, 4, state=state).credited


@changes("residue", "return", "absorb", beside=DISCOUNT)
def _consumed(link):
    return used(link, 101).consumed


@changes("remainder_to", "cancel", "acceptor_reserve", beside=DISCOUNT)
@changes("remainder_to", "source_reserve", "split(1/4)", beside=DISCOUNT)
@changes("remainder_to", "split(1/2)", "split(1/4)", beside=DISCOUNT)
def _remainder(link):
    decision = used(link, 100)
    return decision.remainder, decision.emission_change_t


@changes("reserve_share", "0", "0.01")
def _withheld(link):
    decision = imported(link, 150)
    return decision.withheld, decision.credited


@changes("method", "recognition", "escrow_mirror", beside={"converts_to": {"CEA": "KMU"}})
@changes(
    "method",
    "issue_and_cancel",
    "escrow_mirror",
    beside={"converts_to": {"CEA": "KMU"}, **DISCOUNT},
)
def _method(link):
    return imported(link, 101).consumed


@changes("converts_to", {"CEA": "KMU"}, {}, beside={"method": "escrow_mirror"})
@changes("legal_basis", "MoU", "treaty", beside={"form": "reciprocal"})
@changes("legal_basis", "unilateral_regulation", "agreement", beside={"form": "reciprocal"})
@changes("form", "gradual", "indirect")
@changes("form", "formal_direct", "reciprocal")
@changes("symmetric_with", None, "KR>CN", beside={"factor": factor("4/5", "exchange")})
def _findings(link):
    back = edge(
        edge_id="KR>CN", source="KR", acceptor="CN", form=link.form, factor=factor("4/5"),
        accept_unit_types=["KAU"],
    )  # fmt: skip
    known = Known(None, {}, frozenset({"A6.4"}))
    return [(finding.code, finding.where) for finding in check([link, back], known)]


@changes("re_export", "repatriation_only", "forbidden")
def _going_home(link):
    return route(Graph((link,)), unit(), "KR", "CN", AT).codes


@changes("re_export", "repatriation_only", "allowed")
def _going_on(link):
    onward = edge(edge_id="KR>JP", source="KR", acceptor="JP", accept_unit_types=["KAU"])
    third = edge(edge_id="CN>JP", acceptor="JP")
    return route(Graph((link, onward, third)), unit(), "KR", "JP", AT).codes


@changes("article6.first_transfer", {"ca_required": False},
         {"ca_required": False, "first_transfer": "international_transfer"})  # fmt: skip
@changes("article6.annual_report", {"ca_required": False},
         {"ca_required": False, "annual_report": True})  # fmt: skip
@changes("article6.first_transfer", {"ca_required": False, "first_transfer": "issuance"},
         {"ca_required": False, "first_transfer": "use_or_cancellation"})  # fmt: skip
@changes("article6.first_transfer", {"ca_required": False, "first_transfer": "authorization"},
         {"ca_required": False, "first_transfer": "international_transfer"})  # fmt: skip
def _events(link):
    return imported(link).events, used(link).events


BANKED = {"allowed": True, "limit": "none", "counts_as_net_sales": False}


@changes("banking.allowed", BANKED, {**BANKED, "allowed": False})
def _banked_use(link):
    return used(link, acquired_period="2026").codes


@changes("banking.limit", BANKED, {**BANKED, "limit": "follow_acceptor"})
@changes("banking.share", BANKED, {**BANKED, "limit": "0.25"})
def _kept(link):
    return banking.kept(link.banking, 1000, acceptor_limit=300)


@changes("banking.counts_as_net_sales", BANKED, {**BANKED, "counts_as_net_sales": True})
def _sales(link):
    return banking.net_sales(link.banking, 12_000, 20_000)


FIRST = {"n": 1, "from": "2027-01-01"}
SECOND = {"n": 2, "from": "2027-03-01", "overrides": {"accept_unit_types": ["CCER"]}}


@changes("phases", [], [FIRST, SECOND])
@changes("phases.begins", [{**FIRST, "from": "2027-03-03"}], [{**FIRST, "from": "2027-03-02"}])
@changes("phases.ends", [{**FIRST, "to": "2027-03-02"}], [{**FIRST, "to": "2027-03-03"}])
@changes("phases.gate", [{**FIRST, "gate": None}], [{**FIRST, "gate": {"min_readiness": "0.6"}}])
@changes("phases.edge", [FIRST], [{**FIRST, "overrides": {"state": "draft"}}])
@changes("phases.n", [FIRST], [{**FIRST, "n": 7}])
def _phase(link):
    decision = imported(link)
    return decision.codes, decision.phase


HELD = {"triggers": [], "held": "grandfather_until_period_end"}


@changes("suspension.held", HELD, {**HELD, "held": "freeze"})
@changes("suspension.haircut", HELD, {**HELD, "held": "haircut(0.9)"})
def _held(link):
    graph = Graph((link,), changes={"CN>KR": (Change(AT, "suspended", "manual"),)})
    decision = decide(route(graph, unit(), "KR", "KR", AT), request(100), State(), AT)
    return decision.codes, decision.credited


@changes("suspension.in_flight", {**HELD, "in_flight": "return"}, {**HELD, "in_flight": "settle"})
def _under_way(link):
    policy = link.suspension.in_flight
    earlier = AT - timedelta(seconds=1)
    return outcome(initiated=earlier, posted_out=None, suspended=AT, policy=policy)


@changes("suspension.notice_days", {**HELD, "notice_days": 0}, {**HELD, "notice_days": 90})
def _notice(link):
    return effective(AT, link.suspension.notice_days)


@changes("suspension.grace", {**HELD, "grace": "P0D"}, {**HELD, "grace": "P30D"})
def _grace(link):
    return link.suspension.last_day(date(2027, 12, 31))


@changes("suspension.triggers", HELD, {**HELD, "triggers": ["security"]})
@changes(
    "suspension.triggers",
    {**HELD, "triggers": [{"kind": "price_gap", "above": "3", "days": 2}]},
    {**HELD, "triggers": [{"kind": "price_gap", "above": "3", "days": 3}]},
)
@changes(
    "suspension.triggers",
    {**HELD, "triggers": [{"kind": "volume", "above": "1000"}]},
    {**HELD, "triggers": [{"kind": "volume", "above": "1001"}]},
)
@changes("suspension.triggers", {**HELD, "triggers": ["MRV_failure"]},
         {**HELD, "triggers": ["partner_rule_change"]})  # fmt: skip
@changes("suspension.triggers", {**HELD, "triggers": ["manual"]},
         {**HELD, "triggers": ["reciprocity"]})  # fmt: skip
def _fired(link):
    happened = frozenset({"security", "MRV_failure", "manual"})
    seen = Observations(("2", "4", "7/2"), volume_t=1001, events=happened)
    return fired(link.suspension.triggers, seen)


STATE = State(
    bases={
        (7, "obligation", "2027"): 1000,
        (7, "emissions", "2027"): 2000,
        (7, "shortfall", "2027"): 300,
        (7, "allocation", "2027"): 400,
        ("KR", "cap", "2027"): 5000,
    },
    used={LimitKey("link:CN>KR:0", None, "2027"): 10},
    allotted={LimitKey("link:CN>KR:0", 7, "2027"): 5},
)


def _quotas(**changes):
    return [quota(**{"value": "100", **changes})]


def _uses(**changes):
    return [use_quota(**changes)]


@changes("quotas", [], _quotas())
@changes("quotas.value", _quotas(), _quotas(value="101"))
@changes("quotas.base", _quotas(base="cap", value="1"), _quotas(value="1"))
@changes("quotas.measure", _quotas(), _quotas(measure="source_units"), beside=DISCOUNT)
@changes("quotas.period", _quotas(), _quotas(period="fiscal_year_april"))
@changes("quotas.period", _quotas(), _quotas(period="lifetime"))
@changes("quotas.on_exceed", _quotas(on_exceed="partial"), _quotas(on_exceed="reject"))
@changes("quotas.allocation", _quotas(allocation="fcfs"), _quotas(allocation="auction"))
@changes("quotas.allocation", _quotas(allocation="fcfs"), _quotas(allocation="pro_rata"))
@changes("quotas.allocation", _quotas(allocation="fcfs"), _quotas(allocation="per_entity"))
@changes("quotas.key", _quotas(key="origin"), _quotas(key="route"))
@changes("quotas.scope", _quotas(), _quotas(scope="entity"))
@changes("quotas.at", _quotas(), _quotas(at="use"))
def _imported_under_quota(link):
    decision = imported(link, 1000, state=STATE)
    return decision.accepted, decision.codes, [take.key for take in decision.takes]


@changes("quotas.base", _uses(), _uses(base="emissions"))
@changes("quotas.base", _uses(base="shortfall"), _uses(base="allocation"))
@changes("quotas.pool", _uses(pool="own"), _uses(pool="shared_with_domestic_offsets"))
def _used_under_quota(link):
    decision = used(link, 1000, state=STATE)
    return decision.accepted, [take.key for take in decision.takes]


@changes("quotas.direction", _quotas(), _quotas(direction="net"))
def _restored(link):
    return decide(route(Graph((link,)), unit(), "KR", "CN", AT), request(10), STATE, AT).restores


@changes("quotas.carry_forward_max", _quotas(), _quotas(carry_forward_max="1/2"))
def _carried(link):
    return link.quotas[0].carried(40)


PARTS = {
    "factor": Factor,
    "quotas": Quota,
    "banking": Banking,
    "suspension": Suspension,
    "article6": Article6,
    "phases": Phase,
}
# Follows from the factors.
COMPUTED = {"scale"}


@pytest.mark.parametrize("name", CASES)
def test_changing_the_field_changes_the_outcome(name):
    """Everything else being the same."""
    field, _dot, _part = name.partition(".")
    for outcome_of, beside, one, other in CASES[name]:
        first = edge(**{**beside, field: one})
        second = edge(**{**beside, field: other})
        assert outcome_of(first) != outcome_of(second), (name, one, other)
        assert outcome_of(first) == outcome_of(edge(**{**beside, field: one}))


def test_every_field_has_such_a_test():
    """Of the edge, and of each of its parts."""
    wanted = {field.name for field in fields(Edge)} - COMPUTED
    for name, part in PARTS.items():
        wanted |= {f"{name}.{field.name}" for field in fields(part)}
    tested = set(CASES) | {name.partition(".")[0] for name in CASES}
    assert wanted - tested == set()


def words_in(value):
    """Every text in a value, however deep."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return {value}
    return {word for each in value for word in words_in(each)}


@pytest.mark.parametrize("name", WORDS)
def test_every_word_has_such_a_test(name):
    """Each of the words that the field can have stands on one side of a case that differs."""
    rows = [row for known in CASES if known.partition(".")[0] == name.partition(".")[0]
            for row in CASES[known]]  # fmt: skip
    tried = {word for _outcome, _beside, *sides in rows for word in words_in(sides)}
    same = {"1/4": "0.25"}
    assert {same.get(word, word) for word in WORDS[name]} - tried == set()


def test_scale_makes_every_factor_whole():
    """Also those of later phases, so that counters go on when a phase begins."""
    later = {"n": 1, "from": "2027-01-01", "overrides": {"factor": factor("2/3")}}
    link = edge(factor=factor("3/4"), phases=[later])
    assert link.scale == 12
    assert link.phases[0].edge.scale == 12
    assert link.factor.value * link.scale == 9
    assert documents.document()["factor"]["value"] == "1"


def test_windows_are_in_their_zone():
    """Tuesday morning in Tokyo is Monday evening in UTC."""
    link = edge(transfer_windows=[{"days": ["TUE"], "zone": "Asia/Tokyo"}])
    monday_evening = datetime(2027, 3, 1, 15, tzinfo=UTC)
    assert imported(link, at=monday_evening).codes == ()
    assert imported(link, at=monday_evening - timedelta(microseconds=1)).codes == ("WINDOW_CLOSED",)
    assert Fraction(link.factor.value) == 1
