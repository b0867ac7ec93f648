"""Many who draw on one limit in slots at the same moment: each waits for its slot alone."""

import random
import threading

import pytest
from django.db import OperationalError, connection, transaction

from registry import limits
from registry.errors import RuleViolated
from registry.limits import Draw
from registry.models import LimitCounter
from tests.concurrency.racing import PAUSE, race, rewrite, won

CAPACITY = 400
TRIALS = 40
RUNNERS = 4


def standing():
    return next(iter(limits.standings([("a", None, "2025")]).values()))


def in_slots(count):
    LimitCounter.objects.create(pool="a", period="2025", capacity_t=CAPACITY)
    limits.divide("a", "2025", count)


def taker(number):
    """Takes what it wants as often as it is asked, and tells how much that was."""
    chosen = random.Random(number)

    def take(trial):
        tonnes = chosen.randint(1, 9)
        limits.take([Draw("a", "2025", tonnes)])
        return tonnes

    return take


def divider():
    """Divides the limit anew as often as it is asked; nothing is taken by it."""
    chosen = random.Random(1)

    def divide(trial):
        limits.divide("a", "2025", chosen.randint(1, 8))
        return 0

    return divide


def total(outcomes):
    return sum(outcome for trial in outcomes for outcome in trial if won(outcome))


def test_exactly_what_there_is_can_be_taken(fresh_database):
    """More is asked for than there is: nothing is taken twice, and nothing is left in a slot."""
    in_slots(3)
    outcomes = race(TRIALS * 2, *(taker(n) for n in range(RUNNERS)))
    refused = {o for trial in outcomes for o in trial if not won(o)}
    assert refused == {"LIMIT_EXCEEDED"}
    assert total(outcomes) == standing().used_t
    while standing().left_t:
        limits.take([Draw("a", "2025", 1)])
    with pytest.raises(RuleViolated):
        limits.take([Draw("a", "2025", 1)])
    assert standing().used_t == CAPACITY


def test_without_the_lock_on_all_slots_units_are_lost(fresh_database):
    """Control: a limit that is divided while others take from it forgets what they took."""
    in_slots(1)
    rewrite(
        "registry_lock_limit",
        ("ORDER BY c.slot FOR NO KEY UPDATE", "ORDER BY c.slot"),
        ("RETURN v_now;\nEND", f"{PAUSE} RETURN v_now;\nEND"),
    )
    outcomes = race(TRIALS, taker(1), divider())
    assert total(outcomes) != standing().used_t


def test_dividing_while_others_take_and_give_back(fresh_database):
    """What is used is what was taken and not given back, however often the limit is divided."""
    in_slots(1)

    def give_back(trial):
        limits.take([Draw("a", "2025", 3)])
        limits.give_back([Draw("a", "2025", 2)])
        return 1

    outcomes = race(TRIALS, taker(1), give_back, divider())
    assert all(won(o) or o == "LIMIT_EXCEEDED" for trial in outcomes for o in trial)
    assert total(outcomes) == standing().used_t


def other_waits(fresh_database):
    """Whether a second one has to wait while the first has not ended yet."""
    seen = []

    def second():
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '200ms'")
                limits.take([Draw("a", "2025", 5)])
            seen.append(False)
        except OperationalError:
            seen.append(True)
        finally:
            connection.close()

    with transaction.atomic():
        limits.take([Draw("a", "2025", 5)])
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(30)
    return seen == [True]


@pytest.mark.parametrize(("count", "waits"), [(1, True), (2, False)])
def test_who_draws_waits_for_its_slot_alone(fresh_database, count, waits):
    """One slot: the second waits for the end of the first. Two: it takes from the other."""
    in_slots(count)
    assert other_waits(fresh_database) is waits
