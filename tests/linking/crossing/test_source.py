"""Units go to another node: asked when approved, posted out before the acceptance ends, or kept."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from linking.models import OutboxMessage, Transfer
from linking.selectors.transfers import AccountAbroad
from linking.services import soon
from linking.services.crossing.go_on import ask_the_silent, go_on
from linking.services.plan import Order
from linking.services.transfer import transfer
from registry import canonical
from registry.errors import Conflict, DomainError
from registry.models import Transaction
from registry.services.approve import approve
from registry.services.cancel_delayed import cancel_delayed
from registry.services.execute_due import execute_due
from registry.services.sign_issuances import sign_issuances
from tests.world import blocks, issue_units

FAR = "JP-GX-0000001-88"


def order(world, quantity=100, **changes):
    return Order(
        **{
            "source": world.at_home.operator_a,
            "destination": None,
            "unit_type": world.kau.pk,
            "quantity": quantity,
            "abroad": AccountAbroad(world.overseas, FAR),
            **changes,
        }
    )


@pytest.fixture
def proposed(linked):
    """100 KAU of 500 are to go to the far node; nobody has approved it."""
    world = linked.world
    linked.now = timezone.now()
    issue_units(world, world.kau, [(world.at_home.operator_a, 500)], year=2026)
    from registry.posting import sequence

    sequence(100)
    sign_issuances(at=linked.now)
    made = transfer(actor=linked.korea, order=order(world), key="over", at=linked.now)
    linked.half = made.transfer
    return linked


@pytest.fixture
def asked(proposed):
    """A second person has approved it, and the worker has asked."""
    row = proposed.half.source_transaction
    approve(
        actor=proposed.world.administrator_2,
        transaction_id=row.pk,
        payload_hash=bytes(row.payload_hash),
        at=timezone.now(),
    )
    assert go_on(at=timezone.now()) == 1
    return proposed


def accepted(linked, **changes):
    body = {
        "propose": linked.far.digest("propose"),
        "valid_until": canonical.instant(timezone.now() + timedelta(hours=1)),
        "withheld": "0",
        "credited_t": "100",
        "factor": "1",
        "edge": "KR>JP",
        **changes,
    }
    return linked.far.hear("accepted", body, transfer=linked.half.uuid, at=timezone.now())


def state(linked):
    linked.half.refresh_from_db()
    status = Transaction.objects.values_list("status", flat=True)
    return linked.half.state, status.get(pk=linked.half.source_transaction_id)


def test_approval_has_a_worker_ask_at_once(
    proposed, monkeypatch, django_capture_on_commit_callbacks
):
    """Nobody waits for beat; another decision wakes nobody."""
    told = []
    monkeypatch.setattr(soon, "soon", told.append)
    row = proposed.half.source_transaction
    said = {"actor": proposed.world.administrator_2, "transaction_id": row.pk}
    with django_capture_on_commit_callbacks(execute=True):
        approve(payload_hash=bytes(row.payload_hash), at=timezone.now(), **said)
    assert told == [soon.GO_ON]


def test_nothing_is_asked_before_people_have_approved(proposed):
    """The units are marked, and the other node has heard nothing."""
    assert go_on(at=timezone.now()) == 0
    assert state(proposed) == ("proposed", Transaction.Status.AWAITING_APPROVAL)
    assert proposed.far.told() == []


def test_proposal_carries_certificates_and_the_version_in_force(asked):
    (body,) = asked.far.told("propose")
    assert body["digest"] == bytes(asked.version.digest).hex()
    assert [(each["first"], each["last"]) for each in body["blocks"]] == [("1", "100")]
    assert body["blocks"][0]["certificate"]["issuance"]["unit_type"] == "KAU"
    assert state(asked) == ("asked", Transaction.Status.DELAYED)


def test_due_transactions_do_not_leave_without_an_acceptance(asked):
    """What completes due transactions leaves them alone."""
    run = execute_due(actor=asked.world.system, at=timezone.now())
    assert (run.completed, run.failed) == (0, 0)
    assert blocks(asked.world.at_home.partner_overseas, asked.world.kau) == []


def test_units_leave_once_after_the_acceptance(asked):
    """Posted out and said in one transaction; then the other side completes."""
    accepted(asked)
    assert go_on(at=timezone.now()) == 1
    assert go_on(at=timezone.now()) == 0
    world = asked.world
    assert blocks(world.at_home.partner_overseas, world.kau) == [(1, 100)]
    (body,) = asked.far.told("committed")
    assert body["blocks"] == [["1", "100"]]
    assert body["receipt"]["posting"] == body["posting"]
    assert state(asked) == ("committed", Transaction.Status.COMPLETED)
    asked.far.hear(
        "completed",
        {
            "committed": asked.far.digest("committed"),
            "posting": "9",
            "suspense": False,
            "receipt": None,
        },
        transfer=asked.half.uuid,
    )
    assert state(asked)[0] == "completed"


@pytest.mark.parametrize("left", [timedelta(minutes=5), timedelta(0)], ids=["skew", "over"])
def test_nothing_leaves_when_the_acceptance_may_have_ended(asked, left):
    """The difference of clocks counts: the half ends, and says so."""
    accepted(asked)
    go_on(at=asked_until(asked) - left)
    assert state(asked) == ("aborted", Transaction.Status.FAILED)
    assert asked.far.told("aborted") == [{"reason": "ACCEPTANCE_EXPIRED"}]
    assert blocks(asked.world.at_home.operator_a, asked.world.kau) == [(1, 500)]


def asked_until(linked):
    linked.half.refresh_from_db()
    return linked.half.valid_until


def test_rejection_fails_the_transaction_with_its_codes(asked):
    failures = [{"code": "QUOTA_EXHAUSTED", "message": "", "hint": "", "data": {}}]
    body = {"propose": asked.far.digest("propose"), "failures": failures}
    asked.far.hear("rejected", body, transfer=asked.half.uuid)
    assert state(asked) == ("rejected", Transaction.Status.FAILED)
    assert asked.half.answer["failures"] == failures
    told = asked.half.source_transaction.events.order_by("-pk").first()
    assert told.reason == "QUOTA_EXHAUSTED"
    assert "aborted" not in asked.far.told()


def test_people_may_stop_what_has_not_left(asked):
    """Then a crossing acceptance is answered by the abortion."""
    at = timezone.now()
    cancel_delayed(
        actor=asked.world.administrator_2,
        transaction_id=asked.half.source_transaction_id,
        reason="not wanted",
    )
    assert go_on(at=at) == 1
    assert state(asked) == ("aborted", Transaction.Status.MANUALLY_CANCELLED)
    OutboxMessage.objects.filter(kind="aborted").update(
        state="delivered", delivered_at=at, attempts=1
    )
    accepted(asked)
    assert OutboxMessage.objects.get(kind="aborted").state == "waiting"
    assert state(asked)[0] == "aborted"


def test_destination_may_ask_for_an_end_before_the_units_leave(asked):
    accepted(asked)
    asked.far.hear("abort", {"reason": "LINK_SUSPENDED"}, transfer=asked.half.uuid)
    assert state(asked) == ("aborted", Transaction.Status.FAILED)
    assert asked.far.told("aborted") == [{"reason": "LINK_SUSPENDED"}]


def test_acceptance_of_another_proposal_is_a_contradiction(asked):
    with pytest.raises(Conflict) as caught:
        accepted(asked, propose="00" * 32)
    assert caught.value.codes == ["TRANSFER_CONTRADICTED"]
    assert state(asked)[0] == "asked"


def test_names_of_other_transfers_mean_nothing(linked):
    body = {"committed": "00" * 32, "posting": "1", "suspense": False, "receipt": None}
    with pytest.raises(Conflict):
        linked.far.hear("completed", body, transfer=uuid.uuid4())


def test_silence_is_asked_about(asked):
    """Ten minutes after the delivery, and not again before ten more have passed."""
    at = timezone.now()
    OutboxMessage.objects.filter(kind="propose").update(
        state="delivered", delivered_at=at, attempts=1
    )
    assert ask_the_silent(at=at + timedelta(minutes=9)) == 0
    assert ask_the_silent(at=at + timedelta(minutes=11)) == 1
    assert ask_the_silent(at=at + timedelta(minutes=12)) == 0
    assert asked.far.told("status") == [{"state": "asked"}]


def test_proposal_that_the_other_node_refuses_to_read_ends(asked):
    OutboxMessage.objects.filter(kind="propose").update(
        state="refused", refusal={"code": "KIND_NOT_KNOWN"}, attempts=1
    )
    assert go_on(at=timezone.now()) == 1
    assert state(asked) == ("rejected", Transaction.Status.FAILED)


def test_link_refuses_at_once_what_no_answer_could_allow(linked):
    """Too old a vintage, and more than is held: told when it is proposed."""
    world = linked.world
    issue_units(world, world.kau, [(world.at_home.operator_a, 10)], year=2020)
    with pytest.raises(DomainError) as caught:
        transfer(actor=linked.korea, order=order(world, 10), key="old", at=world.at)
    assert caught.value.codes == ["VINTAGE_TOO_OLD"]
    assert not Transfer.objects.exists()


def test_repeated_order_gets_its_first_answer(proposed):
    again = transfer(
        actor=proposed.korea, order=order(proposed.world), key="over", at=timezone.now()
    )
    assert again.transfer.pk == proposed.half.pk
    assert again.outcome.replayed
