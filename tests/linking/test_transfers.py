"""Units cross a link between two registries of one node: decided, sent, taken in, or given back."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from linking.models import Release, Transfer
from linking.services.carry import carry_due
from linking.services.plan import Order
from linking.services.transfer import transfer
from registry.actors import Actor
from registry.errors import DomainError, NotPermitted
from registry.models import Account, Holding, LimitCounter, Transaction
from registry.posting import sequence
from registry.services.approve import approve, reject
from registry.services.keep_log import keep_log
from registry.services.sign_issuances import sign_issuances
from tests.linking.conftest import EDGES
from tests.linking.documents import factor, quota
from tests.world import blocks, issue_units


@pytest.fixture
def link(table):
    """An edge both ways between Korea and China, and 500 CEA of 2026 at the Chinese operator's."""
    table.enact()
    world = table.world
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    return table


def order(world, quantity, **changes):
    return Order(
        **{
            "source": world.at_neighbour.operator,
            "destination": world.at_home.operator_a,
            "unit_type": world.cea.pk,
            "quantity": quantity,
            **changes,
        }
    )


def sent(table, quantity=100, **changes):
    world = table.world
    ordered = order(world, quantity, **changes)
    return transfer(actor=table.china, order=ordered, key=world.key(), at=world.at)


def approved(table, made):
    """A second person approves the sender's half; the worker then does the rest."""
    world = table.world
    row = made.transfer.source_transaction
    decided = {"transaction_id": row.pk, "payload_hash": bytes(row.payload_hash), "at": world.at}
    approve(actor=world.administrator_2, **decided)
    assert carry_due(at=world.at) == 1
    made.transfer.refresh_from_db()
    return made.transfer


def used(pool="link:CN>KR:0"):
    return LimitCounter.objects.filter(pool=pool).values_list("used_t", flat=True).first()


def codes(caught):
    return sorted(failure.code for failure in caught.value.failures)


def test_units_lie_with_the_partner_at_home_and_with_the_holder_abroad(link):
    """The quota is taken when the transfer is proposed, units move when it is approved."""
    world = link.world
    made = sent(link)
    assert made.outcome.status == Transaction.Status.AWAITING_APPROVAL
    assert made.transfer.state == Transfer.State.ACCEPTED
    assert (used(), blocks(world.at_home.operator_a, world.cea)) == (400, [])
    done = approved(link, made)
    assert done.state == Transfer.State.COMPLETED
    assert blocks(world.at_home.operator_a, world.cea) == [(1, 100)]
    assert blocks(world.at_neighbour.partner, world.cea) == [(1, 100)]
    assert blocks(world.at_neighbour.operator, world.cea) == [(101, 500)]
    assert done.destination_transaction.type.code == "acquisition"


def test_units_go_home_at_par(link):
    """What came in goes back to any account there, and nothing is left with the partner."""
    world = link.world
    approved(link, sent(link))
    back = {
        "source": world.at_home.operator_a,
        "destination": world.at_neighbour.operator,
        "first": 41,
    }
    ordered = order(world, 60, **back)
    made = transfer(actor=link.korea, order=ordered, key=world.key(), at=world.at)
    assert made.transfer.method == Transfer.Method.REPATRIATION
    # Nothing moves before a second person approves, but the units wait for it.
    assert blocks(world.at_home.operator_a, world.cea) == [(1, 100)]
    approved(link, made)
    assert blocks(world.at_home.operator_a, world.cea) == [(1, 40)]
    assert blocks(world.at_neighbour.partner, world.cea) == [(1, 40)]
    assert blocks(world.at_neighbour.operator, world.cea) == [(41, 100), (101, 500)]


def test_rejected_transfer_gives_its_quota_back(link):
    """Once, however often the worker looks."""
    world = link.world
    made = sent(link)
    row = made.transfer.source_transaction
    decided = {"transaction_id": row.pk, "payload_hash": bytes(row.payload_hash), "at": world.at}
    reject(actor=world.administrator_2, reason="not agreed", **decided)
    assert carry_due(at=world.at) == 1
    assert carry_due(at=world.at) == 0
    made.transfer.refresh_from_db()
    assert (made.transfer.state, used(), Release.objects.count()) == ("aborted", 0, 1)


def test_transfer_beyond_the_quota_is_refused_with_its_code(link):
    """1,000 t at 0.8 are 1,250 units; nothing is taken by a refusal."""
    world = link.world
    issue_units(world, world.cea, [(world.at_neighbour.operator, 1000)], year=2026)
    with pytest.raises(DomainError) as caught:
        sent(link, 1251)
    assert codes(caught) == ["QUOTA_PARTIAL"]
    assert used() is None
    assert not Transfer.objects.exists()


def test_second_order_takes_what_the_first_has_left(link):
    """Units that wait for one approval are not picked for another; the rest of a block is."""
    world = link.world
    first, second = sent(link, 100), sent(link, 50)
    lines = [each.transfer.source_transaction.lines.get() for each in (first, second)]
    assert [(line.first, line.quantity) for line in lines] == [(1, 100), (101, 50)]
    with pytest.raises(DomainError) as caught:
        sent(link, 351)
    assert codes(caught) == ["INSUFFICIENT_UNITS"]
    assert caught.value.failures[0].data["available"] == "350"
    approved(link, second)
    assert blocks(world.at_home.operator_a, world.cea) == [(101, 150)]


def test_repeated_order_gets_its_first_answer(link):
    """Equal under one key: one transfer, one taking of the quota. Another order: a conflict."""
    world = link.world
    said = {"actor": link.china, "key": "once", "at": world.at}
    first = transfer(order=order(world, 10), **said)
    again = transfer(order=order(world, 10), **said)
    assert (again.transfer.pk, again.outcome.replayed, used()) == (first.transfer.pk, True, 40)
    with pytest.raises(DomainError) as caught:
        transfer(order=order(world, 11), **said)
    assert codes(caught) == ["IDEMPOTENCY_KEY_REUSED"]


def test_closed_destination_sends_units_into_suspense(link):
    """The sender has committed: the units are taken in all the same."""
    world = link.world
    made = sent(link)
    closed = {"status": "closed", "closed_at": world.at}
    Account.objects.filter(pk=world.at_home.operator_a).update(**closed)
    approved(link, made)
    assert blocks(world.at_home.suspense, world.cea) == [(1, 100)]


def test_reserve_keeps_a_share_of_each_import(table):
    """The last units of the transfer go to the acceptor's reserve."""
    table.enact(edges=[{**EDGES[0], "reserve_share": "0.05"}, EDGES[1]])
    world = table.world
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    approved(table, sent(table, 101))
    assert blocks(world.at_home.operator_a, world.cea) == [(1, 95)]
    assert blocks(world.at_home.buffer, world.cea) == [(96, 101)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"source": 10**9}, "UNKNOWN_SOURCE_ACCOUNT"),
        ({"destination": 10**9}, "UNKNOWN_DESTINATION_ACCOUNT"),
        ({"unit_type": 10**9}, "UNKNOWN_UNIT_TYPE"),
        ({"quantity": 501}, "INSUFFICIENT_UNITS"),
        ({"first": 501}, "INSUFFICIENT_UNITS"),
    ],
)
def test_what_is_not_there_is_refused(link, changes, code):
    with pytest.raises(DomainError) as caught:
        sent(link, **{"quantity": 10, **changes})
    assert codes(caught) == [code]


def test_same_registry_needs_no_link(link):
    world = link.world
    with pytest.raises(DomainError) as caught:
        sent(link, 10, destination=world.at_neighbour.suspense)
    assert codes(caught) == ["SAME_REGISTRY"]


def test_who_may_not_propose_hears_nothing_of_limits(link):
    world = link.world
    with pytest.raises(NotPermitted):
        transfer(actor=link.korea, order=order(world, 5000), key="k", at=world.at)
    with pytest.raises(NotPermitted):
        transfer(actor=Actor(1), order=order(world, 10), key="k", at=world.at)
    assert used() is None


def test_converted_units_are_new_ones_of_the_acceptor(table):
    """Cancelled at home, issued abroad at the factor; converted units do not go home."""
    world = table.world
    edges = [
        {
            **EDGES[0],
            "form": "restricted",
            "method": "issue_and_cancel",
            "converts_to": {"CEA": "KCU"},
            "re_export": "forbidden",
            "quotas": [quota(value="1000")],
            "factor": factor("0.8"),
        },
        {**EDGES[1], "form": "restricted"},
    ]
    table.enact(edges=edges)
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    done = approved(table, sent(table, 100))
    assert done.destination_transaction.type.code == "linked_issuance"
    assert blocks(world.at_home.operator_a, world.kcu) == [(1, 80)]
    assert blocks(world.at_neighbour.conversion, world.cea) == [(1, 100)]
    assert not Holding.objects.filter(unit_type=world.cea, registry=world.home).exists()
    with pytest.raises(DomainError) as caught:
        sent(table, 6)
    assert codes(caught) == ["UNITS_FOR_NOTHING"]


def test_mirrored_units_stay_locked_at_home(table):
    """100 in the partner's account at home, 80 mirrors abroad, which are used there."""
    world = table.world
    mirroring = {
        "form": "restricted",
        "method": "escrow_mirror",
        "converts_to": {"CEA": "KCU"},
        "re_export": "forbidden",
    }
    table.enact(edges=[{**EDGES[0], **mirroring}, {**EDGES[1], "form": "restricted"}])
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    done = approved(table, sent(table, 100))
    assert (done.method, done.destination_transaction.type.code) == (
        "escrow_mirror",
        "linked_issuance",
    )
    assert blocks(world.at_neighbour.partner, world.cea) == [(1, 100)]
    assert blocks(world.at_home.operator_a, world.kcu) == [(1, 80)]
    back = {
        "source": world.at_home.operator_a,
        "destination": world.at_neighbour.operator,
        "unit_type": world.kcu.pk,
    }
    with pytest.raises(DomainError) as caught:
        transfer(actor=table.korea, order=order(world, 10, **back), key=world.key(), at=world.at)
    assert codes(caught) == ["CONVERTED_UNIT"]


def test_books_are_in_order_afterwards(fresh_database, link):
    """Out, in, home again: every rule of the audit holds."""
    world = link.world
    approved(link, sent(link))
    back = {
        "source": world.at_home.operator_a,
        "destination": world.at_neighbour.operator,
        "first": 41,
    }
    ordered = order(world, 60, **back)
    approved(link, transfer(actor=link.korea, order=ordered, key=world.key(), at=world.at))
    sign_issuances(at=timezone.now())
    sequence(100)
    keep_log(timezone.now)
    call_command("check_ledger", stdout=StringIO())
