"""A limit in slots is the same limit: only who waits for whom differs."""

import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry import limits
from registry.errors import InvalidInput, NotPermitted, RuleViolated
from registry.limits import Draw, Standing
from registry.models import LimitCounter
from registry.services.divide_limit import divide_limit

KEY = ("a", None, "2025")


def draw(tonnes, **changes):
    return Draw("a", "2025", tonnes, **changes)


def standing():
    return limits.standings([KEY])[KEY]


def taken(tonnes, **changes):
    """What was left, where that was less."""
    try:
        limits.take([draw(tonnes, **changes)])
    except RuleViolated as refusal:
        return refusal.failures[0].data["left_t"]
    return None


def slots():
    rows = LimitCounter.objects.filter(pool="a").order_by("slot")
    return [(row.used_t, row.capacity_t) for row in rows]


@pytest.fixture
def limit(db):
    LimitCounter.objects.create(pool="a", period="2025", capacity_t=100)


def test_slots_have_equal_parts(limit):
    """Of what is used and of the capacity; fewer of them take over what the others had."""
    limits.take([draw(10)])
    assert limits.divide("a", "2025", 8)
    assert slots() == [(2, 13), (2, 13), (1, 13), (1, 13)] + [(1, 12)] * 4
    limits.divide("a", "2025", 3)
    assert slots() == [(4, 34), (3, 33), (3, 33)] + [(0, 0)] * 5
    assert standing() == Standing(100, 10)
    assert not limits.divide("a", "2026", 3)


def test_one_slot_is_taken_from_while_it_has_enough(limit):
    """The others are visited only where none has: then what is left is divided anew."""
    limits.divide("a", "2025", 4)
    assert taken(20) is None
    assert sorted(slots()) == [(0, 25), (0, 25), (0, 25), (20, 25)]
    assert taken(30) is None
    assert slots() == [(13, 25), (13, 25), (12, 25), (12, 25)]
    assert taken(51) == "50"
    assert taken(50) is None
    assert taken(1) == "0"


def test_what_is_given_back_can_be_taken_again(limit):
    """From one slot, or from all of them where none has as much."""
    limits.divide("a", "2025", 4)
    limits.take([draw(40)])
    limits.give_back([draw(15)])
    assert standing().used_t == 25
    limits.give_back([draw(7)])
    assert standing().left_t == 82
    assert taken(82) is None


def test_a_counter_flow_makes_room_beyond_nothing_used(limit):
    """Also where nothing was taken yet, and for a limit that is told later."""
    limits.divide("a", "2025", 4)
    limits.take([draw(40, limit=100)])
    limits.give_back([draw(60)], beyond=True)
    assert standing() == Standing(120, 0, 20)
    limits.give_back([Draw("b", "2025", 5)], beyond=True)
    limits.take([Draw("b", "2025", 15, limit=10)])
    assert limits.left("b", "2025") == 0


def test_a_limit_follows_what_it_is_by_now(limit):
    """A lower one refuses at once; what is used beyond it stays used and makes no room."""
    limits.divide("a", "2025", 4)
    limits.take([draw(60, limit=100)])
    assert taken(1, limit=50) == "0"
    limits.give_back([draw(5)])
    assert taken(1, limit=50) == "0"
    limits.give_back([draw(10)])
    assert taken(6, limit=50) == "5"
    assert taken(5, limit=50) is None


def test_a_closed_period_has_nothing_left(limit):
    """What it had is told once; another period can have it."""
    limits.divide("a", "2025", 4)
    limits.take([draw(30, limit=100)])
    assert limits.close("a", "2025", 100) == 70
    assert limits.close("a", "2025", 100) == 0
    assert taken(1, limit=100) == "0"
    limits.shift("a", "2026", 35)
    limits.take([Draw("a", "2026", 135, limit=100)])
    assert limits.left("a", "2026") == 0


def test_the_next_period_has_as_many_slots(limit):
    limits.divide("a", "2025", 4)
    limits.take([Draw("a", "2026", 1, limit=80)])
    assert LimitCounter.objects.filter(period="2026").count() == 4
    limits.take([Draw("a", "2026", 79, limit=80)])
    assert limits.left("a", "2026") == 0


def test_restating_keeps_the_tonnes(limit):
    """Uses are rounded up as one sum, not slot by slot."""
    limits.divide("a", "2025", 4)
    limits.take([draw(10, limit=100)])
    limits.shift("a", "2025", -5)
    limits.restate("a", 3, 2)
    assert standing() == Standing(67 - 4, 7, -4)


def test_all_draws_or_none(limit):
    """Also where the first of them were taken from a slot."""
    limits.divide("a", "2025", 4)
    with pytest.raises(RuleViolated) as refusal:
        limits.take([draw(20), Draw("b", "2025", 1), draw(90)])
    assert refusal.value.codes == ["LIMIT_EXCEEDED", "LIMIT_UNKNOWN"]
    assert standing() == Standing(100, 0)


@pytest.mark.parametrize("seed", range(3))
def test_any_number_of_slots_answers_alike(limit, seed):
    """Against two numbers: what is left, and what was taken."""
    chosen = random.Random(seed)
    left, used = 100, 0
    for _step in range(60):
        amount = chosen.randint(1, 40)
        match chosen.choice(["take", "take", "give back", "counter-flow", "divide"]):
            case "take":
                assert taken(amount) == (None if amount <= left else str(left))
                if amount <= left:
                    left, used = left - amount, used + amount
            case "give back":
                amount = min(amount, used)
                limits.give_back([draw(amount)])
                left, used = left + amount, used - amount
            case "counter-flow":
                limits.give_back([draw(amount)], beyond=True)
                left, used = left + amount, max(0, used - amount)
            case "divide":
                limits.divide("a", "2025", chosen.randint(1, 9))
        assert (standing().left_t, standing().used_t) == (left, used)


def test_who_divides_a_limit(limit, world):
    """An administrator of the whole node, or the command: 1 to 64 slots, of a known limit."""
    said = {"pool": "a", "period": "2025"}
    divide_limit(actor=world.administrator_1, slots=3, **said)
    assert len(slots()) == 3
    with pytest.raises(NotPermitted):
        divide_limit(actor=world.auditor, slots=3, **said)
    for wrong in (0, 65):
        with pytest.raises(InvalidInput) as refusal:
            divide_limit(actor=world.administrator_1, slots=wrong, **said)
        assert refusal.value.codes == ["SLOTS_OUT_OF_RANGE"]
    call_command("divide_limit", "a", "2025", "--slots=5", stdout=StringIO())
    assert len(slots()) == 5
    with pytest.raises(CommandError, match="LIMIT_UNKNOWN"):
        call_command("divide_limit", "a", "2026", "--slots=5")
