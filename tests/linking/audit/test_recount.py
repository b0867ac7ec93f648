"""Limits recounted from decisions of which some do not say what they restored."""

import json

import pytest

from linking.audit.recount import limits
from tests.linking.documents import document, factor, quota

NET = document(factor=factor("0.8"), quotas=[quota(value="1000", direction="net")])
GROSS = document(factor=factor("0.8"), quotas=[quota(value="1000")])
TOOK_100 = ("link:CN>KR:0", None, "2026", 5, 400, 1)


def judged(edge, *, used, extra, unsaid):
    """What is wrong where decisions say that 100 units took 400 parts of 5,000."""
    limit = ("link:CN>KR:0", None, "2026", 1, used, extra, 5000 + extra, 5000)
    rows = limits([("CN>KR", json.dumps(edge))], [TOOK_100], unsaid, [limit])
    return [problem for problem, *_where in rows]


@pytest.mark.parametrize(
    ("used", "extra", "wrong"),
    [(400, 0, False), (160, 0, False), (0, 100, False), (0, 101, True), (401, 0, True)],
    ids=["nothing_back", "as_taken", "a_tonne_each", "more_than_that", "more_taken"],
)
def test_what_is_not_said_is_bounded(used, extra, wrong):
    """100 units went the other way: a net quota got back between nothing and a tonne for each."""
    found = judged(NET, used=used, extra=extra, unsaid=[("KR", "CN", 100)])
    assert found == (["differs"] if wrong else [])


@pytest.mark.parametrize(
    ("edge", "unsaid"),
    [(NET, []), (NET, [("CN", "KR", 100)]), (GROSS, [("KR", "CN", 100)])],
    ids=["all_is_said", "the_same_way", "gross"],
)
def test_what_can_not_have_been_restored_is_told(edge, unsaid):
    """Where every decision says what it restored, or none can have, no tonne may be missing."""
    assert judged(edge, used=400, extra=0, unsaid=unsaid) == []
    assert judged(edge, used=399, extra=0, unsaid=unsaid) == ["differs"]
