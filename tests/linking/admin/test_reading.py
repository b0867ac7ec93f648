"""Agreements, links, transfers and readiness as they are read: in words, by those who may."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linking.admin import reading, wording
from linking.edges import edge as edges
from linking.edges import factor, quota, suspension
from linking.models import Transfer
from linking.services.comment import comment
from linking.services.record_score import NewScore, record_scores
from linking.services.transfer import transfer
from registry.models import Jurisdiction
from tests.linking.documents import document
from tests.linking.test_transfers import order


def address(name, *args):
    return reverse(f"admin:linking_{name}", args=args)


def page(browser, name, *args, **asked):
    answer = browser.get(address(name, *args), asked)
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.fixture
def scored(world):
    """One assessor finds the offsets of Korea and China incompatible, another does not."""
    ids = dict(Jurisdiction.objects.values_list("code", "pk"))
    record_scores(
        actor=world.administrator_1,
        scores=[
            NewScore(ids["KR"], ids["CN"], "C07", score, who, date(2026, 1, 1), "a report")
            for who, score in (("assessor 1", 0), ("assessor 2", 2))
        ],
    )


def test_agreement_shows_its_texts_edges_and_history(korea, link):
    """What is in force, in which state, and what came of it."""
    text = page(korea, "agreement_change", link.agreement_id)
    for said in ("CN&gt;KR", "discount 0.8", "in force", "the version came into force"):
        assert said in text, said


def test_text_is_read_in_words_with_comments_where_they_belong(korea, table, text):
    """Clauses and fields, not JSON; a comment stands by the edge that it is about."""
    said = {"party": "CN", "said": ("/edges/0/factor/value", "Why not par?"), "at": table.world.at}
    comment(actor=table.china, agreement="KR-CN", **said)
    shown = page(korea, "agreement_version", text.agreement_id, 1)
    assert "Each side recognises" in shown and "What goes back to its holder" not in shown
    edge = shown.split('<article class="edge">')[1]
    assert "<strong>tonnes for one unit</strong> · Why not par?" in edge
    assert "compliance year of the acceptor" in edge and "acceptor_compliance_year" not in edge
    assert "not signed" in shown and "<details>" in shown


def test_amendment_shows_what_differs(korea, table, link):
    """Field by field, beside the text before."""
    changed = [{**each} for each in table.propose().edges.values_list("document", flat=True)]
    changed[0]["factor"] = {"kind": "discount", "value": "0.7", "review": None}
    table.propose(edges=changed, title="Second")
    shown = page(korea, "agreement_version", link.agreement_id, 3)
    assert "<del>0.8</del>" in shown and "<ins>0.7</ins>" in shown and "<ins>Second</ins>" in shown
    assert "<del>1,000</del>" not in shown


def test_edge_shows_its_state_partner_and_meters(korea, table, link):
    """The quota for all together, and that of an entity that is asked for."""
    edge = link.edges.get(edge_id="CN>KR")
    shown = page(korea, "linkedge_change", edge.pk)
    assert "KR&gt;CN" in shown and "1,000 t of 1,000 t left" in shown
    assert "Quota 2" not in shown.split("What the edge says")[0]
    asked = page(korea, "linkedge_change", edge.pk, entity="KR-OPERATOR-A", period="2026")
    assert "The tonnes by which this is measured are not known." in asked
    wrong = page(korea, "linkedge_change", edge.pk, entity="NOBODY")
    assert "UNKNOWN_ENTITY" in wrong


def test_transfer_shows_its_parts_and_both_halves(korea, table, link):
    """What was decided on each part, with the limit before and after."""
    made = transfer(actor=table.china, order=order(table.world, 100), key="k", at=table.world.at)
    shown = page(korea, "transfer_change", made.transfer.pk)
    assert "2026: 1,000 → 920" in shown and "4/5" in shown
    assert "follows when the sender" in shown
    assert f"#{made.transfer.pk}" in page(korea, "transfer_changelist")


def test_readiness_shows_criteria_blockers_and_what_if(korea, scored):
    """The lower score counts, the range is shown, and a change of one rule can be tried."""
    assert "C07 offsets" in page(korea, "readinessscore_pairs")
    shown = page(korea, "readinessscore_pair", "KR", "CN")
    assert "0 – 2" in shown and "assessor 2" in shown and "a report" in shown
    assert shown.count("<tr") > 22
    tried = page(korea, "readinessscore_pair", "KR", "CN", criterion="C07", score="3")
    assert "0.058 " in tried
    assert korea.get(address("readinessscore_pair", "KR", "XX")).status_code == 404


def test_agreements_and_transfers_are_those_of_own_registries(
    signed_in, table, link, system_administrator
):
    """Another Party's administrator sees neither; edges in force are no secret."""
    from tests.linking.conftest import administrator

    made = transfer(actor=table.china, order=order(table.world, 100), key="k", at=table.world.at)
    administrator(table.world, table.world.overseas, "japan")
    japan = signed_in("japan")
    assert "KR-CN" not in page(japan, "agreement_changelist")
    for name, args in (
        ("agreement_version", (link.agreement_id, 1)),
        ("agreement_propose", (link.agreement_id,)),
        ("agreement_act", (link.agreement_id, "comment")),
    ):
        assert japan.get(address(name, *args)).status_code == 404, name
    assert japan.get(address("transfer_change", made.transfer.pk)).status_code == 302
    assert f"#{made.transfer.pk}" not in page(japan, "transfer_changelist")
    edge = page(japan, "linkedge_change", link.edges.first().pk)
    assert "agreement/" not in edge.split("content-main")[1].split("History")[0]
    assert system_administrator.get(address("agreement_changelist")).status_code == 403


def sent(table, number):
    """One hundred units, named so that each transfer takes others."""
    ordered = order(table.world, 100, first=1 + 100 * number)
    at = table.world.at
    return transfer(actor=table.china, order=ordered, key=f"k{number}", at=at).transfer


def test_lists_cost_a_constant_number_of_queries(korea, table, link, scored):
    """More agreements, edges, transfers and scores cost no more queries, nor do panels."""
    paths = [
        *(address(f"{name}_changelist") for name in ("agreement", "linkedge", "transfer")),
        address("readinessscore_changelist"),
        address("readinessscore_pairs"),
        "/admin/",
    ]

    def queries(path):
        with CaptureQueriesContext(connection) as captured:
            assert korea.get(path).status_code == 200, path
        return len(captured)

    world = table.world
    sent(table, 0)
    table.propose()
    before = {path: queries(path) for path in paths for _twice in range(2)}
    for number in range(3):
        sent(table, number + 1)
    record_scores(
        actor=world.administrator_1,
        scores=[
            NewScore(world.home.jurisdiction_id, world.overseas.jurisdiction_id, code, 1, "a",
                     date(2026, 1, 1))
            for code in ("C01", "C02")
        ],
    )  # fmt: skip
    table.enact(title="Third")
    table.propose()
    # Twice: the first time, the links in force are read again.
    assert {path: queries(path) for path in paths for _twice in range(2)} == before
    assert Transfer.objects.count() == 4


def test_home_page_tells_what_waits(china, table, link, clock):
    """A text to sign, a quota that is nearly used up, a link that is suspended."""
    from linking.services.change_edge import suspend

    world = table.world
    transfer(actor=table.china, order=order(world, 1200), key="k", at=world.at)
    shown = china.get("/admin/").content.decode()
    assert "No text waits for your party." in shown and "40 left of 1,000" in shown
    table.propose()
    suspend(actor=table.korea, agreement="KR-CN", edge_id="CN>KR", at=world.at + timedelta(1))
    shown = china.get("/admin/").content.decode()
    assert "KR-CN 2" in shown and "Links that are suspended" in shown
    assert "/admin/linking/transfer/send/" in shown


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (wording.FORMS, edges.FORMS),
        (wording.LEGAL_BASES, edges.LEGAL_BASES),
        (wording.METHODS, edges.METHODS),
        (wording.HOLDERS, edges.HOLDERS),
        (wording.STATES, edges.STATES),
        (wording.FACTORS, factor.KINDS),
        (wording.TRIGGERS, suspension.TRIGGERS),
        (wording.BASES, quota.BASES),
        (wording.QUOTA["scope"], quota.SCOPES),
        (wording.QUOTA["measure"], quota.MEASURES),
        (wording.QUOTA["at"], quota.PLACES),
        (wording.QUOTA["direction"], quota.DIRECTIONS),
        (wording.QUOTA["period"], quota.PERIODS),
        (wording.QUOTA["allocation"], quota.ALLOCATIONS),
        (wording.QUOTA["on_exceed"], quota.EXCESSES),
        (wording.QUOTA["key"], quota.KEYS),
        (wording.QUOTA["pool"], quota.POOLS),
        (wording.WORDS["article6.first_transfer"], edges.FIRST_TRANSFERS),
    ],
)
def test_every_word_of_an_edge_has_words_for_people(words, known):
    """What the reader of documents knows is what the pages can say."""
    assert set(words) == set(known)


def test_every_field_of_an_edge_has_a_name():
    """Also those inside objects, and in the changes of phases."""
    told = document(
        quotas=[],
        phases=[{"n": 1, "from": "2027-01-01", "overrides": {"factor": {"kind": "par"}}}],
    )
    labels = [row.label for group in reading.groups(told) for row in reading._rows(group)]
    assert "kind of factor" in labels and not {"kind", "n", "from"} & set(labels)
