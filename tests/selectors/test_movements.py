"""The movements of a posting, all at once and page by page."""

from contextlib import contextmanager

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.lines import Line
from registry.selectors import movements as module
from registry.selectors import transactions
from registry.selectors.movements import movements
from registry.services.transfer import deliver
from tests.world import issue_units, moved, open_operators, stock

LINES = 10_000
PAGE = 100


def pages(posting, limit):
    """All pages of a posting's movements, each as the API asks for it."""
    after, found = None, []
    while True:
        rows = transactions.moved(posting, after=after, limit=limit)
        found.append(rows[:limit])
        if len(rows) <= limit:
            return found
        after = rows[limit - 1]["end"]


@pytest.fixture
def scattered(world):
    """A delivery between three accounts: whole blocks and cut ones, of two types and vintages."""
    home = world.at_home
    stock(world, operator_a=50, operator_b=40)
    issue_units(world, world.kau, [(home.operator_a, 30)], year=2024)
    issue_units(world, world.kcu, [(home.operator_a, 30)])
    for first in (3, 11, 14, 30, 44):
        moved(world, home.operator_a, home.trading, 2, first=first)
    lines = [
        Line(home.operator_a, home.operator_b, world.kau.pk, 37),
        Line(home.operator_b, home.operator_a, world.kau.pk, 12, first=60),
        Line(home.operator_a, home.trading, world.kcu.pk, 9, first=5),
        Line(home.trading, home.operator_b, world.kau.pk, 5),
    ]
    outcome = deliver(actor=world.administrator_1, lines=lines, key="scattered", at=world.at)
    return outcome.posting_id


def by_serial(posting):
    """Where each unit came from and went to, block by block without any cleverness."""
    ends = {}
    for place, rows in (("old", "closed_by"), ("new", "opened_by")):
        for row in module.Holding.objects.filter(**{rows: posting}):
            for serial in range(row.first, row.last + 1):
                key = (row.registry_id, row.unit_type_id, serial)
                ends.setdefault(key, {})[place] = row.account_id
    return {
        key: (accounts.get("old"), accounts.get("new"))
        for key, accounts in ends.items()
        if accounts.get("old") != accounts.get("new")
    }


def test_movements_are_what_blocks_say_of_each_unit(scattered):
    """Each unit that changed its account is in one movement, and no other unit is in any."""
    told = {}
    for move in movements(scattered):
        for serial in range(move.first, move.last + 1):
            key = (move.registry, move.unit_type, serial)
            assert key not in told
            told[key] = (move.source, move.destination)
    assert told == by_serial(scattered)
    assert sum(move.quantity for move in movements(scattered)) == 37 + 12 + 9 + 5


@pytest.mark.parametrize("batch", [1, 2, 3, 256])
def test_batches_change_nothing(scattered, monkeypatch, batch):
    """However many blocks are read at a time, the movements are the same."""
    whole = list(movements(scattered))
    monkeypatch.setattr(module, "FIRST_BATCH", batch)
    monkeypatch.setattr(module, "GROWTH", 1)
    assert list(movements(scattered)) == whole


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 1000])
def test_pages_are_the_whole_in_order(scattered, limit):
    """Pages of any size, put together, are all movements; none is cut at the end of a page."""
    (whole,) = pages(scattered, 1000)
    assert [row for page in pages(scattered, limit) for row in page] == whole
    assert len(whole) > 5


def test_movements_from_and_to_nowhere(world):
    """An issuance comes from nowhere, page by page as well."""
    outcome = issue_units(world, world.kau, [(world.at_home.operator_a, n) for n in (3, 4, 5)])
    rows = [row for page in pages(outcome.posting_id, 2) for row in page]
    assert [(row["source"], row["first"], row["last"]) for row in rows] == [
        (None, 1, 3),
        (None, 4, 7),
        (None, 8, 12),
    ]


blocks = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.integers(0, 2)), max_size=12)


def laid_out(given_blocks):
    """Disjoint blocks in order from gaps, lengths and accounts."""
    laid, serial = [], 1
    for gap, length, account in given_blocks:
        laid.append((1, 1, serial + gap, serial + gap + length - 1, account))
        serial += gap + length
    return laid


@settings(deadline=None)
@given(blocks, blocks)
def test_pairing_against_a_list_of_units(olds, news):
    """Two streams cut at each other's edges say of each serial what a table of serials says."""
    olds, news = laid_out(olds), laid_out(news)
    told = {
        serial: (move.source, move.destination)
        for move in module._pair(iter(olds), iter(news))
        for serial in range(move.first, move.last + 1)
    }
    expected = {}
    for place, side in enumerate((olds, news)):
        for _registry, _unit_type, first, last, account in side:
            for serial in range(first, last + 1):
                expected.setdefault(serial, [None, None])[place] = account
    assert told == {serial: tuple(ends) for serial, ends in expected.items()}


@contextmanager
def counted_rows():
    """How many rows the database returned."""
    counted = [0]

    def count(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        counted[0] += max(context["cursor"].rowcount, 0)
        return result

    with connection.execute_wrapper(count):
        yield counted


@pytest.fixture
def large(world):
    """A delivery of ten thousand lines, every other one to another account."""
    stock(world, operator_a=3 * LINES)
    ends = open_operators(world, 2)
    lines = [
        Line(world.at_home.operator_a, ends[n % 2], world.kau.pk, 3, first=1 + 3 * n)
        for n in range(LINES)
    ]
    return deliver(actor=world.administrator_1, lines=lines, key="large", at=world.at)


def test_a_page_of_a_large_posting_reads_what_it_shows(large):
    """The first, a middle and the last page read a few hundred rows of ten thousand."""
    serials = {"first": None, "middle": 3 * LINES // 2, "last": 3 * (LINES - PAGE)}
    (place,) = {(move.registry, move.unit_type) for move in movements(large.posting_id)}
    for page, serial in serials.items():
        after = serial and (*place, serial)
        with counted_rows() as rows:
            shown = transactions.moved(large.posting_id, after=after, limit=PAGE)
        assert len(shown) == (PAGE if page == "last" else PAGE + 1), page
        assert shown[0]["first"] == (serial or 0) + 1
        assert rows[0] <= 2 * module.FIRST_BATCH + 10, page
        with counted_rows() as rows:
            lines = transactions.lines(large.transaction_id, after=(serial or 0) // 3, limit=PAGE)
            assert len(lines) == len(shown)
        assert rows[0] == len(shown)
    assert sum(1 for _move in movements(large.posting_id)) == LINES
