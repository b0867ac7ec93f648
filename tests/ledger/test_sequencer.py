"""Positions: dense, in order of causes, and none hidden by a writer that takes its time."""

from contextlib import closing

import psycopg2
import pytest

from registry import posting
from registry.lines import Line
from registry.models import Position, Sequencer
from registry.services.transfer import deliver
from tests.world import AT, make_world, stock

PASSES = 6


@pytest.fixture
def world(fresh_database):
    made = make_world()
    stock(made, operator_a=1000)
    return made


def move(world, key):
    line = Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 1)
    return deliver(actor=world.administrator_1, lines=[line], key=key, at=AT)


def run_passes():
    for _pass in range(PASSES):
        posting.sequence(1000)


def watermark():
    return Sequencer.objects.get().watermark


def test_a_fresh_ledger_keeps_the_first_id_free(fresh_database):
    """Passes over an empty ledger hide no id: the first posting is accepted."""
    run_passes()
    assert watermark() == 0
    stock(make_world(), operator_a=1)


def test_the_watermark_follows_what_has_ended(world):
    """With nobody writing it reaches the last id, so that a pass looks at new postings only."""
    last = move(world, "a").posting_id
    run_passes()
    assert watermark() == last
    assert Position.objects.filter(posting_id=last).exists()


def test_the_watermark_waits_for_a_slow_writer(world, fresh_database):
    """However many pass meanwhile, an id that an open transaction has taken is not passed."""
    with closing(psycopg2.connect(fresh_database.owner_url)) as slow, slow.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        cursor.execute("SELECT nextval('registry_posting_id_seq')")
        (taken,) = cursor.fetchone()
        run_passes()
        assert watermark() < taken
        for number in range(PASSES):
            move(world, f"k{number}")
            posting.sequence(1000)
        assert watermark() < taken
        slow.rollback()
    run_passes()
    assert watermark() > taken


def test_positions_are_dense_and_follow_ids_within_a_pass(world):
    """Each committed posting has one position; within a pass they are in order of ids."""
    for number in range(5):
        move(world, f"k{number}")
    posting.sequence(2)
    posting.sequence(1000)
    placed = list(Position.objects.order_by("position").values_list("position", "posting_id"))
    assert [position for position, _posting in placed] == list(range(1, len(placed) + 1))
    assert [posting_id for _position, posting_id in placed] == sorted(
        posting_id for _position, posting_id in placed
    )
