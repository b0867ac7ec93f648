"""Two sides find where their units differ, however these are cut, and ask little for it."""

import itertools
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linking.digests.descent import descend
from linking.digests.grid import KEPT, contributions, reach
from linking.digests.points import MODULUS, Points, differences, ends_of, short
from linking.digests.questions import Malformed, answer, question, read_answer, read_question
from linking.digests.view import Listed, View

POINTS = Points("CN-ETR/CEA")
# Serials of a small ledger and of a large one, so that all levels of the grid are met.
serials = st.one_of(st.integers(1, 300), st.integers(1, 2**62))


@st.composite
def sets_of_runs(draw):
    """Runs [first, last] in order that do not overlap; some of them meet."""
    edges = sorted(draw(st.sets(serials, max_size=24)))
    runs = [(first, then - 1) for first, then in itertools.pairwise(edges)]
    kept = draw(st.lists(st.booleans(), min_size=len(runs), max_size=len(runs)))
    return [run for run, keep in zip(runs, kept, strict=True) if keep]


def slowly(own, other):
    """(first, last, sign) of the differences, elementary range by elementary range."""
    edges = sorted({edge for first, last in own + other for edge in (first, last + 1)})
    found = []
    for first, then in itertools.pairwise(edges):
        sign = any(a <= first <= b for a, b in own) - any(a <= first <= b for a, b in other)
        if sign and found and found[-1][1] == first - 1 and found[-1][2] == sign:
            found[-1] = (found[-1][0], then - 1, sign)
        elif sign:
            found.append((first, then - 1, sign))
    return found


def told(found):
    return [(each.first, each.last, each.times) for each in found]


def compared(own, other, points=POINTS):
    """What a descent finds; question and answer go through JSON as they would between nodes."""
    theirs = View(Listed(other, points), points)

    def ask(asked):
        return json.loads(json.dumps(answer(theirs, json.loads(json.dumps(asked)))))

    return descend(View(Listed(own, points), points), ask)


def cut(runs, chance):
    """The same serials in other blocks: every run divided at random places."""
    for first, last in runs:
        while first < last and chance.random() < 0.7:
            middle = chance.randint(first, last - 1)
            yield first, middle
            first = middle + 1
        yield first, last


@given(sets_of_runs(), st.randoms(use_true_random=False))
def test_digest_does_not_depend_on_how_blocks_are_cut(runs, chance):
    """The root of a set is the same in whatever blocks and order it comes."""
    again = list(cut(runs, chance))
    chance.shuffle(again)
    root = View(Listed(runs, POINTS), POINTS).root()
    assert View(Listed(again, POINTS), POINTS).root() == root
    by_runs = sum(POINTS.at(last + 1) - POINTS.at(first) for first, last in again)
    assert root == by_runs % MODULUS


@given(sets_of_runs(), sets_of_runs())
@settings(max_examples=150)
def test_descent_finds_what_the_slow_comparison_finds(own, other):
    """Every range that one side holds and the other does not, and nothing else."""
    found = compared(own, other)
    assert told(found.differences) == slowly(own, other)
    assert told(differences(ends_of(own), ends_of(other))) == slowly(own, other)


@given(sets_of_runs(), sets_of_runs(), sets_of_runs())
@settings(max_examples=50)
def test_runs_added_and_taken_off_count_as_if_they_were_listed(kept, added, gone):
    """A view with what is on its way is that of the sum of all."""
    changes = [(*run, 1) for run in added] + [(*run, -1) for run in gone]
    with_changes = View(Listed(kept + gone, POINTS), POINTS, changes)
    plain = View(Listed(kept + added, POINTS), POINTS)
    assert with_changes.root() == plain.root()
    assert not descend(with_changes, lambda asked: answer(plain, asked)).differences


def test_unit_types_have_digests_of_their_own():
    runs = [(1, 100)]
    roots = {View(Listed(runs, points), points).root() for points in map(Points, ("A/1", "A/2"))}
    assert len(roots) == 2


def test_empty_side_is_nothing():
    """Nothing against nothing asks once or not at all; nothing against all tells all, merged."""
    assert not compared([], []).differences
    assert told(compared([], [(1, 10), (11, 2**40)]).differences) == [(1, 2**40, -1)]


def test_kept_sums_are_those_of_their_parts():
    """Each kept node is the sum of the nodes below it."""
    made = contributions([(1, 2**33, 1), (2**40, 2**41, 1)], POINTS)
    for level, number in made:
        low, high = reach((level, number))
        parts = [
            sums[0]
            for (finer, part), sums in made.items()
            if finer == KEPT[KEPT.index(level) - 1] and low <= part << 4 * finer < high
        ]
        if level > KEPT[0]:
            assert made[level, number][0] == sum(parts) % MODULUS


@pytest.mark.parametrize("many", [0, 10, 1000])
def test_differences_among_many_blocks_cost_little(many):
    """6,000 blocks a side, cut differently: exact ranges for a small part of the full list."""
    chance = random.Random(many)
    blocks, begin = [], 1
    for _ in range(6_000):
        begin += chance.randint(0, 2000)
        blocks.append((begin, begin + chance.randint(0, 1999)))
        begin = blocks[-1][1] + 1
    missing = set(chance.sample(range(len(blocks)), many))
    other = [run for at, run in enumerate(blocks) if at not in missing]
    found = compared(list(cut(blocks, chance)), list(cut(other, chance)))
    assert sum(each.quantity for each in found.differences) == sum(
        blocks[at][1] - blocks[at][0] + 1 for at in missing
    )
    assert told(found.differences) == told(differences(ends_of(blocks), ends_of(other)))
    full = len(json.dumps([[str(first), str(last)] for first, last in other]))
    if many == 10:
        assert found.bytes < full // 3


WRONG = {
    "no object": [],
    "a key more": {"children": [], "ends": [], "more": 1},
    "no list": {"children": {}, "ends": []},
    "no node": {"children": [[8]], "ends": []},
    "level beyond": {"children": [[17, "0"]], "ends": []},
    "level between": {"children": [[11, "0"]], "ends": []},
    "number as a number": {"children": [[8, 0]], "ends": []},
    "number with a sign": {"children": [[8, "-1"]], "ends": []},
    "number with a zero": {"children": [[8, "01"]], "ends": []},
    "nothing below": {"children": [[0, "1"]], "ends": []},
    "too many": {"children": [[8, "0"]] * 1025, "ends": []},
}


@pytest.mark.parametrize("asked", WRONG.values(), ids=WRONG.keys())
def test_malformed_question_is_refused(asked):
    with pytest.raises(Malformed):
        read_question(asked)


WRONG_ANSWERS = {
    "to another question": {"children": [], "ends": []},
    "short hash": {"children": [[["0", "2", "AAAA"]]], "ends": []},
    "no count": {"children": [[["0", "x", "A" * 22]]], "ends": []},
    "no end": {"children": [[]], "ends": [[["1", 0]]]},
}


@pytest.mark.parametrize("said", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS.keys())
def test_malformed_answer_is_refused(said):
    with pytest.raises(Malformed):
        read_answer(said, question(children=[(16, 0)]))


def test_short_form_tells_digests_apart():
    assert short(1) != short(2)
    assert len(short(1)) == 16
