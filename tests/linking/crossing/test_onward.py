"""One order takes units through their home to a third registry, or they stay at home."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from linking.models import OnwardTransfer, Transfer
from linking.selectors.transfers import AccountAbroad
from linking.services.carry import carry_due
from linking.services.change_edge import suspend
from linking.services.create_agreement import NewParty, create_agreement
from linking.services.crossing.go_on import go_on
from linking.services.go_onward import go_onward
from linking.services.plan import Order
from linking.services.propose_version import propose_version
from linking.services.send_onward import send_onward
from linking.services.sign_version import sign_version
from linking.services.transfer import transfer
from registry import canonical
from registry.errors import Conflict, DomainError, Unavailable
from registry.models import Account
from registry.posting import sequence
from registry.services.approve import approve
from registry.services.sign_issuances import sign_issuances
from tests.linking.conftest import EDGES, administrator
from tests.linking.crossing.test_source import FAR
from tests.world import blocks, issue_units


def approved(world, made):
    row = Transfer.objects.select_related("source_transaction").get(pk=made.pk).source_transaction
    said = {"actor": world.administrator_2, "transaction_id": row.pk, "at": timezone.now()}
    approve(payload_hash=bytes(row.payload_hash), **said)


@pytest.fixture
def abroad(linked):
    """100 KAU lie with the operator of CN-ETR, which KR-ETRS is linked with as well."""
    world, at = linked.world, linked.world.at
    linked.china = administrator(world, world.neighbour, "china")
    parties = [NewParty("KR-ETRS"), NewParty("CN-ETR")]
    create_agreement(actor=linked.korea, code="KR-CN", parties=parties, at=at)
    said = {"title": "Over the river", "clauses": [], "edges": list(EDGES)}
    version = propose_version(actor=linked.korea, agreement="KR-CN", party="KR", said=said, at=at)
    for party, actor in (("KR", linked.korea), ("CN", linked.china)):
        digest = bytes(version.digest)
        sign_version(actor=actor, agreement="KR-CN", party=party, digest=digest, at=at)
    issue_units(world, world.kau, [(world.at_home.operator_a, 500)], year=2026)
    sequence(100)
    sign_issuances(at=timezone.now())
    order = Order(world.at_home.operator_a, world.at_neighbour.operator, world.kau.pk, 100)
    made = transfer(actor=linked.korea, order=order, key="there", at=timezone.now())
    approved(world, made.transfer)
    carry_due(at=timezone.now())
    assert blocks(world.at_neighbour.operator, world.kau) == [(1, 100)]
    linked.home = Account.objects.get(pk=world.at_home.operator_a)
    return linked


def sent_onward(linked, key="on", through=None, **changes):
    world = linked.world
    to = AccountAbroad(world.overseas, FAR)
    said = {"source": world.at_neighbour.operator, "unit_type": world.kau.pk, "quantity": 100}
    order = Order(**{**said, "destination": None, "abroad": to, **changes})
    return send_onward(
        actor=linked.china, order=order, through=through or linked.home, key=key, at=timezone.now()
    )


def at_home(abroad):
    """The first transfer is approved and at its end; the onward transfer, one pass later."""
    sent = sent_onward(abroad)
    approved(abroad.world, sent.transfer)
    carry_due(at=timezone.now())
    go_onward(at=timezone.now())
    row = OnwardTransfer.objects.get(uuid=sent.transfer.uuid)
    assert row.state == "at_home"
    return row


def answered(abroad, second, kind, **body):
    abroad.far.hear(kind, body, transfer=second.uuid, at=timezone.now())


def test_units_go_on_by_themselves(abroad):
    """The node proposes the second transfer; home approves it, the third registry accepts."""
    world, row = abroad.world, at_home(abroad)
    assert go_onward(at=timezone.now()) == 1
    row.refresh_from_db()
    second = row.second
    assert (row.state, second.role, second.quantity) == ("sent", "source", 100)
    approved(world, second)
    go_on(at=timezone.now())
    until = canonical.instant(timezone.now() + timedelta(hours=1))
    terms = {"valid_until": until, "withheld": "0", "credited_t": "100", "factor": "1"}
    proposal = abroad.far.digest("propose")
    answered(abroad, second, "accepted", propose=proposal, edge="KR>JP", **terms)
    go_on(at=timezone.now())
    done = {"posting": "9", "suspense": False, "receipt": None}
    answered(abroad, second, "completed", committed=abroad.far.digest("committed"), **done)
    assert go_onward(at=timezone.now()) == 1
    row.refresh_from_db()
    assert row.state == "arrived"
    assert blocks(world.at_home.partner_overseas, world.kau) == [(1, 100)]


def test_units_stay_at_home_where_the_second_is_refused(abroad):
    """By the rules: the codes are told, and the account at home has the units."""
    world, row = abroad.world, at_home(abroad)
    at = timezone.now() - timedelta(seconds=1)
    japan = administrator(world, world.overseas, "japan_2")
    suspend(actor=japan, agreement="KR-JP", edge_id="KR>JP", at=at)
    go_onward(at=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.second) == ("stayed", None)
    assert [each["code"] for each in row.answer["failures"]] == ["LINK_SUSPENDED"]
    assert blocks(world.at_home.operator_a, world.kau) == [(1, 100), (101, 500)]


def test_units_stay_at_home_where_the_third_rejects(abroad):
    """What the third registry says is kept."""
    row = at_home(abroad)
    go_onward(at=timezone.now())
    row.refresh_from_db()
    approved(abroad.world, row.second)
    go_on(at=timezone.now())
    failure = {"code": "QUOTA_EXHAUSTED", "message": "m", "hint": "h", "data": {}}
    said = {"propose": abroad.far.digest("propose"), "failures": [failure]}
    answered(abroad, row.second, "rejected", **said)
    go_onward(at=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.answer) == ("stayed", {"failures": [failure]})


def test_nothing_goes_on_that_never_left(abroad):
    """The sender withdraws before anybody has approved."""
    from registry.services.withdraw import withdraw

    sent = sent_onward(abroad)
    withdraw(actor=abroad.china, transaction_id=sent.transfer.source_transaction_id)
    carry_due(at=timezone.now())
    go_onward(at=timezone.now())
    assert OnwardTransfer.objects.get().state == "dropped"


def test_equal_orders_are_one(abroad):
    """Another account under the same key is refused."""
    first = sent_onward(abroad)
    assert sent_onward(abroad).transfer == first.transfer
    other = Account.objects.get(pk=abroad.world.at_home.operator_b)
    with pytest.raises(Conflict) as caught:
        sent_onward(abroad, through=other)
    assert caught.value.codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert OnwardTransfer.objects.count() == 1


def test_orders_that_do_not_lead_onward_are_refused(abroad):
    """Units that can go straight, and a stop that is not their home."""
    world = abroad.world
    neighbour = Account.objects.get(pk=world.at_neighbour.operator)
    with pytest.raises(DomainError) as caught:
        sent_onward(abroad, through=neighbour)
    assert caught.value.codes == ["THROUGH_NOT_HOME"]
    with pytest.raises(DomainError) as caught:
        sent_onward(abroad, abroad=None, destination=abroad.home.pk)
    assert caught.value.codes == ["NOT_ONWARD"]
    assert not OnwardTransfer.objects.exists()


# The same between nodes: the far node orders, and this one keeps the home.

ONWARD = {"registry": "CN-ETR", "period": None}


@pytest.fixture
def ordered(abroad):
    """The far node says where units go on to from here."""
    name = uuid.uuid4()
    number = Account.objects.get(pk=abroad.world.at_neighbour.operator).number
    abroad.far.hear("onward", {**ONWARD, "account": number}, transfer=name)
    abroad.name, abroad.onward = name, OnwardTransfer.objects.get()
    return abroad


def test_rejected_first_drops_what_was_planned(ordered):
    """The far node proposes units that it does not have."""
    blocks_ = [{"first": "1", "last": "10", "certificate": None}]
    body = ordered.far.proposal(ordered.version, blocks=[(1, 10)], unit_type="KAU")
    body |= {"method": "repatriation", "blocks": blocks_}
    body |= dict.fromkeys(("agreement", "version", "digest", "edge"))
    ordered.far.hear("propose", body, transfer=ordered.name)
    go_onward(at=timezone.now())
    ordered.onward.refresh_from_db()
    assert ordered.onward.state == "dropped"


def test_order_that_comes_after_the_proposal_is_refused(ordered):
    """So is a second one, and one that names another registry than the account has."""
    account = Account.objects.get(pk=ordered.world.at_neighbour.operator).number
    with pytest.raises(Conflict) as caught:
        ordered.far.hear("onward", {**ONWARD, "account": account}, transfer=ordered.name)
    assert caught.value.codes == ["ONWARD_TOO_LATE"]
    said = {"registry": "KR-ETRS", "account": account, "period": None}
    with pytest.raises(DomainError) as caught:
        ordered.far.hear("onward", said, transfer=uuid.uuid4())
    assert caught.value.codes == ["ONWARD_OF_ANOTHER_REGISTRY"]


@pytest.fixture
def waiting(linked):
    """This node has ordered: its half is completed, and the far node keeps the units' home."""
    world = linked.world
    issue_units(world, world.kau, [(world.at_home.operator_a, 500)], year=2026)
    to = AccountAbroad(world.overseas, FAR)
    order = Order(world.at_home.operator_a, None, world.kau.pk, 100, abroad=to)
    sent = transfer(actor=linked.korea, order=order, key="over", at=timezone.now())
    half = sent.transfer
    linked.onward = OnwardTransfer.objects.create(
        uuid=half.uuid,
        role="source",
        peer=half.peer,
        registry=world.neighbour,
        account="CN-ETR-0000001-46",
        ordered_at=world.at,
    )
    sequence(100)
    sign_issuances(at=timezone.now())
    approved(world, half)
    go_on(at=timezone.now())
    linked.half = half
    return linked


def test_order_goes_before_the_proposal(waiting):
    """The node of the units' home knows where they go on to before it accepts them."""
    assert waiting.far.told() == ["onward", "propose"]


def test_answer_waits_for_the_end_of_the_first(waiting):
    """It may overtake `completed`; another order than that which was sent has no answer."""
    name, order = waiting.half.uuid, waiting.far.digest("onward")
    said = {"onward": order, "second": str(uuid.uuid4())}
    with pytest.raises(Unavailable) as caught:
        waiting.far.hear("went-on", said, transfer=name)
    assert caught.value.codes == ["ONWARD_IS_UNDER_WAY"]
    with pytest.raises(Conflict) as caught:
        waiting.far.hear("went-on", {**said, "onward": "00" * 32}, transfer=name)
    assert caught.value.codes == ["ONWARD_CONTRADICTED"]
