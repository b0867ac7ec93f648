"""What parties do on the pages: comment, sign, withdraw, suspend, resume; and what is refused."""

import re

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from linking.models import AgreementVersion, Comment, EdgeChange
from registry.models import Person, Role
from registry.services import people
from tests.signing_in import enrol, sign_in

SEEN = re.compile(r'name="seen" value="([^"]*)"')
# What somebody may try: the answer in each role, in the order of WHO.
WHO = (
    *("nobody", "password_only", "auditor", "regulator", "read_only_administrator"),
    *("junior_administrator", "system_administrator", "elsewhere", "party"),
)
TABLE = {
    "comment": (302, 302, 403, 403, 403, 403, 404, 404, 302),
    "sign": (302, 302, 403, 403, 403, 403, 404, 404, 302),
    "reject": (302, 302, 403, 403, 403, 403, 404, 404, 302),
    "terminate": (302, 302, 403, 403, 403, 403, 404, 404, 302),
    "suspend": (302, 302, 403, 403, 403, 403, 403, 403, 302),
    "observe": (302, 302, 403, 403, 403, 403, 403, 403, 302),
    "allot": (302, 302, 403, 403, 403, 403, 403, 403, 200),
    "propose": (302, 302, 403, 403, 403, 403, 404, 404, 200),
    "begin": (302, 302, 403, 403, 403, 403, 403, 200, 200),
    "send": (302, 302, 403, 403, 403, 403, 403, 200, 200),
}


def act(of, name):
    return reverse("admin:linking_agreement_act", args=[of, name])


def edge_act(edge, name):
    return reverse("admin:linking_linkedge_act", args=[edge.pk, name])


def seen(browser, path):
    """What a page says that its reader has seen."""
    return SEEN.search(browser.get(path).content.decode())[1]


@pytest.fixture
def browsers(world, table, signed_in, system_administrator):
    """who -> the browser of somebody with that role in Korea's registry."""
    from tests.linking.conftest import administrator

    administrator(world, world.overseas, "japan")
    found = {
        "nobody": Client(),
        "elsewhere": signed_in("japan"),
        "system_administrator": system_administrator,
        "party": signed_in("korea"),
    }
    for role in ("auditor", "regulator", "read_only_administrator", "junior_administrator"):
        person = people.add_person(actor=world.system, username=f"a-{role}", display_name=role)
        given = {"person_id": person.pk, "role": role, "registry_id": world.home.pk}
        people.give_role(actor=world.system, **given)
        found[role] = signed_in(f"a-{role}")
    found["password_only"] = Client()
    found["password_only"].force_login(Person.objects.get(username="china"))
    return found


def everything():
    """All rows of links, as they are."""
    return {
        model: list(model._base_manager.order_by("pk").values())
        for model in apps.get_app_config("linking").get_models()
    }


def test_table_has_a_column_for_every_role():
    """A new role is tried as well; administrators are the party, and those elsewhere."""
    assert set(WHO) >= set(Role.values) - {Role.ADMINISTRATOR, Role.SYSTEM, "representative"}
    assert all(len(answers) == len(WHO) for answers in TABLE.values())


@pytest.mark.parametrize("asked", TABLE)
def test_forbidden_requests(table, link, browsers, asked):
    """The answer is that of the table, and nothing is written but by the party."""
    if asked in ("comment", "sign", "reject"):
        table.propose()
    edge = link.edges.get(edge_id="CN>KR")
    of = link.agreement_id
    path, form = {
        "comment": (act(of, "comment"), {"clause": "/title", "text": "why"}),
        "sign": (act(of, "sign"), {}),
        "reject": (act(of, "reject"), {"reason": "so"}),
        "terminate": (act(of, "terminate"), {"reason": "so"}),
        "suspend": (edge_act(edge, "suspend"), {"reason": "so"}),
        "observe": (edge_act(edge, "observe"), {"events": "security"}),
        "allot": (edge_act(edge, "allot"), {"quota": "0", "period": "2026", "wishes": "X 1"}),
        "propose": (reverse("admin:linking_agreement_propose", args=[of]), {"step": "0"}),
        "begin": (reverse("admin:linking_agreement_begin"), {"step": "0"}),
        "send": (reverse("admin:linking_transfer_send"), {"step": "0"}),
    }[asked]
    writes = TABLE[asked][-1] == 302
    known = seen(browsers["party"], path) if writes else ""
    for who, expected in zip(WHO, TABLE[asked], strict=True):
        before = everything()
        answer = browsers[who].post(path, {**form, "party": "KR", "seen": known})
        assert answer.status_code == expected, who
        assert (everything() == before) is not (who == "party" and writes), who


def test_two_parties_sign_and_the_text_is_in_force(korea, china, text):
    """Each signs what it has read; the second signature brings it into force."""
    path = act(text.agreement_id, "sign")
    for browser, status in ((korea, "proposed"), (china, "in_force")):
        form = {"party": {korea: "KR", china: "CN"}[browser], "seen": seen(browser, path)}
        assert browser.post(path, form)["Location"].endswith(f"/{text.agreement_id}/change/")
        text.refresh_from_db()
        assert text.status == status
    assert "No text waits for signatures." in korea.get(path).content.decode()


def test_text_that_was_replaced_meanwhile_is_not_signed(korea, table, text):
    """Whoever has read another text is shown the new one, and has signed nothing."""
    path = act(text.agreement_id, "sign")
    known = seen(korea, path)
    newer = table.propose("CN", title="Another")
    answer = korea.post(path, {"party": "KR", "seen": known})
    assert answer.status_code == 409
    assert "Something has changed meanwhile." in answer.content.decode()
    assert not newer.signatures.exists()
    (shown,) = SEEN.findall(answer.content.decode())
    assert shown == bytes(newer.digest).hex()


def test_text_is_rejected_and_taken_back(korea, china, table, text):
    """One button, named for who presses it; the page of the text says who did it, and why."""
    pages = {
        "KR": (korea, "Take the text back", "taken back"),
        "CN": (china, "Reject the text", "rejected"),
    }
    for party, (browser, button, word) in pages.items():
        version = table.propose(title=f"Before {party}")
        here = reverse(
            "admin:linking_agreement_version", args=[version.agreement_id, version.number]
        )
        path = act(version.agreement_id, "reject")
        assert button in browser.get(here).content.decode()
        form = {"party": party, "seen": seen(browser, path), "reason": f"not for {party}"}
        assert browser.post(path, form).status_code == 302
        version.refresh_from_db()
        assert version.status == "dropped"
        page = browser.get(here).content.decode()
        assert f"not for {party}" in page and word in page and button not in page


def test_party_is_one_s_own(korea, text):
    """Korea's administrator can not sign for China, whatever the form says."""
    path = act(text.agreement_id, "sign")
    answer = korea.post(path, {"party": "CN", "seen": seen(korea, path)})
    assert answer.status_code == 200 and not text.signatures.exists()


def test_signing_and_suspending_need_the_person(table, link):
    """A factor that was given an hour ago does not suffice; what was typed is kept."""
    person = Person.objects.get(username="korea")
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    enrol(person)
    browser = sign_in(Client(), person, minutes_ago=60)
    table.propose()
    edge = link.edges.get(edge_id="CN>KR")
    changes = EdgeChange.objects.count()
    for path in (act(link.agreement_id, "sign"), edge_act(edge, "suspend")):
        answer = browser.post(path, {"reason": "a security incident", "seen": "x", "party": "KR"})
        assert answer.status_code == 302 and "/2fa/" in answer["Location"]
    assert EdgeChange.objects.count() == changes
    sign_in(browser, person)
    assert browser.get(act(link.agreement_id, "comment")).status_code == 200


def test_comment_is_about_a_clause_and_stale_where_the_text_is(korea, table, text):
    """What is said of a text that was replaced is not put under another."""
    path = act(text.agreement_id, "comment")
    form = {"party": "KR", "clause": "/edges/0/factor/value", "text": "too low"}
    assert korea.post(path, {**form, "seen": seen(korea, path)}).status_code == 302
    known = seen(korea, path)
    table.propose("CN", title="Another")
    assert korea.post(path, {**form, "seen": known}).status_code == 409
    assert list(Comment.objects.values_list("clause", "text")) == [
        ("/edges/0/factor/value", "too low")
    ]


def test_link_is_suspended_with_one_act_and_resumed(korea, china, table, link):
    """Both edges of a reciprocal link stop at one instant; each acceptor opens its own."""
    edge = link.edges.get(edge_id="CN>KR")
    path = edge_act(edge, "suspend")
    page = korea.get(path).content.decode()
    assert "KR&gt;CN" in page
    form = {"party": "KR", "reason": "a security incident", "seen": seen(korea, path)}
    assert korea.post(path, form).status_code == 302
    stopped = EdgeChange.objects.filter(state="suspended")
    assert sorted(stopped.values_list("edge_id", "cause")) == [
        ("CN>KR", "manual"),
        ("KR>CN", "reciprocity"),
    ]
    assert stopped.values("at").distinct().count() == 1
    again = korea.post(path, form)
    assert again.status_code == 409 and stopped.count() == 2
    path = edge_act(edge, "resume")
    assert china.get(path).status_code == 403
    form = {"party": "KR", "reason": "mended", "seen": seen(korea, path)}
    assert korea.post(path, form).status_code == 302
    page = korea.get(reverse("admin:linking_linkedge_change", args=[edge.pk])).content.decode()
    assert "mended" in page and "a security incident" in page
    assert EdgeChange.objects.filter(state="active", cause="reciprocity").count() == 1


def test_act_that_the_state_does_not_allow_has_no_form(korea, link):
    """An open link can not be resumed."""
    path = edge_act(link.edges.get(edge_id="CN>KR"), "resume")
    page = korea.get(path).content.decode()
    assert "The state of the edge does not allow this." in page and "<textarea" not in page
    assert korea.post(path, {"party": "KR", "reason": "so", "seen": ""}).status_code == 409


def test_party_withdraws_with_notice(korea, link):
    """The page says from when on; nothing is left to withdraw afterwards."""
    path = act(link.agreement_id, "terminate")
    form = {"party": "KR", "reason": "another way", "seen": seen(korea, path)}
    assert korea.post(path, form).status_code == 302
    link.refresh_from_db()
    assert link.ends_at is not None and link.status == AgreementVersion.Status.IN_FORCE
    assert "There is nothing to end" in korea.get(path).content.decode()
    edge = link.edges.get(edge_id="CN>KR")
    page = korea.get(reverse("admin:linking_linkedge_change", args=[edge.pk])).content.decode()
    assert "Next change" in page or "next change" in page


def test_observations_are_reported(korea, table, link):
    """What fires no trigger leaves the link open; what fires one stops both edges."""
    path = edge_act(link.edges.get(edge_id="CN>KR"), "observe")
    for form, told in (
        ({}, "Say what was observed."),
        ({"price_ratios": "2.5\n1e9"}, "Write exact numbers"),
        ({"volume": "1.5"}, "Give whole tonnes."),
    ):
        form = {"party": "KR", "seen": seen(korea, path), **form}
        assert told in korea.post(path, form).content.decode()
    known = {"party": "KR", "seen": seen(korea, path)}
    calm = {**known, "price_ratios": "1.5\n9", "volume": "1,000"}
    answer = korea.post(path, calm, follow=True).content.decode()
    assert "No trigger has fired: the link goes on." in answer
    before = EdgeChange.objects.count()
    fired = {**known, "events": ["security"]}
    answer = korea.post(path, fired, follow=True).content.decode()
    assert "The link is suspended: security incident." in answer
    assert EdgeChange.objects.count() == before + 2
    assert "The state of the edge does not allow this." in korea.get(path).content.decode()
