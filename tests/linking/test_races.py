"""Two requests never both take the last tonne, and together they take all of it."""

import threading

import pytest
from django.db import OperationalError, transaction

from linking.decide import Request
from linking.models import UnitsUsed
from linking.route import Unit
from linking.services import move_limits
from linking.services.accept import Wanted, accept, accept_all
from linking.services.value import of_lines
from registry import limits
from registry.errors import DomainError
from registry.models import LimitCounter
from tests.linking.conftest import EDGES
from tests.linking.documents import factor, quota
from tests.linking.test_limits import use_line
from tests.linking.using import of_line
from tests.world import issue_units

CEA = Unit("CEA", "CN", 2026)
KAU = Unit("KAU", "KR", 2026)


def test_the_last_tonne_is_taken_once(table, together, fresh_database):
    """1,250 units fit; four ask for 500 each at the same moment, and 1,250 go."""
    table.enact()

    def ask():
        wanted = Wanted(CEA, "CN", "KR", Request(500, year=2026, period="2026"))
        try:
            return accept(wanted, at=table.world.at).decision.accepted
        except DomainError as error:
            return error.codes

    outcomes = together(ask, ask, ask, ask)
    counts = sorted(o.value if isinstance(o.value, int) else 0 for o in outcomes)
    assert counts == [0, 250, 500, 500], outcomes
    counter = LimitCounter.objects.get(pool="link:CN>KR:0")
    assert counter.used_t == counter.capacity_t == 5000


def test_without_the_comparison_it_would_be_taken_twice(table, together, monkeypatch):
    """The control: a counter that is read, and then written, loses what others took meanwhile."""
    table.enact()
    barrier = threading.Barrier(2, timeout=30)

    def read_then_write(draws):
        (draw,) = draws
        counter = LimitCounter.objects.get(pool=draw.pool)
        barrier.wait()
        LimitCounter.objects.filter(pk=counter.pk).update(used_t=counter.used_t + draw.tonnes)

    monkeypatch.setattr("linking.services.move_limits.limits.take", read_then_write)
    # The counter is there before, so that making it does not let one wait for the other.
    LimitCounter.objects.create(pool="link:CN>KR:0", period="2026", capacity_t=5000)

    def ask():
        wanted = Wanted(CEA, "CN", "KR", Request(1000, year=2026, period="2026"))
        return accept(wanted, at=table.world.at).decision.accepted

    assert [outcome.value for outcome in together(ask, ask)] == [1000, 1000]
    assert LimitCounter.objects.get().used_t == 4000


def both_ways(table, together, monkeypatch):
    """What two requests the opposite ways over a link with net quotas come to, which meet when
    each has visited its first limit."""
    table.enact(
        edges=[{**edge, "quotas": [quota(value="1000", direction="net")]} for edge in EDGES]
    )
    at = table.world.at
    for unit, source, to in ((CEA, "CN", "KR"), (KAU, "KR", "CN")):
        accept(Wanted(unit, source, to, Request(100, year=2026, period="2026")), at=at)
    barrier = threading.Barrier(2)

    def meeting(act):
        def wait(draws):
            act(draws)
            try:
                # Whoever goes in order waits for the limit, and does not come here.
                barrier.wait(0.3)
            except threading.BrokenBarrierError:
                return

        return wait

    acts = (meeting(limits.take), limits.give_back, meeting(move_limits.ACTS[2]))
    monkeypatch.setattr(move_limits, "ACTS", acts)

    def ask(unit, source, to):
        wanted = Wanted(unit, source, to, Request(100, year=2026, period="2026"))
        with transaction.atomic():
            return accept(wanted, at=at).decision.accepted

    return together(lambda: ask(CEA, "CN", "KR"), lambda: ask(KAU, "KR", "CN"))


def test_requests_both_ways_do_not_wait_in_a_ring(table, together, fresh_database, monkeypatch):
    """Each takes from one limit and gives back to the other: both in the same order."""
    outcomes = both_ways(table, together, monkeypatch)
    assert [outcome.value for outcome in outcomes] == [100, 100], outcomes
    rows = LimitCounter.objects.order_by("pool").values_list("pool", "used_t", "extra_t")
    assert {pool: used - extra for pool, used, extra in rows} == {
        "link:CN>KR:0": 2 * 400 - 2 * 500,
        "link:KR>CN:0": 2 * 100 - 2 * 100,
    }


def test_without_the_order_one_of_them_is_ended(table, together, fresh_database, monkeypatch):
    """The control: who takes first and gives back then holds what the other waits for."""
    monkeypatch.setattr(move_limits, "_ordered", lambda acts: acts)
    outcomes = both_ways(table, together, monkeypatch)
    (error,) = [outcome.error for outcome in outcomes if not outcome.succeeded]
    assert isinstance(error, OperationalError) and "deadlock" in str(error)


@pytest.mark.parametrize("at_once", [True, False], ids=["at_once", "control"])
def test_parts_of_a_transfer_are_taken_at_once(table, together, fresh_database, at_once):
    """Near the end of a quota in slots, two transfers of two parts each: one gets what is left,
    one is refused. The control takes part after part, and the server ends one of them."""
    table.enact()
    at = table.world.at
    parts = [Wanted(CEA, "CN", "KR", Request(n, year=2026, period="2026")) for n in (501, 125)]
    accept(Wanted(CEA, "CN", "KR", Request(1, year=2026, period="2026")), at=at)
    LimitCounter.objects.update(used_t=0)
    limits.divide("link:CN>KR:0", "2026", 2)
    barrier = threading.Barrier(2, timeout=30)

    def ask():
        with transaction.atomic():
            if at_once:
                return len(accept_all(parts, at=at))
            accept(parts[0], at=at, whole=True)
            barrier.wait()
            return accept(parts[1], at=at, whole=True)

    outcomes = together(ask, ask)
    (refused,) = [outcome.error for outcome in outcomes if not outcome.succeeded]
    if at_once:
        assert refused.codes == ["QUOTA_PARTIAL"]
        assert sum(LimitCounter.objects.values_list("used_t", flat=True)) == 4 * 626
    else:
        assert "deadlock" in str(refused)


@pytest.mark.parametrize("at_once", [True, False], ids=["at_once", "control"])
def test_lines_of_a_use_are_taken_at_once(table, together, fresh_database, at_once):
    """Two surrenders name the same two operators in opposite order, each with a limit and a sum of
    its own: both are counted. The control counts line after line, and the server ends one."""
    world = table.world
    quotas = [quota(at="use", scope="entity", value="1000", period="acceptor_compliance_year")]
    table.enact(edges=[{**EDGES[0], "factor": factor("1", "par"), "quotas": quotas}, EDGES[1]])
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    entities = [world.holder_a.pk, world.holder_b.pk]
    lines = [use_line(table, 10, entity=entity) for entity in entities]
    home, at = world.home.pk, world.at
    of_lines(lines, home, at)
    barrier = threading.Barrier(2)

    def use(lines):
        with transaction.atomic():
            if at_once:
                return len(of_lines(lines, home, at))
            of_line(lines[0], home, at)
            barrier.wait(30)
            return of_line(lines[1], home, at)

    outcomes = together(lambda: use(lines), lambda: use(lines[::-1]))
    if at_once:
        assert [outcome.value for outcome in outcomes] == [2, 2], outcomes
        assert set(LimitCounter.objects.values_list("used_t", flat=True)) == {30}
        assert set(UnitsUsed.objects.values_list("units", flat=True)) == {30}
    else:
        (ended,) = [outcome.error for outcome in outcomes if not outcome.succeeded]
        assert "deadlock" in str(ended)
