"""Two requests never both take the last tonne, and together they take all of it."""

import threading

from linking.decide import Request
from linking.route import Unit
from linking.services.accept import Wanted, accept
from registry.errors import DomainError
from registry.models import LimitCounter

CEA = Unit("CEA", "CN", 2026)


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

    monkeypatch.setattr("linking.services.accept.limits.take", read_then_write)
    # The counter is there before, so that making it does not let one wait for the other.
    LimitCounter.objects.create(pool="link:CN>KR:0", period="2026", capacity_t=5000)

    def ask():
        wanted = Wanted(CEA, "CN", "KR", Request(1000, year=2026, period="2026"))
        return accept(wanted, at=table.world.at).decision.accepted

    assert [outcome.value for outcome in together(ask, ask)] == [1000, 1000]
    assert LimitCounter.objects.get().used_t == 4000
