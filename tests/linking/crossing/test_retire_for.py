"""Credits that are retired at their mechanism count once elsewhere: between nodes, and on one."""

import uuid

import pytest
from django.utils import timezone

from linking.models import ExternalRetirement, OutboxMessage, RetirementFor
from linking.selectors.transfers import AccountAbroad
from linking.services.retire_elsewhere import confirm_retirement, refuse_retirement
from linking.services.retire_for import Order, retire_for, tell_retirements
from registry import canonical
from registry.errors import Conflict, RuleViolated
from registry.models import Account, Jurisdiction, LimitCounter
from registry.posting import sequence
from registry.services.reverse import reverse
from registry.services.sign_issuances import sign_issuances
from tests.linking.crossing.partner import canonical_of, far
from tests.linking.crossing.test_source import FAR
from tests.linking.documents import document, quota
from tests.world import blocks, complete, issue_units

INDIRECT = document(
    edge_id="JP>KR",
    source="JP",
    acceptor="KR",
    form="indirect",
    method="issue_and_cancel",
    accept_unit_types=["GXA"],
    converts_to={"GXA": "KCU"},
    re_export="forbidden",
    quotas=[quota(value="1000")],
)


def said(kind):
    rows = OutboxMessage.objects.filter(kind=kind).order_by("created_at", "pk")
    return [canonical_of(row)["body"] for row in rows]


# This node is the acceptor's.


@pytest.fixture
def acceptor(table):
    """A link with a mechanism abroad, which keeps GXA and signs nothing."""
    Jurisdiction.objects.filter(code="JP").update(level="external")
    table.enact(edges=[INDIRECT])
    table.far = far(table.world)
    return table


def retired(table, run=(1, 100), **changes):
    """The mechanism's node says that it has retired credits for operator A."""
    account = Account.objects.get(pk=table.world.at_home.operator_a).number
    body = {
        "registry": "JP-GX",
        "unit_type": "GXA",
        "block": table.far.block(*run),
        "for": {"registry": "KR-ETRS", "account": account, "period": "2026"},
        "posting": "55",
        "at": canonical.instant(table.world.at),
        "receipt": None,
        **changes,
    }
    return table.far.hear("retire-for", body, transfer=None)


def used():
    return LimitCounter.objects.values_list("used_t", flat=True).first()


def test_message_stands_in_place_of_a_persons_statement(acceptor):
    """The edge decides and takes its quota; one administrator confirms, and the other side hears
    what the credits have become."""
    world = acceptor.world
    _outcome, digest = retired(acceptor)
    found = ExternalRetirement.objects.get()
    assert (found.state, found.serials.lower, found.quantity) == ("stated", 1, 100)
    assert (bytes(found.document_hash).hex(), found.message.kind) == (digest, "retire-for")
    assert used()
    confirm_retirement(actor=acceptor.korea, number=found.pk, at=world.at)
    assert sum(last - first + 1 for first, last in blocks(world.at_home.operator_a, world.kcu))
    (body,) = said("credited")
    assert (body["retire_for"], body["unit_type"]) == (digest, "KCU")
    assert body["receipt"]["posting"] == body["posting"]


def test_people_may_refuse_it(acceptor):
    """The quota is free again, and the mechanism's node is told."""
    _outcome, digest = retired(acceptor)
    number = ExternalRetirement.objects.get().pk
    refuse_retirement(actor=acceptor.korea, number=number, at=acceptor.world.at)
    (body,) = said("not-credited")
    assert body["retire_for"] == digest
    assert [each["code"] for each in body["failures"]] == ["RETIREMENT_REFUSED"]
    assert used() == 0


def test_credits_count_once(acceptor):
    """However they are cut, and by whichever message."""
    retired(acceptor)
    retired(acceptor, (100, 110), posting="56")
    (body,) = said("not-credited")
    assert [each["code"] for each in body["failures"]] == ["ALREADY_RETIRED"]
    assert ExternalRetirement.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"registry": "KR-ETRS"}, ["NOT_OF_THIS_PEER", "UNKNOWN_UNIT_TYPE"]),
        (
            {"for": {"registry": "KR-ETRS", "account": "X", "period": None}},
            ["UNKNOWN_ACCOUNT"],
        ),
        ({"for": {"registry": "JP-GX", "account": FAR, "period": None}}, ["NOT_ON_THIS_NODE"]),
        ({"block": (1, 2000)}, ["QUOTA_PARTIAL"]),
    ],
    ids=["another mechanism", "no account", "another acceptor", "too many"],
)
def test_what_can_not_be_taken_is_answered_at_once(acceptor, changes, codes):
    """With all codes; nothing is kept but the messages."""
    block = changes.pop("block", (1, 100))
    if block[1] > 1000:
        proof = acceptor.far.certificate(*block, issued=(1, 5000))
        first, last = map(str, block)
        changes["block"] = {"first": first, "last": last, "certificate": proof}
    retired(acceptor, (1, 100), **changes)
    (body,) = said("not-credited")
    assert sorted(each["code"] for each in body["failures"]) == codes
    assert not ExternalRetirement.objects.exists()


# This node is the mechanism's.


@pytest.fixture
def mechanism(linked):
    """100 KAU stand for credits of a mechanism here: operator A retires 40 for Japan."""
    world = linked.world
    issue_units(world, world.kau, [(world.at_home.operator_a, 500)], year=2026)
    sequence(100)
    sign_issuances(at=timezone.now())
    linked.order = Order(
        world.at_home.operator_a, world.kau.pk, 11, 40, AccountAbroad(world.overseas, FAR), "2026"
    )
    return linked


def ordered(linked, **changes):
    said = {"actor": linked.korea, "order": linked.order, "key": "for", "at": timezone.now()}
    return retire_for(**{**said, **changes}).retirement


@pytest.fixture
def told(mechanism):
    """It is approved and completed, and the acceptor's node was told."""
    row = ordered(mechanism)
    assert (row.state, ordered(mechanism).pk) == ("proposed", row.pk)
    assert tell_retirements(at=timezone.now()) == 0
    complete(mechanism.world, row)
    assert tell_retirements(at=timezone.now()) == 1
    row.refresh_from_db()
    return mechanism, row


def answered(linked, row, kind, **body):
    digest = bytes(row.message.digest).hex()
    return linked.far.hear(
        kind,
        {"retire_for": digest, **body},
        transfer=None,
        about=row.message_id,
        at=timezone.now(),
    )


def credited(linked, row):
    body = {"unit_type": "GXA", "quantity": "40", "posting": "9", "receipt": None}
    return answered(linked, row, "credited", **body)


def test_acceptor_is_told_with_certificate_and_receipt(told):
    """Once, after the retirement is completed."""
    _linked, row = told
    (body,) = said("retire-for")
    assert (body["block"]["first"], body["block"]["last"]) == ("11", "50")
    assert body["block"]["certificate"]["issuance"]["unit_type"] == "KAU"
    assert body["for"] == {"registry": "JP-GX", "account": FAR, "period": "2026"}
    assert body["receipt"]["posting"] == body["posting"] == str(row.transaction.posting_id)
    assert tell_retirements(at=timezone.now()) == 0


def test_answer_is_kept_once(told):
    """Credited; what contradicts it is refused, and so is an answer to nothing."""
    linked, row = told
    credited(linked, row)
    row.refresh_from_db()
    assert (row.state, row.answer["quantity"]) == ("credited", "40")
    with pytest.raises(Conflict) as caught:
        answered(linked, row, "not-credited", failures=[failure("X")])
    assert caught.value.codes == ["RETIREMENT_NOT_TOLD"]
    with pytest.raises(Conflict):
        linked.far.hear(
            "not-credited",
            {"retire_for": "00" * 32, "failures": [failure("X")]},
            transfer=None,
            about=uuid.uuid4(),
            at=timezone.now(),
        )


def failure(code):
    return {"code": code, "message": "no", "hint": "", "data": {}}


def test_retirement_is_reversed_only_after_it_was_refused(told):
    """While it may count elsewhere, it is not taken back."""
    linked, row = told
    world = linked.world
    by = {"actor": world.administrator_1, "transaction_id": row.transaction_id, "at": world.at}
    with pytest.raises(RuleViolated) as caught:
        reverse(key=world.key(), **by)
    assert caught.value.codes == ["RETIRED_FOR_ANOTHER"]
    answered(linked, row, "not-credited", failures=[failure("VINTAGE_TOO_OLD")])
    complete(world, reverse(key=world.key(), **by))
    assert blocks(world.at_home.operator_a, world.kau) == [(1, 10), (11, 50), (51, 500)]


def test_one_run_of_one_issuance_is_retired(mechanism):
    """Credits of two issuances are two orders; nothing is proposed."""
    world = mechanism.world
    issue_units(world, world.kau, [(world.at_home.operator_a, 10)], year=2026)
    order = Order(world.at_home.operator_a, world.kau.pk, 491, 20, mechanism.order.to)
    with pytest.raises(RuleViolated) as caught:
        ordered(mechanism, order=order)
    assert caught.value.codes == ["SEVERAL_BLOCKS"]
    assert not RetirementFor.objects.exists()


# Both are on this node.


def test_on_one_node_the_same_happens_without_messages(table):
    """China's units stand for the mechanism's: retired there, stated here by the links."""
    table.enact(
        edges=[
            document(
                form="indirect",
                method="issue_and_cancel",
                converts_to={"CEA": "KCU"},
                re_export="forbidden",
                quotas=[quota(value="1000")],
                article6={"ca_required": True, "authorisation_id": "A-1"},
            )
        ]
    )
    world = table.world
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    to = Account.objects.select_related("registry").get(pk=world.at_home.operator_a)
    order = Order(world.at_neighbour.operator, world.cea.pk, 1, 100, to, "2026")
    row = retire_for(actor=table.china, order=order, key="for", at=timezone.now()).retirement
    complete(world, row)
    assert tell_retirements(at=timezone.now()) == 1
    row.refresh_from_db()
    assert (row.state, row.statement.state, row.statement.message) == ("told", "stated", None)
    confirm_retirement(actor=table.korea, number=row.statement_id, at=world.at)
    row.refresh_from_db()
    assert (row.state, row.answer["unit_type"]) == ("credited", "KCU")
    assert not OutboxMessage.objects.exists()
