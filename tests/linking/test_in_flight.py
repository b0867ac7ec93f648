"""What was proposed over a link and has not left when it stops comes back, or is settled: as the
edge says."""

from datetime import timedelta

import pytest
from django.db import transaction

from linking.models import Transfer
from linking.services.carry import carry_due
from linking.services.change_edge import suspend, terminate
from linking.services.return_in_flight import return_in_flight
from registry.errors import Conflict, NotPermitted
from registry.models import LimitCounter, Mark, Transaction
from registry.services.approve import approve
from registry.services.void_waiting import void_waiting
from tests.linking.conftest import EDGES
from tests.linking.test_transfers import sent
from tests.world import issue_units

STATUS = Transaction.Status


@pytest.fixture
def waiting(table):
    """Makes a link that says so of suspension, and a transfer over it that awaits approval."""

    def make(**changes):
        stops = {**EDGES[0]["suspension"], **changes}
        table.enact(edges=[{**EDGES[0], "suspension": stops}, EDGES[1]])
        world = table.world
        issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
        made = sent(table, 100).transfer
        assert made.source_transaction.status == STATUS.AWAITING_APPROVAL
        return made

    return make


def approved(table, made):
    row = Transaction.objects.get(pk=made.source_transaction_id)
    return approve(
        actor=table.world.administrator_2,
        transaction_id=row.pk,
        payload_hash=bytes(row.payload_hash),
        at=table.world.at,
    )


def stopped(table, by=suspend, **what):
    at = table.world.at + timedelta(seconds=1)
    named = {"edge_id": "CN>KR"} if by is suspend else {"party": "KR"}
    by(actor=table.korea, agreement="KR-CN", at=at, **named, **what)
    return at


def test_what_waits_is_returned_at_once(table, waiting):
    """Nobody can approve it any more; its units are free, and the quota has its tonnes back."""
    made = waiting()
    assert LimitCounter.objects.get().used_t == 400
    at = stopped(table)
    row = Transaction.objects.get(pk=made.source_transaction_id)
    assert row.status == STATUS.REJECTED
    with pytest.raises(Conflict), transaction.atomic():
        approved(table, made)
    assert carry_due(at=at) == 1
    made.refresh_from_db()
    assert made.state == Transfer.State.ABORTED
    assert LimitCounter.objects.get().used_t == 0
    assert not Mark.objects.filter(released_at=None).exists()


def test_what_waits_is_settled_where_the_edge_says_so(table, waiting):
    """It was proposed in time: an approval brings it to its end."""
    made = waiting(in_flight="settle")
    at = stopped(table)
    assert return_in_flight(at=at) == 0
    assert approved(table, made).status == STATUS.COMPLETED
    carry_due(at=at)
    made.refresh_from_db()
    assert made.state == Transfer.State.COMPLETED


def test_what_has_left_arrives(table, waiting):
    """It was posted out before the instant: the destination takes it in."""
    made = waiting()
    approved(table, made)
    at = stopped(table)
    assert return_in_flight(at=at) == 0
    carry_due(at=at)
    made.refresh_from_db()
    assert made.state == Transfer.State.COMPLETED


def test_a_withdrawal_returns_from_its_instant_on(table, waiting):
    """Until the notice is over the transfer goes on; then a worker returns it."""
    made = waiting(notice_days=30)
    at = stopped(table, terminate)
    assert return_in_flight(at=at + timedelta(days=29)) == 0
    assert return_in_flight(at=at + timedelta(days=30)) == 1
    made.source_transaction.refresh_from_db()
    assert made.source_transaction.status == STATUS.REJECTED
    assert return_in_flight(at=at + timedelta(days=30)) == 0


def test_only_workers_void_what_waits(table, waiting):
    """It is no way around approving."""
    made = waiting()
    by = {"transaction_id": made.source_transaction_id, "reason": "X", "at": table.world.at}
    with pytest.raises(NotPermitted):
        void_waiting(actor=table.korea, **by)
