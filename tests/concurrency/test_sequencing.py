"""Several sequencers and readers at once: one order, and answers that stay."""

import threading
from contextlib import closing
from itertools import pairwise

import psycopg2
import pytest
from django.db import connection, connections
from django.utils import timezone

from registry import posting
from registry.lines import Line
from registry.models import Position
from registry.selectors import positions
from registry.services.transfer import deliver
from tests.concurrency.racing import is_raw, race, rewrite, won
from tests.world import moved, stock


@pytest.fixture
def home(fresh_database, world):
    stock(world, operator_a=1000)
    return world.at_home


def _dense():
    found = list(Position.objects.order_by("position").values_list("position", flat=True))
    return found == list(range(1, len(found) + 1))


def test_sequencers_share_the_work(world, home):
    """Two sequencers and four writers at once: every posting gets one place, none is left out."""

    def write(_trial):
        line = Line(home.operator_a, home.operator_b, world.kau.pk, 1)
        return deliver(
            actor=world.administrator_1, lines=[line], key=world.key(), at=world.at
        ).posting_id

    outcomes = race(
        25,
        *[write] * 4,
        lambda _trial: posting.sequence(3),
        lambda _trial: posting.sequence(1000),
    )
    assert all(won(outcome) for trial in outcomes for outcome in trial)
    while posting.sequence(1000):
        pass
    assert Position.objects.count() == 101 and _dense()
    placed = dict(Position.objects.values_list("posting_id", "position"))
    for before, after in pairwise(outcomes):
        # All of one trial was committed before the next one began.
        assert max(placed[p] for p in before[:4]) < min(placed[p] for p in after[:4])


def test_without_its_lock_two_sequencers_collide(world, home):
    """Control: two passes at once give the same places, and one of them fails."""
    rewrite(
        "registry_sequence",
        ("PERFORM pg_advisory_xact_lock(hashtext('registry_sequence'));", ""),
        # The first keeps its places uncommitted until the second has tried to give them too.
        ("IF v_count < p_limit", "PERFORM pg_sleep(0.3); IF v_count < p_limit"),
    )
    outcomes = []
    for _pass in range(5):
        moved(world, home.operator_a, home.operator_b, 1)
        outcomes += race(
            1, lambda _trial: posting.sequence(10), lambda _trial: posting.sequence(10)
        )
    assert any(is_raw(outcome) for trial in outcomes for outcome in trial)
    assert _dense()


def _open_pass(fresh_database):
    """A pass that has given its instants and is not committed yet."""
    sequencer = psycopg2.connect(fresh_database.application_url)
    cursor = sequencer.cursor()
    cursor.execute("SELECT registry_sequence(1000)")
    assert cursor.fetchone()[0] > 0
    return closing(sequencer)


def test_answer_as_of_an_instant_is_final(fresh_database, world, home):
    """Who asks as of a moment while a pass is under way gets the answer of after it."""
    posting.sequence(1000)
    moved(world, home.operator_a, home.operator_b, 1)
    with _open_pass(fresh_database) as under_way:
        asked_for = timezone.now()
        answers = []

        def ask():
            answers.append(positions.resolve(instant=asked_for, now=asked_for))
            connection.close()

        reader = threading.Thread(target=ask, daemon=True)
        reader.start()
        reader.join(0.3)
        assert reader.is_alive()
        under_way.commit()
        reader.join(20)
    assert answers == [2]
    assert positions.resolve(instant=asked_for) == 2


def test_answer_up_to_the_head_does_not_wait(fresh_database, world, home):
    """As of an instant that the order has passed, a pass that is under way changes nothing."""
    posting.sequence(1000)
    moved(world, home.operator_a, home.operator_b, 1)
    with _open_pass(fresh_database):
        assert positions.resolve(instant=positions.head().instant) == 1
        assert positions.resolve(position=1) == 1
        assert positions.resolve() is None


def test_id_that_was_given_up_delays_nobody(fresh_database, world, home):
    """A writer that took an id and failed leaves a number that no posting has, and no gap."""
    with closing(psycopg2.connect(fresh_database.owner_url)) as failed:
        failed.cursor().execute("SELECT nextval('registry_posting_id_seq')")
        failed.rollback()
    moved(world, home.operator_a, home.operator_b, 1)
    posting.sequence(1000)
    assert Position.objects.count() == 2 and _dense()
    connections.close_all()
