"""Two registries compare their books as they are; what differs is frozen, and mended by two."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from linking.models import DigestNode, ReconciliationCase, ReconciliationRun
from linking.selectors import digests
from linking.services.carry import carry_due
from linking.services.keep_digests import keep_digests
from linking.services.open_case import open_case
from linking.services.reconcile import reconcile, reconcile_all, reconcile_pair
from linking.services.repair_case import approve_repair, propose_repair, refuse_repair
from linking.services.transfer import transfer
from registry.errors import DomainError
from registry.lines import Line
from registry.models import Mark, Transaction
from registry.posting import sequence
from registry.services.approve import approve
from registry.services.propose import Request, propose
from tests.linking.conftest import EDGES
from tests.linking.test_transfers import approved, codes, order, sent
from tests.world import blocks, issue_units


@pytest.fixture
def link(table):
    """An edge both ways between Korea and China, and 500 CEA of 2026 at the Chinese operator's."""
    table.enact()
    issue_units(table.world, table.world.cea, [(table.world.at_neighbour.operator, 500)], year=2026)
    return table


def compared(world):
    """China's allowances in Korea."""
    return reconcile(world.cea, world.home, trigger="asked", at=world.at, clock=timezone.now)


def found(run):
    return [(int(first), int(last), times) for first, last, times in run.differences]


def decided(world, actor, outcome):
    row = Transaction.objects.get(pk=outcome.transaction_id)
    said = {"transaction_id": row.pk, "payload_hash": bytes(row.payload_hash), "at": world.at}
    return approve(actor=actor, **said)


def sent_without_a_link(link, first, quantity):
    """Units in the partner's account of which the partner knows nothing."""
    world = link.world
    line = Line(
        world.at_neighbour.operator,
        world.at_neighbour.partner,
        world.cea.pk,
        quantity,
        first=first,
    )
    made = propose(link.china, Request("external_transfer", [line], world.key(), world.at))
    return decided(world, world.administrator_2, made)


def home_again(link, first, quantity):
    world = link.world
    back = {
        "source": world.at_home.operator_a,
        "destination": world.at_neighbour.operator,
        "first": first,
    }
    return transfer(
        actor=link.korea, order=order(world, quantity, **back), key=world.key(), at=world.at
    )


def test_both_sides_agree_whatever_is_on_its_way(link):
    """Before, during and after transfers out and home, without a pause."""
    world = link.world
    approved(link, sent(link, 100))
    assert compared(world).result == "agreed"
    under_way = sent(link, 50)
    decided(world, world.administrator_2, under_way.outcome)
    run = compared(world)
    assert (run.result, run.units, run.partner_units, run.on_the_way) == ("agreed", 100, 100, 50)
    carry_due(at=world.at)
    assert compared(world).partner_units == 150
    going = home_again(link, 41, 60)
    decided(world, world.administrator_2, going.outcome)
    run = compared(world)
    assert (run.result, run.units, run.partner_units) == ("agreed", 90, 90)
    carry_due(at=world.at)
    run = compared(world)
    assert (run.result, run.on_the_way, run.units) == ("agreed", 0, 90)
    assert not ReconciliationCase.objects.exists()


def test_mirrored_units_count_abroad_as_held(table):
    """Their originals stay in the partner's account; abroad there are mirrors of them."""
    mirroring = {
        "form": "restricted",
        "method": "escrow_mirror",
        "converts_to": {"CEA": "KCU"},
        "re_export": "forbidden",
    }
    table.enact(edges=[{**EDGES[0], **mirroring}, {**EDGES[1], "form": "restricted"}])
    world = table.world
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    approved(table, sent(table, 100))
    run = compared(world)
    assert (run.result, run.units, run.partner_units) == ("agreed", 100, 100)


def test_digests_as_of_an_earlier_position_are_those_of_then(link):
    """A partner that names a position is answered as of it, by sums and by ends."""
    world = link.world
    approved(link, sent(link, 100))
    sequence(100)
    then = keep_digests()
    pair = digests.Pair(world.home, world.neighbour, world.cea)
    before = digests.view(pair, then)
    root, ends = before.root(), before.ends((4, 0))
    approved(link, sent(link, 50))
    approved(link, home_again(link, 11, 10))
    unplaced = digests.view(pair, then)
    assert (unplaced.root(), unplaced.ends((4, 0))) == (root, ends)
    sequence(100)
    assert keep_digests() > then
    after = digests.view(pair, then)
    assert (after.root(), after.ends((4, 0)), digests.units(pair, then)) == (root, ends, 100)
    assert digests.view(pair, digests.position()).ends((4, 0)) == {1: -1, 11: 1, 21: -1, 151: 1}
    assert keep_digests() == digests.position()


def test_serials_of_a_difference_are_frozen_and_no_others(link):
    """31 units that the partner does not hold, among 100 that it does."""
    world = link.world
    approved(link, sent(link, 100))
    sent_without_a_link(link, 201, 31)
    run = compared(world)
    assert (run.result, found(run)) == ("differs", [(201, 231, 1)])
    case = ReconciliationCase.objects.get()
    assert (case.kind, case.registry, case.units) == ("not_abroad", world.neighbour, 31)
    marks = Mark.objects.filter(kind="freeze").values_list("first", "last", "account_id")
    assert list(marks) == [(201, 231, world.at_neighbour.partner)]
    # A second run finds the same, and makes no second case of it.
    assert compared(world).result == "differs"
    assert ReconciliationCase.objects.count() == 1


def test_units_come_home_by_a_repair_of_two_persons(link):
    """Into suspense, where it is decided whose they are; then both sides agree."""
    world = link.world
    sent_without_a_link(link, 201, 31)
    compared(world)
    case = ReconciliationCase.objects.get()
    said = {"number": case.pk, "at": world.at}
    propose_repair(actor=link.china, repair="take_home", reason="never sent", **said)
    with pytest.raises(DomainError) as caught:
        approve_repair(actor=link.china, **said)
    assert codes(caught) == ["OWN_REPAIR"]
    refuse_repair(actor=world.administrator_2, **said)
    assert Mark.objects.filter(kind="freeze", released_at=None).count() == 1
    later = {**said, "at": timezone.now()}
    propose_repair(actor=link.china, repair="take_home", reason="never sent", **later)
    done = approve_repair(actor=world.administrator_2, **later)
    assert (done.state, len(done.postings)) == ("repaired", 1)
    assert blocks(world.at_neighbour.suspense, world.cea) == [(201, 231)]
    assert compared(world).result == "agreed"
    with pytest.raises(DomainError) as caught:
        propose_repair(actor=link.china, repair="none", reason="again", **said)
    assert codes(caught) == ["CASE_IN_ANOTHER_STATE"]


def test_units_that_home_is_said_not_to_book_are_struck_from_the_books_abroad(link):
    """The holder freezes exactly what it holds of them, and gives it up by two persons."""
    world = link.world
    approved(link, sent(link, 100))
    pair = digests.Pair(world.home, world.neighbour, world.cea)
    told = {"evidence": {"from": "home"}, "at": world.at}
    case = open_case(pair, "not_at_home", [(21, 40), (101, 120)], **told)
    assert list(Mark.objects.filter(kind="freeze").values_list("first", "last")) == [(21, 40)]
    assert open_case(pair, "not_at_home", [(30, 40), (101, 110)], **told) is None
    said = {"number": case.pk, "at": world.at}
    with pytest.raises(DomainError) as caught:
        propose_repair(actor=link.korea, repair="take_home", reason="x", **said)
    assert codes(caught) == ["REPAIR_DOES_NOT_SUIT"]
    propose_repair(actor=link.korea, repair="give_up", reason="booked twice", **said)
    assert approve_repair(actor=world.administrator_2, **said).state == "repaired"
    assert blocks(world.at_home.operator_a, world.cea) == [(1, 20), (41, 100)]
    # Home did book them, so now it is home that has too many.
    assert found(compared(world)) == [(21, 40, 1)]


def test_case_can_be_closed_without_a_posting(link):
    """The freeze ends, and nothing moves."""
    world = link.world
    sent_without_a_link(link, 201, 31)
    compared(world)
    said = {"number": ReconciliationCase.objects.get().pk, "at": world.at}
    propose_repair(actor=link.china, repair="none", reason="explained", **said)
    assert approve_repair(actor=world.administrator_2, **said).state == "dismissed"
    assert not Mark.objects.filter(kind="freeze", released_at=None).exists()
    assert blocks(world.at_neighbour.partner, world.cea) == [(201, 231)]


def test_every_pair_is_compared_once_a_day(link):
    world = link.world
    approved(link, sent(link, 100))
    runs = reconcile_all(at=world.at, clock=timezone.now)
    assert [(run.unit_type, run.partner, run.result) for run in runs] == [
        (world.cea, world.home, "agreed")
    ]


def test_only_an_administrator_of_home_asks_for_a_comparison(link):
    world = link.world
    said = {"unit_type": world.cea, "partner": world.home, "at": world.at, "clock": timezone.now}
    with pytest.raises(DomainError) as caught:
        reconcile_pair(actor=link.korea, **said)
    assert codes(caught) == ["NOT_PERMITTED"]
    assert reconcile_pair(actor=link.china, **said).result == "agreed"
    with pytest.raises(DomainError) as caught:
        reconcile_pair(actor=link.china, **{**said, "partner": world.neighbour})
    assert codes(caught) == ["NOTHING_TO_COMPARE"]
    assert ReconciliationRun.objects.count() == 1


def test_books_are_in_order_after_a_repair(fresh_database, link):
    """Every rule of the audit holds, with freezes and after their end."""
    from registry.services.keep_log import keep_log
    from registry.services.sign_issuances import sign_issuances

    world = link.world
    sent_without_a_link(link, 201, 31)
    compared(world)
    said = {"number": ReconciliationCase.objects.get().pk, "at": world.at}
    propose_repair(actor=link.china, repair="take_home", reason="never sent", **said)
    approve_repair(actor=world.administrator_2, **said)
    assert DigestNode.objects.filter(level=16).count() == 1
    sign_issuances(at=timezone.now())
    sequence(100)
    keep_log(timezone.now)
    told = StringIO()
    try:
        call_command("check_ledger", stdout=told)
    except SystemExit:
        pytest.fail(told.getvalue())


def test_run_and_case_over_rest(agreed, clients):
    """Asked for, read, repaired by two; a partner's administrator is refused."""
    asked = {"unit_type": "CEA", "partner": "KR-ETRS"}
    made = clients.china.post("reconciliations", asked)
    assert (made.status_code, made.json()["result"]) == (201, "agreed")
    read = clients.china.get(f"reconciliations/{made.json()['id']}")
    assert read.json()["unit_type"] == "CEA"
    assert clients.korea.post("reconciliations", asked).status_code == 403
    assert clients.china.get("cases").json()["items"] == []
    assert clients.china.get("cases/1").json()["code"] == "UNKNOWN_CASE"
    assert clients.china.get("reconciliations/0").json()["code"] == "UNKNOWN_COMPARISON"
    said = {"repair": "none", "reason": "x"}
    assert clients.china.post("cases/1/repair", said).status_code == 404
    assert clients.china.post("cases/1/repair/decision", {"decision": "approve"}).status_code == 404


def test_network_check_tells_pairs_and_exact_ranges(link, keys_dir):
    """0 where all agree; 1 and the serials where two do not."""
    world = link.world
    approved(link, sent(link, 100))
    told = StringIO()
    call_command("check_network", stdout=told)
    assert "CEA CN-ETR → KR-ETRS: agreed" in told.getvalue()
    sent_without_a_link(link, 201, 31)
    with pytest.raises(SystemExit) as caught:
        call_command("check_network", stdout=told)
    assert caught.value.code == 1
    assert "201–231 (+1)" in told.getvalue()
    assert ReconciliationRun.objects.filter(partner=world.home).count() == 2
