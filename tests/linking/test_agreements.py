"""An agreement is negotiated in versions, and in force only when every party has signed one."""

import copy
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linking import documents
from linking.models import AgreementVersion, EdgeChange, VersionSignature
from linking.route import Unit, route
from linking.selectors import agreements
from linking.selectors.graph import links
from linking.services.change_edge import Act, resume, suspend, terminate
from linking.services.comment import comment
from linking.services.create_agreement import NewParty, create_agreement
from linking.services.propose_version import propose_version
from linking.services.reject_version import reject_version
from linking.services.stop_edge import stop_edge
from registry.errors import DomainError
from registry.keys import text_forms
from registry.keys.algorithms import ALGORITHMS
from registry.models import Stop
from tests.linking.conftest import EDGES, SAID
from tests.linking.documents import quota
from tests.people import approved, asked, person

CEA = Unit("CEA", "CN", 2026)
KAU = Unit("KAU", "KR", 2026)


def codes_of(call, *args, **kwargs):
    with pytest.raises(DomainError) as caught:
        call(*args, **kwargs)
    return caught.value.codes


def ways(at):
    """(codes of CN>KR, codes of KR>CN) at an instant."""
    graph = links().graph
    return route(graph, CEA, "CN", "KR", at).codes, route(graph, KAU, "KR", "CN", at).codes


def test_in_force_when_all_have_signed(table):
    """After one signature nothing is open; after the second, both edges are, from that instant."""
    version = table.propose()
    at = table.world.at
    assert table.sign("KR", version).status == "proposed"
    assert ways(at) == (("NO_EDGE",), ("NO_EDGE",))
    assert table.sign("CN", version).status == "in_force"
    assert ways(at) == ((), ())


def test_signatures_are_of_the_canonical_text_by_the_pinned_keys(table):
    """Anyone can verify them from the text alone."""
    version = table.enact()
    pinned = {p["key"]["kid"]: p["key"]["x"] for p in documents.content(version)["parties"]}
    signatures = VersionSignature.objects.filter(version=version)
    assert signatures.count() == len(pinned) == 2
    for row in signatures:
        public_key = text_forms.decode(pinned[row.key_id])
        verify = ALGORITHMS["Ed25519"].verify
        assert verify(public_key, bytes(row.signature), version.canonical.encode())
        assert not verify(public_key, bytes(row.signature), version.canonical.encode() + b" ")


def test_party_of_another_node_signs_with_its_pinned_key(table):
    """Its signature is verified; one by another key or over another text is refused."""
    world, key = table.world, Ed25519PrivateKey.generate()
    pinned = key.public_key().public_bytes_raw()
    create_agreement(
        actor=world.administrator_1,
        code="KR-JP",
        parties=[NewParty("KR-ETRS"), NewParty("JP-GX", pinned)],
        at=world.at,
    )
    edge = copy.deepcopy(EDGES[0])
    edge |= {"edge_id": "JP>KR", "source": "JP", "form": "restricted", "accept_unit_types": ["GXA"]}
    by = {"actor": world.administrator_1, "agreement": "KR-JP", "at": world.at}
    version = propose_version(party="KR", said={**SAID, "edges": [edge]}, **by)
    table.sign("KR", version, actor=world.administrator_1, agreement="KR-JP")
    text = version.canonical.encode()
    there = {"actor": world.administrator_1, "agreement": "KR-JP"}
    for wrong in (None, b"", bytes(64), key.sign(text + b" "),
                  Ed25519PrivateKey.generate().sign(text)):  # fmt: skip
        assert codes_of(table.sign, "JP", version, signature=wrong, **there) == [
            "SIGNED_ANOTHER_VERSION"
        ]
    signed = table.sign("JP", version, signature=key.sign(text), **there)
    assert signed.status == "in_force"


def test_a_signature_over_another_version_is_refused(table):
    """Who has read an earlier text does not sign the later one by accident."""
    first = table.propose()
    second = table.propose("CN", title="Other words")
    first.refresh_from_db()
    assert (first.status, second.number) == ("dropped", 2)
    assert codes_of(table.sign, "KR", first) == ["SIGNED_ANOTHER_VERSION"]
    table.sign("KR", second)
    assert codes_of(table.sign, "KR", second) == ["ALREADY_SIGNED"]
    table.sign("CN", second)
    assert codes_of(table.sign, "CN", second) == ["NOT_PROPOSED"]


def test_a_party_rejects_a_text_and_its_proposer_takes_it_back(table):
    """One party suffices, whoever has signed; what is in force stays, and a new text can come."""
    table.enact()
    by = {"agreement": "KR-CN", "at": table.world.at}
    for party, actor in (("CN", table.china), ("KR", table.korea)):
        version = table.propose("KR", title=f"For {party}")
        table.sign("KR", version)
        read = {**by, "actor": actor, "party": party, "digest": bytes(version.digest)}
        assert codes_of(reject_version, **read, reason="\0") == ["INVALID_TEXT"]
        assert codes_of(reject_version, **{**read, "digest": bytes(32)}, reason="no") == [
            "ANOTHER_VERSION_IS_PROPOSED"
        ]
        assert reject_version(**read, reason="too much").status == "dropped"
        assert (version.rejection.party.jurisdiction.code, version.rejection.reason) == (
            party,
            "too much",
        )
        assert codes_of(reject_version, **read, reason="no") == ["NOT_PROPOSED"]
        assert codes_of(table.sign, "CN", version) == ["NOT_PROPOSED"]
    assert agreements.in_force(agreements.agreement("KR-CN")).number == 1
    assert ways(table.world.at) == ((), ())


def test_nobody_rejects_for_another(table):
    """Who administers no party's registry, or acts for the other one, drops nothing."""
    version = table.propose()
    by = {"agreement": "KR-CN", "digest": bytes(version.digest), "reason": "no"}
    by["at"] = table.world.at
    for actor, party in ((table.korea, "CN"), (table.world.auditor, "KR"), (None, "KR")):
        codes = codes_of(reject_version, actor=actor, party=party, **by)
        assert codes in (["NOT_PERMITTED"], ["NO_ACTOR"])
    version.refresh_from_db()
    assert version.status == "proposed"


def test_every_version_is_kept(table):
    """An amendment replaces the version in force when it is signed, and not before."""
    first = table.enact()
    amended = copy.deepcopy(list(EDGES))
    amended[0]["quotas"] = [quota(value="2000")]
    second = table.propose("KR", edges=amended)
    assert links().graph.between("CN", "KR")[0].quotas[0].value == 1000
    later = table.world.at + timedelta(days=1)
    for party in ("CN", "KR"):
        table.sign(party, second, later)
    assert links().graph.between("CN", "KR")[0].quotas[0].value == 2000
    statuses = AgreementVersion.objects.order_by("number").values_list("number", "status")
    assert list(statuses) == [(1, "replaced"), (2, "in_force")]
    first.refresh_from_db()
    assert documents.content(first)["edges"] == list(EDGES)
    assert EdgeChange.objects.count() == 2


def test_an_edge_is_changed_by_its_acceptor_only(table):
    """China may not lower the quota that Korea keeps, nor take the edge away or move it."""
    table.enact()
    amended = copy.deepcopy(list(EDGES))
    amended[0]["quotas"] = [quota(value="1")]
    assert codes_of(table.propose, "CN", edges=amended) == ["EDGE_OF_ANOTHER"]
    # Without Korea's edge, China's own stands alone in a reciprocal link.
    alone = {**EDGES[1], "form": "restricted"}
    assert codes_of(table.propose, "CN", edges=[alone]) == ["EDGE_OF_ANOTHER"]
    own = [EDGES[0], {**EDGES[1], "quotas": [quota(value="5")]}]
    assert table.propose("CN", edges=own).number == 2


def test_comments_are_made_clause_by_clause(table):
    """By the parties, on what is proposed, and kept with the version."""
    by = {"agreement": "KR-CN", "at": table.world.at}
    said = ("/edges/0/factor", "Why not par?")
    assert codes_of(comment, actor=table.china, party="CN", said=said, **by) == ["NOT_PROPOSED"]
    version = table.propose()
    made = comment(actor=table.china, party="CN", said=said, **by)
    assert (made.version, made.party.jurisdiction.code) == (version, "CN")
    assert codes_of(comment, actor=table.china, party="KR", said=said, **by) == ["NOT_PERMITTED"]
    assert codes_of(comment, actor=table.china, party="JP", said=said, **by) == ["NOT_A_PARTY"]
    assert codes_of(comment, actor=None, party="CN", said=said, **by) == ["NO_ACTOR"]
    nothing = ("/title", "a\0b")
    assert codes_of(comment, actor=table.china, party="CN", said=nothing, **by) == ["INVALID_TEXT"]


def test_a_wrong_text_is_refused_with_everything(table):
    """Broken edges, missing parts, parties that are none, types that nobody issues."""
    edge = {**EDGES[0], "factor": {"kind": "discount", "value": 0.8}}
    assert codes_of(table.propose, edges=[edge, {}])[0] == "NOT_EXACT"
    assert "FIELD_MISSING" in codes_of(table.propose, edges=[edge, {}])
    assert codes_of(table.propose, edges="all") == ["WRONG_TYPE"]
    assert codes_of(table.propose, clauses=[{"id": "1"}]) == ["WRONG_TYPE"]
    assert codes_of(table.propose, remarks="") == ["UNKNOWN_FIELD"]
    stranger = {**EDGES[0], "source": "JP", "form": "restricted", "accept_unit_types": ["GXA"]}
    assert codes_of(table.propose, edges=[stranger]) == ["TOO_FEW_PARTIES"]
    unknown = {**EDGES[0], "form": "restricted", "accept_unit_types": ["SEO-EXC"]}
    assert codes_of(table.propose, edges=[unknown]) == ["UNKNOWN_UNIT_TYPE"]
    assert AgreementVersion.objects.count() == 0


def test_parties_are_two_places_with_known_keys(table):
    """One place alone, one place twice, an unknown registry, a partner without a key."""
    by = {"actor": table.korea, "code": "X", "at": table.world.at}
    home, offsets = NewParty("KR-ETRS"), NewParty("KR-ORS")
    assert codes_of(create_agreement, parties=[home], **by) == ["TOO_FEW_PARTIES"]
    assert codes_of(create_agreement, parties=[home, offsets], **by) == ["TOO_FEW_PARTIES"]
    assert codes_of(create_agreement, parties=[home, NewParty("X")], **by) == ["UNKNOWN_REGISTRY"]
    partner = NewParty("JP-GX", b"short")
    assert codes_of(create_agreement, parties=[home, partner], **by) == ["KEY_NOT_PINNED"]
    both = [home, NewParty("CN-ETR")]
    assert codes_of(create_agreement, parties=both, **{**by, "code": "KR-CN"}) == [
        "AGREEMENT_EXISTS"
    ]
    by["actor"] = table.world.auditor
    assert codes_of(create_agreement, parties=both, **by) == ["NOT_PERMITTED"]


def test_suspension_stops_both_edges_at_one_instant(table):
    """An instant before is before; repatriation stays open; resuming opens both again."""
    table.enact()
    at = table.world.at + timedelta(days=3)
    by = {"agreement": "KR-CN", "edge_id": "CN>KR"}
    suspend(actor=table.korea, at=at, **by)
    assert ways(at - timedelta(microseconds=1)) == ((), ())
    assert ways(at) == (("LINK_SUSPENDED",), ("LINK_SUSPENDED",))
    causes = EdgeChange.objects.filter(at=at).order_by("edge_id").values_list("edge_id", "cause")
    assert list(causes) == [("CN>KR", "manual"), ("KR>CN", "reciprocity")]
    assert route(links().graph, CEA, "KR", "CN", at).codes == ()
    assert codes_of(suspend, actor=table.korea, at=at + timedelta(1), **by) == ["NOT_SUSPENDED"]
    resume(actor=table.korea, at=at + timedelta(days=2), **by)
    assert ways(at + timedelta(days=2)) == ((), ())


def test_a_party_suspends_its_own_edge_only(table):
    """No action on a partner's edge is possible."""
    table.enact()
    by = {"agreement": "KR-CN", "edge_id": "CN>KR", "at": table.world.at + timedelta(1)}
    assert codes_of(suspend, actor=table.china, **by) == ["NOT_PERMITTED"]
    assert codes_of(suspend, actor=table.korea, **{**by, "edge_id": "X"}) == ["UNKNOWN_EDGE"]
    assert codes_of(suspend, actor=table.korea, **{**by, "agreement": "X"}) == ["UNKNOWN_AGREEMENT"]


def test_resuming_leaves_the_partners_own_suspension(table):
    """What both sides have stopped, both have to open."""
    table.enact()
    start = table.world.at
    suspend(actor=table.korea, agreement="KR-CN", edge_id="CN>KR", at=start + timedelta(1))
    resume(actor=table.korea, agreement="KR-CN", edge_id="CN>KR", at=start + timedelta(2))
    suspend(actor=table.china, agreement="KR-CN", edge_id="KR>CN", at=start + timedelta(3))
    assert codes_of(
        resume, actor=table.korea, agreement="KR-CN", edge_id="KR>CN", at=start + timedelta(4)
    ) == ["NOT_PERMITTED"]
    resume(actor=table.china, agreement="KR-CN", edge_id="KR>CN", at=start + timedelta(4))
    assert ways(start + timedelta(4)) == ((), ())


def test_emergency_stop_is_lifted_by_a_quorum_only(table):
    """Suspended at once, by one; who stopped the edge does not resume it, alone or with another."""
    table.enact()
    world, start = table.world, table.world.at
    by = {"actor": table.korea, "agreement": "KR-CN", "edge_id": "CN>KR"}
    act = Act("suspended", "manual", "units were stolen")
    assert stop_edge(act=act, at=start + timedelta(1), **by)
    assert ways(start + timedelta(1))[0] == ("LINK_SUSPENDED",)
    again = {"act": act, "at": start + timedelta(1), **by}
    assert codes_of(stop_edge, **again) == ["STOP_STANDS"]
    assert codes_of(resume, at=start + timedelta(2), **by) == ["LINK_STOPPED"]
    stop = Stop.objects.get(registry=world.home)
    others = [person(world, f"other-{n}", "administrator", world.home) for n in range(2)]
    request = asked(world, "stop_lifting", None, by=world.administrator_2, stop=str(stop.pk))
    approved(world, request, by=others[0])
    assert codes_of(resume, at=start + timedelta(2), **by) == ["LINK_STOPPED"]
    approved(world, request, by=others[1])
    resume(at=start + timedelta(2), **by)
    assert ways(start + timedelta(2)) == ((), ())


def test_held_units_outlive_the_link_as_it_says(table):
    """Until the last day of grace, and not after it."""
    table.enact()
    at = table.world.at + timedelta(days=3)
    until = (at + timedelta(days=10)).date()
    act = Act("suspended", "security", grace_until=until)
    suspend(actor=table.korea, agreement="KR-CN", edge_id="CN>KR", act=act, at=at)
    graph = links().graph
    assert route(graph, CEA, "KR", "KR", at + timedelta(days=10)).grandfathered
    assert route(graph, CEA, "KR", "KR", at + timedelta(days=11)).codes == ("GRACE_EXPIRED",)


def test_grace_lasts_to_the_end_of_the_year_unless_said(table):
    """And as many days longer as the edge gives."""
    suspension = {**EDGES[0]["suspension"], "grace": "P30D"}
    table.enact(edges=[{**EDGES[0], "suspension": suspension}, EDGES[1]])
    at = table.world.at + timedelta(days=3)
    suspend(actor=table.korea, agreement="KR-CN", edge_id="CN>KR", at=at)
    until = dict(EdgeChange.objects.filter(at=at).values_list("edge_id", "grace_until"))
    assert until == {"CN>KR": date(2027, 1, 30), "KR>CN": date(2026, 12, 31)}


def test_termination_holds_after_its_notice(table):
    """Thirty days later both edges end; until then they can still be suspended."""
    table.enact()
    at = table.world.at + timedelta(days=1)
    ends = terminate(actor=table.korea, agreement="KR-CN", party="KR", at=at)
    assert ends == at + timedelta(days=30)
    assert ways(ends - timedelta(microseconds=1)) == ((), ())
    suspend(actor=table.korea, agreement="KR-CN", edge_id="CN>KR", at=at + timedelta(days=5))
    assert ways(at + timedelta(days=6)) == (("LINK_SUSPENDED",), ("LINK_SUSPENDED",))
    assert ways(ends) == (("LINK_TERMINATED",), ("LINK_TERMINATED",))
