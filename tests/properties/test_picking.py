"""Which units a proposal takes, against a slow way of saying the same."""

from datetime import date

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.errors import RuleViolated
from registry.lines import Line
from registry.services.freeze import freeze
from registry.services.transfer import deliver
from tests.world import blocks, issue_units, open_operators

YEARS = (2023, 2024, 2025)
# Issuances: a year, and how their serials are cut between two accounts.
ISSUANCES = st.lists(
    st.tuples(
        st.sampled_from(YEARS),
        st.lists(st.tuples(st.integers(0, 1), st.integers(1, 6)), min_size=1, max_size=5),
    ),
    min_size=1,
    max_size=3,
)
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.integers(0, 1),
            "quantity": st.integers(1, 12),
            "least": st.integers(0, 12),
            "first": st.none() | st.none() | st.integers(1, 45),
            "year": st.none() | st.none() | st.sampled_from(YEARS),
        }
    ),
    min_size=1,
    max_size=5,
)
FROZEN = st.sets(st.integers(1, 45), max_size=6)


def expected(held, frozen, years, lines):
    """(serials of each line, codes): every serial looked at on its own.

    Of one account, lines that name serials take first, then those that name a vintage, oldest
    first, then the rest, each in the order of the lines. Units go by vintage, then by serial.
    """
    picks, codes = {}, []
    for source in (0, 1):
        taken = set()
        own = [(n, line) for n, line in enumerate(lines) if line["source"] == source]
        order = sorted(
            own, key=lambda item: (item[1]["first"] is None, item[1]["year"] or 9999, item[0])
        )
        for number, line in order:
            if line["first"] is not None:
                wanted = set(range(line["first"], line["first"] + line["quantity"]))
                if not wanted <= held[source]:
                    codes.append(("SERIALS_NOT_HELD", number + 1))
                elif wanted & (frozen | taken):
                    codes.append(("SERIALS_MARKED", number + 1))
                picks[number] = wanted
                taken |= wanted
                continue
            free = [
                serial
                for serial in sorted(held[source] - frozen - taken, key=lambda s: (years[s], s))
                if line["year"] in (None, years[serial])
            ]
            picks[number] = set(free[: line["quantity"]])
            if len(picks[number]) < min(line["least"] or line["quantity"], line["quantity"]):
                codes.append(("INSUFFICIENT_UNITS", number + 1))
            taken |= picks[number]
    return [picks[number] for number in range(len(lines))], codes


def _line(accounts, targets, number, line, world):
    return Line(
        accounts[line["source"]],
        targets[number],
        world.kau.pk,
        line["quantity"],
        minimum=min(line["least"], line["quantity"]) or None,
        first=line["first"],
        vintage_from=line["year"] and date(line["year"], 1, 1),
    )


@pytest.fixture
def accounts(world):
    """Two sources, and a destination for each line that there can be."""
    return open_operators(world, 2), open_operators(world, 5)


@settings(max_examples=80)
@given(issuances=ISSUANCES, frozen=FROZEN, lines=LINES)
def test_picking_is_as_the_reference_says(world, accounts, issuances, frozen, lines):
    """Named serials, vintages and free lines take what the reference takes, or fail alike."""
    sources, targets = accounts
    with transaction.atomic():
        held, years = ({0: set(), 1: set()}, {})
        first = 1
        for year, cuts in issuances:
            issue_units(world, world.kau, [(sources[a], n) for a, n in cuts], year=year)
            for account, size in cuts:
                serials = range(first, first + size)
                held[account] |= set(serials)
                years.update(dict.fromkeys(serials, year))
                first += size
        frozen = {serial for serial in frozen if serial in years}
        for serial in frozen:
            owner = sources[0 if serial in held[0] else 1]
            freeze(
                actor=world.administrator_1,
                lines=[Line(owner, None, world.kau.pk, 1, first=serial)],
                key=world.key(),
                at=world.at,
            )
        lines = [
            {**line, "year": line["year"] if line["first"] is None else None} for line in lines
        ]
        picks, codes = expected(held, frozen, years, lines)
        proposed = [
            _line(sources, targets, number, line, world) for number, line in enumerate(lines)
        ]
        _compare(world, proposed, targets, picks, codes)
        transaction.set_rollback(True)


def _compare(world, proposed, targets, picks, codes):
    try:
        with transaction.atomic():
            deliver(actor=world.administrator_1, lines=proposed, key=world.key(), at=world.at)
    except RuleViolated as error:
        told = {(failure.code, failure.line) for failure in error.failures}
        if any(code == "SERIALS_NAMED_TWICE" for code, _line in told):
            return
        assert told == set(codes)
        return
    assert codes == []
    for number, wanted in enumerate(picks):
        got = {
            serial
            for first, last in blocks(targets[number], world.kau)
            for serial in range(first, last + 1)
        }
        assert got == wanted
