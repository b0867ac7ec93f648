"""What holds for every edge and every request; and the fast code equals the slow one."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from linking.amounts import credit
from linking.amounts.apportion import Bid, auction, equal, pro_rata
from linking.decide import State, decide, limit_key, units_key
from linking.graph import Graph
from linking.route import route
from tests.linking import documents, reference
from tests.linking.documents import AT, factor, imported, quota, unit, use_quota

amounts = st.integers(0, 10**12)
small = st.integers(0, 60)
factors = st.fractions(min_value=Fraction(1, 20), max_value=2, max_denominator=20)
discounts = st.fractions(min_value=Fraction(1, 20), max_value=1, max_denominator=20)


@given(st.lists(amounts, max_size=8), factors)
def test_cumulative_credit_is_the_floor_of_the_total(batches, f):
    """However a quantity is divided, the tonnes are those of the whole."""
    before = total = 0
    for n in batches:
        total += credit.credited_more(n, f, before)
        before += n
    assert total == credit.credited(sum(batches), f)


@given(amounts, factors)
def test_round_trip_never_gains(n, f):
    """Out and home again gives at most what was sent; units for a credit are at most those held."""
    there = credit.credited(n, f)
    assert credit.credited(there, 1 / f) <= n
    assert credit.units_for(there, f) <= n
    assert credit.consumed(there, f) * f >= there


@given(amounts, factors)
def test_quota_maximiser_is_exact(limit, f):
    """The most units under a quota fit; one more would not."""
    most = credit.most_units(limit, f)
    assert most * f <= limit < (most + 1) * f


@given(st.integers(0, 1000), st.lists(st.integers(1, 500), min_size=1, max_size=10))
def test_largest_remainder_sums_exactly(capacity, requests):
    """All of a scarce capacity is given, nobody gets more than asked, and shares are near exact."""
    given_out = pro_rata(capacity, requests)
    assert sum(given_out) == min(capacity, sum(requests))
    for got, asked in zip(given_out, requests, strict=True):
        assert 0 <= got <= asked
        if sum(requests) > capacity:
            assert abs(got - Fraction(capacity * asked, sum(requests))) < 1
    assert sum(equal(capacity, len(requests))) == capacity


bids = st.builds(Bid, st.integers(1, 50), st.integers(0, 8))


@given(st.integers(0, 200), st.lists(bids, max_size=8), st.integers(0, 4))
def test_auction_sells_what_can_be_sold_at_one_price(capacity, offered, floor):
    """Nobody pays more than offered; who offered more than the price gets all; nothing is lost."""
    price, won = auction(capacity, offered, floor=floor)
    valid = [bid for bid in offered if bid.price >= floor]
    assert sum(won) == min(capacity, sum(bid.tonnes for bid in valid))
    for bid, got in zip(offered, won, strict=True):
        assert 0 <= got <= bid.tonnes
        assert got == 0 or bid.price >= price >= floor
        assert bid.price <= price or got == bid.tonnes


any_quota = {
    "value": small.map(str),
    "measure": st.sampled_from(["source_units", "compliance_tonnes"]),
    "on_exceed": st.sampled_from(["partial", "reject"]),
}
import_quotas = st.lists(st.fixed_dictionaries(any_quota).map(lambda q: quota(**q)), max_size=3)
use_quotas = st.lists(
    st.fixed_dictionaries({**any_quota, "value": st.sampled_from(["0.05", "1/3", "1"])}).map(
        lambda q: use_quota(**q)
    ),
    max_size=3,
)


def _state(link, used, before=0):
    way = route(Graph((link,)), unit(), "KR", "KR", AT)
    state = State(bases={(7, "obligation", "2027"): 90})
    state.units[units_key(way, documents.request(1))] = before
    for number, taken in used.items():
        q = link.quotas[number]
        scale = link.scale if q.at == "import" and q.measure == "compliance_tonnes" else 1
        state.used[limit_key(link, number, q, "CN", 7, "2027")] = taken * scale
    return state


@settings(max_examples=200, deadline=None)
@given(discounts, import_quotas, st.integers(1, 60), st.lists(st.integers(0, 20), max_size=3))
def test_import_equals_the_reference(f, quotas, n, taken):
    """Accepted units, tonnes and the code are those of the slow decision."""
    document = documents.document(factor=factor(str(f)), quotas=quotas)
    used = {i: t for i, t in enumerate(taken) if i < len(quotas)}
    link = documents.edge(factor=document["factor"], quotas=quotas)
    decision = imported(link, n, state=_state(link, used))
    accepted, tonnes, code = reference.import_(document, n, {}, used)
    if code == "QUOTA_EXCEEDED":
        assert decision.accepted == 0 and decision.codes in (
            ("QUOTA_EXCEEDED",),
            ("QUOTA_EXHAUSTED",),
        )
    else:
        assert (decision.accepted, decision.credited) == (accepted, tonnes)
        assert decision.codes == ((code,) if code else ())
    for take in decision.takes:
        assert take.after >= 0


@settings(max_examples=200, deadline=None)
@given(
    discounts,
    use_quotas,
    st.integers(1, 60),
    st.sampled_from(["return", "absorb"]),
    st.sampled_from(["cumulative_floor", "per_batch_floor"]),
    small,
)
def test_use_equals_the_reference(f, quotas, n, residue, rounding, before):
    """Accepted and consumed units, tonnes and the code are those of the slow decision."""
    changes = {
        "factor": factor(str(f)),
        "quotas": quotas,
        "residue": residue,
        "rounding": rounding,
    }
    link = documents.edge(**changes)
    way = route(Graph((link,)), unit(), "KR", "KR", AT)
    decision = decide(way, documents.request(n), _state(link, {}, before), AT)
    accepted, tonnes, consumed, code, refused = reference.use(
        documents.document(**changes), n, {"obligation": 90}, {}, before
    )
    if refused and decision.codes == ("QUOTA_EXCEEDED",):
        assert decision.accepted == 0
    else:
        assert (decision.accepted, decision.credited) == (accepted, tonnes)
        assert decision.consumed == consumed
        assert decision.codes == ((code,) if code else ())
    assert decision.consumed + sum([decision.returned, decision.rejected]) == n
    assert decision.consumed == decision.credited + sum(decision.remainder.values())
    assert all(take.after >= 0 for take in decision.takes)
