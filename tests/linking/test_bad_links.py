"""Links that are written wrongly are refused, with everything that is wrong with them."""

import pytest

from linking.edges.edge import read
from linking.edges.findings import Broken
from linking.link_set import Known, check
from tests.linking.documents import document, edge, factor, quota, use_quota


def phase(n, begins, **more):
    return {"n": n, "from": begins, **more}


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"factor": {"kind": "discount", "value": 0.8}}, "NOT_EXACT", "/factor/value"),
        ({"factor": factor("1.1", "discount")}, "FACTOR_DOES_NOT_SUIT_KIND", "/factor/value"),
        ({"factor": factor("0.9", "par")}, "FACTOR_DOES_NOT_SUIT_KIND", "/factor/value"),
        ({"factor": factor("5/4", "mitigation_value")}, "FACTOR_DOES_NOT_SUIT_KIND",
         "/factor/value"),
        ({"factor": factor("0", "exchange")}, "FACTOR_DOES_NOT_SUIT_KIND", "/factor/value"),
        ({"factor": {"kind": "par", "value": "1/0"}}, "NOT_EXACT", "/factor/value"),
        ({"factor": {"kind": "par", "value": "1e0"}}, "NOT_EXACT", "/factor/value"),
        ({"factor": {"kind": "par", "value": True}}, "NOT_EXACT", "/factor/value"),
        ({"factor": {"kind": "par", "value": "１"}}, "NOT_EXACT", "/factor/value"),
        ({"quotas": [quota(period=None)]}, "QUOTA_WITHOUT_PERIOD", "/quotas/0/period"),
        ({"quotas": [quota(value=1.5)]}, "NOT_EXACT", "/quotas/0/value"),
        ({"quotas": [quota(value="1.5")]}, "QUOTA_DOES_NOT_FIT", "/quotas/0/value"),
        ({"quotas": [quota(value="-1")]}, "NOT_EXACT", "/quotas/0/value"),
        ({"quotas": [quota(base="cap", value="2")]}, "QUOTA_DOES_NOT_FIT", "/quotas/0/value"),
        ({"quotas": [quota(base="obligation", value="1")]}, "QUOTA_DOES_NOT_FIT",
         "/quotas/0/base"),
        ({"quotas": [use_quota(direction="net")]}, "QUOTA_DOES_NOT_FIT", "/quotas/0/direction"),
        ({"quotas": [use_quota(carry_forward_max="1/2")]}, "QUOTA_DOES_NOT_FIT",
         "/quotas/0/carry_forward_max"),
        ({"quotas": [quota(period="lifetime", carry_forward_max="1/2")]}, "QUOTA_DOES_NOT_FIT",
         "/quotas/0/carry_forward_max"),
        ({"quotas": [use_quota(allocation="auction")]}, "QUOTA_DOES_NOT_FIT",
         "/quotas/0/allocation"),
        ({"quotas": [quota(pool="shared_with_domestic_offsets")]}, "QUOTA_DOES_NOT_FIT",
         "/quotas/0/pool"),
        ({"quotas": [quota(at="later")]}, "NOT_A_CHOICE", "/quotas/0/at"),
        ({"quotas": {}}, "WRONG_TYPE", "/quotas"),
        ({"phases": [phase(1, "2027-01-01"), phase(2, "2027-01-01")]}, "PHASES_OVERLAP",
         "/phases/1"),
        ({"phases": [phase(1, "2027-01-01", to="2027-03-01"), phase(2, "2027-02-01")]},
         "PHASES_OVERLAP", "/phases/0"),
        ({"phases": [phase(1, "2027-01-01", overrides={"quota_use": "0.01"})]}, "UNKNOWN_FIELD",
         "/phases/0/overrides/quota_use"),
        ({"phases": [phase(1, "2027-01-01", overrides={"source": "JP-GX"})]}, "UNKNOWN_FIELD",
         "/phases/0/overrides/source"),
        ({"phases": [phase(1, "2027-01-01", overrides={"factor": factor("2", "par")})]},
         "FACTOR_DOES_NOT_SUIT_KIND", "/phases/0/overrides/factor/value"),
        ({"vintage_window": [0, -2]}, "WRONG_TYPE", "/vintage_window"),
        ({"reserve_share": "1.01"}, "SHARE_ABOVE_ONE", "/reserve_share"),
        ({"min_issue_date": "2027-02-30"}, "NOT_A_DATE", "/min_issue_date"),
        ({"transfer_windows": ["TUESDAY"]}, "NOT_A_CHOICE", "/transfer_windows/0/days"),
        ({"suspension": {"triggers": ["price_gap"]}}, "TRIGGER_WITHOUT_THRESHOLD",
         "/suspension/triggers/0/above"),
        ({"suspension": {"notice_days": -1}}, "NOT_EXACT", "/suspension/notice_days"),
        ({"gates": {}}, "UNKNOWN_FIELD", "/gates"),
        ({"accept_unit_types": "CEA"}, "WRONG_TYPE", "/accept_unit_types"),
        ({"accept_unit_types": ["CEA", "CEA"]}, "WRONG_TYPE", "/accept_unit_types"),
    ],
)  # fmt: skip
def test_an_edge_is_refused(changes, code, where):
    """With its code, at its place, and with nothing else."""
    with pytest.raises(Broken) as caught:
        read(document(**changes))
    assert [(f.code, f.where) for f in caught.value.findings] == [(code, where)]


@pytest.mark.parametrize("given", [None, [], "edge", 7])
def test_what_is_no_object_is_refused(given):
    """Whatever JSON can be."""
    with pytest.raises(Broken) as caught:
        read(given)
    assert caught.value.codes == ["WRONG_TYPE"]


def test_everything_wrong_is_told_at_once():
    """Missing and broken fields together, in the order of the fields."""
    given = document(factor=factor("1e3"), quotas=[quota(value="x", scope="city")])
    del given["method"]
    with pytest.raises(Broken) as caught:
        read(given)
    assert [(f.code, f.where) for f in caught.value.findings] == [
        ("FIELD_MISSING", "/method"),
        ("NOT_EXACT", "/factor/value"),
        ("NOT_A_CHOICE", "/quotas/0/scope"),
        ("NOT_EXACT", "/quotas/0/value"),
    ]


def back(**changes):
    return edge(
        **{
            "edge_id": "KR>CN",
            "source": "KR",
            "acceptor": "CN",
            "accept_unit_types": ["KAU"],
            **changes,
        }
    )


KNOWN = Known(
    issuers={"CEA": "CN", "KAU": "KR", "LKU": "KR"},
    parties={"CN": "CN", "KR": "KR"},
    external=frozenset({"A6.4"}),
)
QUOTA = [quota()]
ADJUSTED = {"article6": {"ca_required": True}, "quotas": QUOTA}


@pytest.mark.parametrize(
    ("edges", "code", "where"),
    [
        ([edge(**ADJUSTED), edge(**ADJUSTED)], "EDGE_TWICE", "/edges/1/edge_id"),
        ([edge(**ADJUSTED, factor=factor("1.01"))], "FACTOR_ABOVE_ONE", "/edges/0/factor/value"),
        ([edge(quotas=QUOTA)], "ADJUSTMENT_REQUIRED", "/edges/0/article6/ca_required"),
        ([edge(article6={"ca_required": True})], "FORM_DIFFERS", "/edges/0/quotas"),
        ([edge(**ADJUSTED, form="formal_direct", legal_basis="treaty")], "FORM_DIFFERS",
         "/edges/0/factor"),
        ([edge(**ADJUSTED, form="formal_direct", legal_basis="MoU", factor=factor("1"))],
         "LEGAL_BASIS_DIFFERS", "/edges/0/legal_basis"),
        ([edge(**ADJUSTED, form="gradual")], "FORM_DIFFERS", "/edges/0/phases"),
        ([edge(**ADJUSTED, form="indirect")], "FORM_DIFFERS", "/edges/0/source"),
        ([edge(**ADJUSTED, form="reciprocal")], "RECIPROCAL_WITHOUT_PARTNER", "/edges/0/form"),
        ([edge(**ADJUSTED, symmetric_with="KR>CN")], "RECIPROCAL_WITHOUT_PARTNER",
         "/edges/0/symmetric_with"),
        ([edge(**ADJUSTED, method="issue_and_cancel", converts_to={"CEA": "LKU"})],
         "CONVERTED_UNITS_STAY", "/edges/0/re_export"),
        ([edge(**ADJUSTED, remainder_to="source_reserve")], "USED_UNITS_STAY",
         "/edges/0/remainder_to"),
        ([edge(**ADJUSTED, method="escrow_mirror", converts_to={"CEA": "LKU"})],
         "CONVERTED_UNITS_STAY", "/edges/0/re_export"),
        ([edge(**ADJUSTED, method="escrow_mirror", re_export="forbidden")], "CONVERSION_NOT_STATED",
         "/edges/0/converts_to"),
        ([edge(**ADJUSTED, accept_unit_types=["SEO-EXC"])], "UNKNOWN_UNIT_TYPE",
         "/edges/0/accept_unit_types"),
        ([edge(**ADJUSTED, accept_unit_types=["KAU"])], "UNIT_TYPE_OF_ANOTHER",
         "/edges/0/accept_unit_types"),
    ],
)  # fmt: skip
def test_a_set_of_edges_is_refused(edges, code, where):
    """By what one edge alone does not tell."""
    found = [(f.code, f.where) for f in check(edges, KNOWN)]
    assert (code, where) in found
    assert {other for other, _where in found} <= {code, "FORM_DIFFERS"}


def test_an_edge_to_itself_is_refused():
    """A registry needs no link to recognise its own units."""
    assert [f.code for f in check([edge(acceptor="CN", quotas=QUOTA)])] == ["EDGE_TO_ITSELF"]


def test_a_symmetric_factor_is_the_reciprocal():
    """4/5 has 5/4 the other way; 1.3 would not do, 1.25 does."""
    there = edge(quotas=QUOTA, factor=factor("4/5", "exchange"), symmetric_with="KR>CN")
    for value, codes in (("1.25", []), ("5/4", []), ("1.2", ["SYMMETRIC_NOT_RECIPROCAL"])):
        pair = [there, back(quotas=QUOTA, factor=factor(value, "exchange"))]
        assert [f.code for f in check(pair)] == codes


def test_a_cycle_that_mints_is_refused():
    """Two edges, three edges, and only on the days on which both phases are in force."""
    dear = factor("1.3", "exchange")
    pair = [edge(quotas=QUOTA, factor=factor("0.8")), back(quotas=QUOTA, factor=dear)]
    (finding,) = check(pair)
    assert (finding.code, finding.data["product"]) == ("CYCLE_MINTS", "26/25")
    three = [
        edge(edge_id=ends, source=ends[0], acceptor=ends[1], quotas=QUOTA, factor=factor(value))
        for ends, value in (("AB", "0.9"), ("BC", "0.9"), ("CA", "1.25"))
    ]
    assert [f.data.get("product") for f in check(three)] == ["81/80"]
    later = edge(
        quotas=QUOTA,
        phases=[phase(1, "2027-01-01", overrides={"factor": factor("0.7")}),
                phase(2, "2029-01-01", overrides={"factor": factor("0.9")})],
    )  # fmt: skip
    ends = back(
        quotas=QUOTA,
        phases=[phase(1, "2027-01-01", to="2029-01-01", overrides={"factor": dear}),
                phase(2, "2030-01-01", overrides={"factor": factor("1.1")})],
    )  # fmt: skip
    assert check([later, ends]) == []


def test_a_gate_makes_every_earlier_phase_possible():
    """If a gate may hold one edge back, its earlier factor may meet the other's later one."""
    ungated = [phase(1, "2027-01-01", overrides={"factor": factor("1.25")}),
               phase(2, "2029-01-01", overrides={"factor": factor("1")})]  # fmt: skip
    gated = [ungated[0], {**ungated[1], "gate": {"min_readiness": "0.6"}}]
    there = edge(
        quotas=QUOTA,
        phases=[phase(1, "2027-01-01", overrides={"factor": factor("0.8")}),
                phase(2, "2029-01-01", overrides={"factor": factor("1")})],
    )  # fmt: skip
    assert check([there, back(quotas=QUOTA, phases=ungated)]) == []
    assert [f.code for f in check([there, back(quotas=QUOTA, phases=gated)])] == ["CYCLE_MINTS"]
