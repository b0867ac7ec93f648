"""Two requests never both take the last tonne, and together they take all of it."""

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
