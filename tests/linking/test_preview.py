"""Before a quota or a rate is signed, the past shows what it would have done."""

from datetime import timedelta

from linking.graph import Graph
from linking.preview import Past, compare
from tests.linking.documents import AT, edge, factor, quota, request, unit, use_quota


def test_a_proposed_rate_is_replayed_over_the_past():
    """Ten imports of 100 units: par without a limit, then 0.8 under 400 t."""
    past = [Past(unit(), "CN", "KR", request(100), AT + timedelta(days=7 * n)) for n in range(10)]
    proposed = edge(factor=factor("0.8"), quotas=[quota(value="400")])
    before, after = compare(Graph((edge(),)), Graph((proposed,)), reversed(past), {})
    assert (before.accepted, before.credited, before.refused) == (1000, 1000, {})
    assert (after.accepted, after.rejected, after.credited) == (500, 500, 400)
    assert after.refused == {"QUOTA_EXHAUSTED": 500}


def test_uses_of_the_past_are_rounded_together():
    """Three surrenders of one entity count what they would have counted at once."""
    past = [Past(unit(), "KR", "KR", request(3), AT + timedelta(days=n)) for n in range(3)]
    link = edge(factor=factor("0.7"), residue="absorb", quotas=[use_quota()])
    bases = {(7, "obligation", "2027"): 100}
    before, after = compare(Graph((edge(),)), Graph((link,)), past, bases)
    assert (before.credited, after.credited, after.cancelled) == (9, 5, 3)
    assert after.refused == {"QUOTA_PARTIAL": 1}


def test_counter_flows_of_the_past_make_room():
    """What went home leaves room for what came after it."""
    out = Past(unit(), "CN", "KR", request(100), AT)
    home = Past(unit(), "KR", "CN", request(100), AT + timedelta(1))
    again = Past(unit(), "CN", "KR", request(100), AT + timedelta(2))
    limited = [edge(quotas=[quota(value="100", direction=d)]) for d in ("gross", "net")]
    gross, net = compare(Graph((limited[0],)), Graph((limited[1],)), [out, home, again], {})
    assert (gross.accepted, net.accepted) == (200, 300)
