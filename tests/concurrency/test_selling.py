"""Two sell the same units: exactly one does."""

import pytest
from django.db import connections

from registry.lines import Line
from registry.models import Mark, Transaction
from registry.selectors.holdings import balance
from registry.services.issue import Issuance, issue
from registry.services.transfer import deliver, transfer
from tests.concurrency.racing import (
    PAUSE,
    held_twice,
    is_raw,
    race,
    rewrite,
    serials_by_account,
    without_account_locks,
    without_constraints,
    without_guards,
    won,
)
from tests.world import issue_units, moved, stock, vintage

TRIALS = 200
FEW = 10


@pytest.fixture
def home(fresh_database, world):
    stock(world, operator_a=TRIALS)
    return world.at_home


def _sellers(world, home, service=deliver):
    """Two who sell serial n+1 of operator A in trial n, one to operator B, one to trading."""

    def seller(name, buyer):
        def sell(trial):
            line = Line(home.operator_a, buyer, world.kau.pk, 1, first=trial + 1)
            return service(
                actor=world.administrator_1, lines=[line], key=f"{name} {trial}", at=world.at
            )

        return sell

    return seller("one", home.operator_b), seller("two", home.trading)


def test_one_of_two_sells_named_serials(world, home):
    """In each of 200 trials one sale is done, the other learns that the serial is not there."""
    outcomes = race(TRIALS, *_sellers(world, home))
    for one, two in outcomes:
        assert won(one) != won(two)
        assert (two if won(one) else one) == "SERIALS_NOT_HELD"
    sold = [sum(won(pair[seller]) for pair in outcomes) for seller in (0, 1)]
    kau = {"unit_type_id": world.kau.pk}
    assert [
        balance(account_id=home.operator_b, **kau),
        balance(account_id=home.trading, **kau),
    ] == sold
    assert balance(account_id=home.operator_a, **kau) == 0
    assert held_twice(world.kau) == [] and len(serials_by_account(world.kau)) == TRIALS


def test_one_of_two_reserves(world, home):
    """Of two proposals for the same units one reserves them, the other finds them marked."""
    outcomes = race(50, *_sellers(world, home, transfer))
    for one, two in outcomes:
        assert won(one) != won(two)
        assert (two if won(one) else one) == "SERIALS_MARKED"
    assert Mark.objects.filter(released_at=None).count() == 50


def test_one_of_two_takes_the_last_units(world, home):
    """Without names it is the quantity that is not there any more for the second."""

    def seller(name):
        def sell(trial):
            line = Line(home.operator_b, home.trading, world.kau.pk, 7)
            return deliver(
                actor=world.administrator_1, lines=[line], key=f"{name} {trial}", at=world.at
            )

        return sell

    def refill(trial):
        # Between two trials; the barrier makes the sellers of the next one wait.
        moved(world, home.operator_a, home.operator_b, 7)

    for _trial in range(20):
        refill(_trial)
        ((one, two),) = race(1, seller(f"one {_trial}"), seller(f"two {_trial}"))
        assert won(one) != won(two)
        assert (two if won(one) else one) == "INSUFFICIENT_UNITS"
    assert balance(account_id=home.trading, unit_type_id=world.kau.pk) == 140


def test_one_key_is_one_sale(world, home):
    """The same request twice at the same moment is done once; both get the same answer."""

    def sell(trial):
        line = Line(home.operator_a, home.trading, world.kau.pk, 1)
        return deliver(actor=world.administrator_1, lines=[line], key=f"k {trial}", at=world.at)

    outcomes = race(50, sell, sell, sell)
    for trial in outcomes:
        assert all(won(outcome) for outcome in trial)
        assert len({outcome.posting_id for outcome in trial}) == 1
        assert sorted(outcome.replayed for outcome in trial) == [False, True, True]
    assert Transaction.objects.filter(key__startswith="k ").count() == 50
    assert balance(account_id=home.trading, unit_type_id=world.kau.pk) == 50


def _issuer_by_key(world, home):
    """Three units are proposed for issuance under one key per trial, with no account locked."""

    def propose(trial):
        issuance = Issuance(world.kcu.pk, [(home.operator_a, 3)], **vintage(2025))
        return issue(
            actor=world.administrator_1, issuances=[issuance], key=f"i {trial}", at=world.at
        )

    return propose


def test_one_key_is_one_proposal(world, home):
    """Where no account is locked, it is the key on which the second waits for the first."""
    propose = _issuer_by_key(world, home)
    outcomes = race(20, propose, propose)
    for one, two in outcomes:
        assert won(one) and won(two)
        assert one.transaction_id == two.transaction_id
        assert one.replayed != two.replayed
    assert Transaction.objects.filter(key__startswith="i ").count() == 20


def test_without_the_unique_key_one_key_is_two_proposals(world, home):
    """Control: the key is looked up, as programs do it that have no unique one; both find none."""
    without_constraints("transaction", "transaction_key_is_used_once")
    rewrite(
        "registry_submit",
        ("VALUES (p_type, p_registry", "SELECT p_type, p_registry"),
        (
            "p_lines)\n    ON CONFLICT (proposer_id, key) DO NOTHING",
            "p_lines WHERE NOT EXISTS (SELECT FROM registry_transaction t"
            " WHERE t.proposer_id = p_person AND t.key = p_key)",
        ),
        ("IF v_blocked THEN", f"{PAUSE} IF v_blocked THEN"),
    )
    propose = _issuer_by_key(world, home)
    outcomes = race(FEW, propose, propose)
    assert any(
        won(one) and won(two) and not (one.replayed or two.replayed) for one, two in outcomes
    )
    assert Transaction.objects.filter(key__startswith="i ").count() > FEW


def test_without_the_lock_the_race_reaches_the_guards(world, home):
    """Control: accounts not locked, both pick the unit, and only the ledger's guards stop one."""
    without_account_locks()
    outcomes = race(FEW, *_sellers(world, home))
    assert any(is_raw(outcome) for pair in outcomes for outcome in pair)
    assert held_twice(world.kau) == []


def test_without_lock_and_guards_units_are_sold_twice(world, home):
    """Control: with the guards gone as well, the race is what it would be: units are doubled."""
    without_account_locks()
    rewrite("registry_write_moves", ("AND h.closed_by_id IS NULL", ""))
    without_guards("holding_is_closed_once", "posting_is_checked")
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP INDEX holding_open_starts_once")
    outcomes = race(FEW, *_sellers(world, home))
    assert any(won(one) and won(two) for one, two in outcomes)
    assert held_twice(world.kau)


def test_issuances_at_the_same_moment_do_not_share_serials(world, home):
    """Each issuance continues after the one that was completed before it."""

    def issuer(account):
        return lambda trial: issue_units(world, world.kcu, [(account, 3)])

    outcomes = race(10, issuer(home.operator_a), issuer(home.operator_b))
    assert all(won(outcome) for pair in outcomes for outcome in pair)
    assert sorted(serials_by_account(world.kcu)) == list(range(1, 61))
    assert held_twice(world.kcu) == []
