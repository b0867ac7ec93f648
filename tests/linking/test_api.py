"""Links by REST: negotiated, signed, used, suspended, resumed and ended."""

import copy

from django.utils import timezone

from linking.services.carry import carry_due
from registry.models import Account, Person, Transaction
from registry.services.api_keys import issue_key
from tests.api.conftest import ApiClient
from tests.linking.conftest import SAID, administrator
from tests.linking.documents import quota
from tests.linking.rest import codes, propose
from tests.world import blocks, issue_units


def test_agreement_is_read_by_its_parties(agreed, world):
    """With its texts, signatures and comments; an outsider is told of nothing."""
    listed = agreed.china.get("agreements").json()["items"]
    assert [item["code"] for item in listed] == ["KR-CN"]
    (version,) = agreed.auditor.get("agreements/KR-CN/versions").json()["items"]
    assert version["text"]["title"] == SAID["title"]
    assert [each["party"] for each in version["signatures"]] == ["KR", "CN"]
    administrator(world, world.offsets, "outsider")
    person = Person.objects.get(username="outsider")
    issued = issue_key(actor=world.system, person_id=person.pk, label="k", at=timezone.now())
    outsider = ApiClient(agreed.korea.description, issued.text)
    assert outsider.get("agreements").json()["items"] == []
    assert outsider.get("agreements/KR-CN").status_code == 404


def test_text_is_refused_with_all_that_is_wrong(agreed):
    """A float and a quota without period, each named by its pointer; nothing is proposed."""
    edges = copy.deepcopy(SAID["edges"])
    edges[0]["factor"]["value"] = 0.8
    del edges[1]["quotas"][0]["period"]
    answer = propose(agreed.korea, edges=edges)
    assert answer.status_code == 400
    assert {"NOT_EXACT", "QUOTA_WITHOUT_PERIOD"} <= set(codes(answer))
    assert len(agreed.korea.get("agreements/KR-CN/versions").json()["items"]) == 1


def test_parties_comment_and_sign_what_they_have_read(agreed):
    """A signature over another text is refused, and so is one for somebody else."""
    assert propose(agreed.korea, title="Amended").status_code == 201
    said = {"party": "CN", "clause": "/clauses/0", "text": "Not so fast."}
    assert agreed.china.post("agreements/KR-CN/comments", said).status_code == 201
    (comment,) = agreed.korea.get("agreements/KR-CN/comments").json()["items"]
    assert (comment["clause"], comment["version"]) == ("/clauses/0", 2)
    other = agreed.china.post("agreements/KR-CN/signatures", {"party": "CN", "digest": "0" * 64})
    assert (other.status_code, codes(other)) == (400, ["SIGNED_ANOTHER_VERSION"])
    digest = agreed.korea.get("agreements/KR-CN/versions/2").json()["digest"]
    foreign = agreed.china.post("agreements/KR-CN/signatures", {"party": "KR", "digest": digest})
    assert foreign.status_code == 403


def test_units_cross_and_the_meter_moves(agreed, world):
    """Sent by one person, approved by another, taken in within the quota; beyond it refused."""
    issue_units(world, world.cea, [(world.at_neighbour.operator, 2000)], year=2026)
    numbers = dict(Account.objects.values_list("pk", "number"))
    order = {
        "source": numbers[world.at_neighbour.operator],
        "destination": numbers[world.at_home.operator_a],
        "unit_type": "CEA",
        "quantity": "1000",
    }
    trial = agreed.china.post("transfers/dry-run", order).json()
    assert (trial["status"], trial["edge"], trial["approvals"]["needed"]) == (202, "CN>KR", 1)
    assert trial["parts"][0]["decision"]["limits"][0]["after"] == "1000"
    later = agreed.china.post("transfers/dry-run?at=2039-01-01T00:00:00Z", order).json()
    assert [error["code"] for error in later["errors"]] == ["VINTAGE_TOO_OLD"]
    (meter,) = agreed.china.get("links/CN>KR/meters").json()["meters"]
    assert meter["used"] == "0"
    sent = agreed.china.post("transfers", order)
    assert (sent.status_code, sent.json()["state"]) == (202, "accepted")
    (meter,) = agreed.china.get("links/CN>KR/meters").json()["meters"]
    assert (meter["capacity"], meter["used"], meter["left"]) == ("1000", "800", "200")
    row = Transaction.objects.get(pk=int(sent.json()["source_transaction"]))
    approval = {"decision": "approve", "payload_hash": bytes(row.payload_hash).hex()}
    path = f"transactions/{row.pk}/approvals"
    assert agreed.administrator_2.post(path, approval).status_code in (200, 201, 202)
    carry_due(at=timezone.now())
    done = agreed.korea.get(f"transfers/{sent.json()['id']}").json()
    assert done["state"] == "completed"
    assert blocks(world.at_home.operator_a, world.cea) == [(1, 1000)]
    more = agreed.china.post("transfers", {**order, "quantity": "251"})
    assert (more.status_code, codes(more)) == (422, ["QUOTA_PARTIAL"])
    # Lists leave out what two nodes have said to each other; here there is one.
    assert done.pop("messages") == []
    assert done.pop("onward") is None
    assert agreed.korea.get("transfers", {"state": "completed"}).json()["items"] == [done]


def test_link_is_suspended_by_one_act_and_resumed(agreed, world):
    """Both edges of the reciprocal link at one instant."""
    stopped = agreed.korea.post("links/CN>KR/suspension", {"reason": "prices"})
    assert [each["edge"] for each in stopped.json()["changes"]] == ["CN>KR", "KR>CN"]
    states = {each["edge"]: each["state"] for each in agreed.china.get("links").json()["items"]}
    assert states == {"CN>KR": "suspended", "KR>CN": "suspended"}
    again = agreed.korea.post("links/CN>KR/suspension", {"reason": "prices"})
    assert (again.status_code, codes(again)) == (422, ["NOT_SUSPENDED"])
    assert agreed.china.post("links/CN>KR/resumption", {"reason": "no"}).status_code == 403
    opened = agreed.korea.post("links/CN>KR/resumption", {"reason": "agreed"})
    assert opened.status_code == 201
    assert agreed.korea.get("links/KR>CN").json()["state"] == "active"


def test_observations_fire_the_triggers_of_the_edge(agreed):
    """An incident suspends both edges; what no trigger names, and who is no acceptor, does not."""
    where = "links/CN>KR/observations"
    foreign = agreed.china.post(where, {"events": ["security"]})
    assert foreign.status_code == 403
    wrong = agreed.korea.post(where, {"price_ratios": ["2", "1e9"]})
    assert (wrong.status_code, codes(wrong)) == (400, ["NOT_EXACT"])
    calm = agreed.korea.post(where, {"price_ratios": ["9"], "volume": "10"})
    assert (calm.status_code, calm.json()["fired"]) == (201, [])
    fired = agreed.korea.post(where, {"events": ["security"]})
    assert fired.json()["fired"] == ["security"]
    states = {each["edge"]: each["state"] for each in agreed.china.get("links").json()["items"]}
    assert states == {"CN>KR": "suspended", "KR>CN": "suspended"}


def test_party_rejects_what_another_proposes(agreed):
    """Exactly the text that it has read; what is in force stays."""
    said = {"party": "KR", "text": {**SAID, "title": "Another"}}
    digest = agreed.korea.post("agreements/KR-CN/versions", said).json()["digest"]
    where, no = "agreements/KR-CN/rejections", {"party": "CN", "reason": "too early"}
    other = agreed.china.post(where, {**no, "digest": "00" * 32})
    assert (other.status_code, codes(other)) == (409, ["ANOTHER_VERSION_IS_PROPOSED"])
    rejected = agreed.china.post(where, {**no, "digest": digest})
    assert (rejected.status_code, rejected.json()["state"]) == (201, "dropped")
    told = agreed.korea.get("agreements/KR-CN/versions/2").json()["rejection"]
    assert (told["party"], told["person"], told["reason"]) == ("CN", "china", "too early")
    assert agreed.korea.get("agreements/KR-CN/versions/1").json()["rejection"] is None


def test_party_withdraws_with_notice(agreed):
    said = {"party": "KR", "reason": "a change of law"}
    ended = agreed.korea.post("agreements/KR-CN/termination", said)
    assert ended.status_code == 201
    assert ended.json()["ends_at"] > timezone.now().isoformat()


def test_preset_and_readiness_help_to_begin(agreed, world):
    """A document of each form; scores, by role, with the index that they make."""
    asked = {"form": "restricted", "source": "CN", "acceptor": "KR", "unit_type": "CEA"}
    begun = agreed.korea.get("link-preset", asked).json()
    assert begun["document"]["factor"]["value"] == "0.8"
    said = {
        "one": "KR",
        "other": "CN",
        "assessor": "ministry",
        "on": "2026-11-22",
        "scores": [{"criterion": "C01", "score": "3"}, {"criterion": "C02", "score": "0"}],
    }
    assert agreed.korea.post("readiness", said).status_code == 403
    assert agreed.administrator_2.post("readiness", said).status_code == 201
    found = agreed.china.get("readiness", {"one": "KR", "other": "CN"}).json()
    assert (found["assessors"], "C02" in found["blockers"]) == (["ministry"], True)
    wrong = {**said, "scores": [{"criterion": "C99", "score": "3"}]}
    assert codes(agreed.administrator_2.post("readiness", wrong)) == ["NOT_A_SCORE"]


def test_quota_is_given_out_to_those_who_ask(agreed, world):
    """By the acceptor, once for a period, to holders of its own that are named once."""
    shared = {**SAID["edges"][0], "quotas": [quota(value="100", allocation="auction")]}
    digest = propose(agreed.korea, edges=[shared, SAID["edges"][1]]).json()["digest"]
    for client, party in ((agreed.korea, "KR"), (agreed.china, "CN")):
        signed = client.post("agreements/KR-CN/signatures", {"party": party, "digest": digest})
        assert signed.status_code == 201
    holders = dict(Account.objects.values_list("pk", "holder__code"))
    one, two = (holders[pk] for pk in (world.at_home.operator_a, world.at_home.operator_b))
    bids = [
        {"holder": one, "tonnes": "80", "price": "9"},
        {"holder": two, "tonnes": "80", "price": "7"},
    ]
    where, said = "links/CN>KR/allotments", {"quota": "1", "period": "2026", "wishes": bids}
    assert agreed.china.post(where, said).status_code in (403, 404)
    twice = agreed.korea.post(where, {**said, "wishes": [bids[0], bids[0]]})
    assert (twice.status_code, codes(twice)) == (400, ["WRONG_TYPE"])
    for wrong in ({"quota": "2"}, {"wishes": [{"holder": one, "tonnes": "80"}]}):
        refused = agreed.korea.post(where, {**said, **wrong})
        assert (refused.status_code, codes(refused)) == (422, ["QUOTA_DOES_NOT_FIT"])
    made = agreed.korea.post(where, said)
    assert made.status_code == 201, made.content
    assert made.json() == {
        "price": "7",
        "given": [{"holder": one, "tonnes": "80"}, {"holder": two, "tonnes": "20"}],
    }
    again = agreed.korea.post(where, said)
    assert (again.status_code, codes(again)) == (422, ["QUOTA_BELOW_USE"])
