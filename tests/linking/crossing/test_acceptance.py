"""Where an edge asks people of the receiver, they accept what its rules accept, or refuse it."""

import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from linking.models import LinkEdge, Transfer
from linking.services.accept_incoming import (
    accept_incoming,
    expire_asked,
    go_on_waiting,
    refuse_incoming,
)
from linking.services.carry import carry_due
from linking.services.change_edge import suspend
from linking.services.transfer import transfer
from registry import canonical
from registry.errors import Conflict, NotPermitted
from registry.models import LimitCounter, Person, Transaction
from registry.services.api_keys import issue_key
from registry.services.approve import approve
from tests.admin.conftest import signed_in, system_administrator
from tests.api.conftest import ApiClient
from tests.linking.conftest import EDGES as LOCAL
from tests.linking.crossing.conftest import EDGES, make_linked
from tests.linking.crossing.test_destination import committed
from tests.linking.test_transfers import order, sent
from tests.world import blocks, issue_units

__all__ = ["signed_in", "system_administrator"]
PEOPLE = {"acceptance": "people"}


def used(pool):
    rows = LimitCounter.objects.filter(pool=pool).values_list("used_t", flat=True)
    return rows.first()


# Another node asks.


@pytest.fixture
def asked(world, keys_dir):
    """100 GXA are proposed over an edge that asks for people."""
    linked = make_linked(world, [{**EDGES[0], **PEOPLE}, EDGES[1]])
    linked.name = uuid.uuid4()
    linked.far.hear("propose", linked.far.proposal(linked.version), transfer=linked.name)
    linked.half = Transfer.objects.get(uuid=linked.name)
    linked.by = {"actor": linked.korea, "number": linked.half.pk, "at": world.at}
    return linked


def state(linked):
    linked.half.refresh_from_db()
    return linked.half.state


def test_proposal_waits_for_people_and_holds_nothing(asked):
    """The other node hears nothing yet, and no quota is taken; until when it waits is known."""
    assert (state(asked), asked.far.told(), used("link:JP>KR:0")) == ("asked", [], None)
    assert asked.half.asks_people
    assert asked.half.valid_until == asked.world.at.replace(day=20)
    asked.far.hear("status", {"state": "asked"}, transfer=asked.name)
    assert asked.far.told() == []


def test_people_accept_and_the_units_come_in(asked):
    """Who accepted is kept; the quota is taken then."""
    accept_incoming(**asked.by)
    assert (state(asked), used("link:JP>KR:0")) == ("accepted", 400)
    assert asked.half.accepted_by.username == "korea"
    assert len(asked.far.told("accepted")) == 1
    committed(asked, asked.name)
    assert state(asked) == "completed"
    assert blocks(asked.world.at_home.operator_a, asked.world.gxa) == [(1, 100)]
    with pytest.raises(Conflict) as caught:
        refuse_incoming(reason="too late", **asked.by)
    assert caught.value.codes == ["TRANSFER_NOT_WAITING"]


def test_people_refuse_with_a_reason_and_a_code(asked):
    refuse_incoming(reason="Not before the audit.", **asked.by)
    (body,) = asked.far.told("rejected")
    (failure,) = body["failures"]
    assert failure["code"] == "RECEIVER_REFUSED"
    assert failure["data"] == {"reason": "Not before the audit."}
    assert state(asked) == "rejected"
    assert asked.half.answer["failures"] == [failure]


def test_rules_are_asked_again_when_people_accept(asked):
    """The link was suspended meanwhile: nothing is accepted, and it still waits."""
    agreement = LinkEdge.objects.get(edge_id="JP>KR").version.agreement.code
    later = asked.world.at + timedelta(minutes=1)
    suspend(actor=asked.korea, agreement=agreement, edge_id="JP>KR", at=later)
    with pytest.raises(Exception, match="LINK_SUSPENDED"):
        accept_incoming(**{**asked.by, "at": later})
    assert (state(asked), asked.far.told("accepted")) == ("asked", [])


def test_nobody_decides_until_the_sender_stops_waiting(asked):
    """Then it is rejected by itself, once."""
    ends = asked.half.valid_until
    assert expire_asked(at=ends - timedelta(seconds=1)) == 0
    assert (expire_asked(at=ends), expire_asked(at=ends)) == (1, 0)
    (body,) = asked.far.told("rejected")
    assert body["failures"][0]["code"] == "NOBODY_ACCEPTED"
    assert state(asked) == "rejected"


def test_sender_may_take_it_back_while_people_think(asked):
    """Nothing was held, and nothing is waited for any longer."""
    asked.far.hear("aborted", {"reason": "SOURCE_WITHDREW"}, transfer=asked.name)
    assert state(asked) == "aborted"
    with pytest.raises(Conflict):
        accept_incoming(**asked.by)


def test_what_the_rules_refuse_reaches_no_people(asked):
    """It is rejected at once."""
    body = asked.far.proposal(asked.version, blocks=[(1, 1251)])
    body["blocks"][0]["certificate"] = asked.far.certificate(1, 1251, issued=(1, 5000))
    asked.far.hear("propose", body, transfer=uuid.uuid4())
    assert [each["code"] for each in asked.far.told("rejected")[0]["failures"]] == ["QUOTA_PARTIAL"]
    assert Transfer.objects.count() == 1


# Both registries are on this node: one form, two approvals.


@pytest.fixture
def ordered(table):
    """China sends 100 CEA to Korea, whose people are asked."""
    table.enact(edges=[{**LOCAL[0], **PEOPLE}, {**LOCAL[1], **PEOPLE}])
    world = table.world
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    table.made = sent(table, 100)
    table.by = {"actor": table.korea, "number": table.made.transfer.pk, "at": timezone.now()}
    return table


def approve_source(table):
    row = table.made.transfer.source_transaction
    row.refresh_from_db()
    decided = {"transaction_id": row.pk, "payload_hash": bytes(row.payload_hash)}
    approve(actor=table.world.administrator_2, at=timezone.now(), **decided)


def carried(table):
    at = timezone.now()
    go_on_waiting(at=at)
    carry_due(at=at)
    table.made.transfer.refresh_from_db()
    return table.made.transfer.state


@pytest.mark.parametrize("first", ["sender", "receiver"])
def test_units_leave_when_both_sides_have_agreed(ordered, first):
    """In whichever order; not before."""
    world = ordered.world
    acts = [lambda: approve_source(ordered), lambda: accept_incoming(**ordered.by)]
    for act in acts if first == "sender" else acts[::-1]:
        assert carried(ordered) == "accepted"
        assert blocks(world.at_neighbour.partner, world.cea) == []
        act()
    assert carried(ordered) == "completed"
    assert blocks(world.at_home.operator_a, world.cea) == [(1, 100)]


@pytest.mark.parametrize("first", ["sender", "receiver"])
def test_receiver_refuses_and_limits_are_free_again(ordered, first):
    """The sender's transaction fails with the reason's code, once it is due."""
    refusing = {**ordered.by, "reason": "no"}
    acts = [lambda: approve_source(ordered), lambda: refuse_incoming(**refusing)]
    for act in acts if first == "sender" else acts[::-1]:
        act()
    assert carried(ordered) == "aborted"
    row = ordered.made.transfer.source_transaction
    row.refresh_from_db()
    assert row.status == Transaction.Status.FAILED
    assert used("link:CN>KR:0") == 0
    assert ordered.made.transfer.answer["failures"][0]["code"] == "RECEIVER_REFUSED"


def test_who_proposed_it_does_not_accept_it(ordered):
    """Nor does anybody of another registry."""
    with pytest.raises(NotPermitted):
        accept_incoming(**{**ordered.by, "actor": ordered.china})
    world = ordered.world
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    own = transfer(
        actor=world.administrator_1, order=order(world, 10), key=world.key(), at=world.at
    )
    by = {"actor": world.administrator_1, "number": own.transfer.pk, "at": world.at}
    with pytest.raises(NotPermitted) as caught:
        accept_incoming(**by)
    assert caught.value.codes == ["OWN_TRANSFER"]


def test_by_rest(ordered, description):
    """The transfer tells that people are asked, and who has accepted."""
    person = Person.objects.get(username="korea")
    issued = issue_key(
        actor=ordered.world.system, person_id=person.pk, label="k", at=timezone.now()
    )
    client = ApiClient(description, issued.text)
    where = f"transfers/{ordered.by['number']}"
    told = client.get(where).json()
    assert (told["asks_people"], told["accepted_by"]) == (True, None)
    answer = client.post(f"{where}/acceptance", {"decision": "accept"})
    assert (answer.status_code, answer.json()["accepted_by"]) == (201, "korea")
    again = client.post(f"{where}/acceptance", {"decision": "refuse", "reason": "no"})
    assert (again.status_code, again.json()["code"]) == (409, "TRANSFER_NOT_WAITING")


def test_decision_says_that_people_are_asked(ordered):
    """It stands in the stored decision, with which it is replayed."""
    (part,) = ordered.made.transfer.parts.all()
    assert "accepted_by_people" in part.decision.outcome["notes"]
    assert json.loads(canonical.encode(part.decision.outcome)) == part.decision.outcome


def test_on_the_pages(ordered, signed_in):
    """The work queue of the receiver has it, its page the two buttons; the sender's has not."""
    page = reverse("admin:linking_transfer_change", args=[ordered.by["number"]])
    act = reverse("admin:linking_transfer_act", args=[ordered.by["number"], "refuse"])
    korea, china = signed_in("korea"), signed_in("china")
    assert page in korea.get(reverse("admin:index")).content.decode()
    assert page not in china.get(reverse("admin:index")).content.decode()
    assert act in korea.get(page).content.decode()
    assert act not in china.get(page).content.decode()
    assert china.get(act).status_code == 403
    shown = korea.get(act).content.decode()
    seen = shown.partition('name="seen" value="')[2].partition('"')[0]
    done = korea.post(act, {"party": "KR", "seen": seen, "reason": "no"}, follow=True)
    assert "The transfer is refused." in done.content.decode()
