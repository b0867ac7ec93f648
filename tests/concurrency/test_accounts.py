"""Many write to one account: sums are exact, limits hold, and what is closed stays empty."""

from contextlib import closing, suppress

import psycopg2
import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import Count
from psycopg2.errorcodes import LOCK_NOT_AVAILABLE

from registry.errors import DomainError
from registry.lines import Line
from registry.models import Account, Mark
from registry.selectors.holdings import balance
from registry.services.accounts import NewAccount, close_account, open_accounts
from registry.services.consolidate import consolidate
from registry.services.freeze import freeze
from registry.services.transfer import deliver
from tests.concurrency.racing import (
    LONGER_PAUSE,
    PAUSE,
    held_twice,
    is_raw,
    race,
    rewrite,
    serials_by_account,
    without_account_locks,
    without_constraints,
    won,
)
from tests.world import blocks, moved, open_operators, stock

WRITERS = 16
EACH = 10


@pytest.fixture
def home(fresh_database, world):
    stock(world, operator_a=400, operator_b=400)
    return world.at_home


def _deliver(world, source, destination, quantity=1, **line):
    lines = [Line(source, destination, world.kau.pk, quantity, **line)]
    return deliver(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at)


def _held(world, account):
    return balance(account_id=account, unit_type_id=world.kau.pk)


def test_sixteen_writers_on_one_account(world, home):
    """Half take from the account and half give to it: all are done, and the sum is exact."""
    buyers = open_operators(world, WRITERS // 2)
    takers = [
        lambda _trial, buyer=buyer: _deliver(world, home.operator_a, buyer) for buyer in buyers
    ]
    givers = [lambda _trial: _deliver(world, home.operator_b, home.operator_a, 2)] * len(takers)
    outcomes = race(EACH, *takers, *givers)
    assert [won(outcome) for trial in outcomes for outcome in trial] == [True] * WRITERS * EACH
    assert [_held(world, buyer) for buyer in buyers] == [EACH] * len(buyers)
    assert _held(world, home.operator_a) == 400 - 8 * EACH + 2 * 8 * EACH
    assert held_twice(world.kau) == [] and len(serials_by_account(world.kau)) == 800


def _crossing(world, home):
    """Six accounts with 60 units each, and two who take one of each in opposite orders."""
    accounts = open_operators(world, 6)
    for account in accounts:
        moved(world, home.operator_a, account, 60)

    def batch(order):
        def run(_trial):
            lines = [Line(account, home.trading, world.kau.pk, 1) for account in order]
            return deliver(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at)

        return run

    return accounts, batch(accounts), batch(accounts[::-1])


def test_batches_that_cross_do_not_wait_for_each_other(world, home):
    """Batches over the same accounts in opposite orders end: locks are taken in one order."""
    accounts, upwards, downwards = _crossing(world, home)
    outcomes = race(20, upwards, downwards)
    assert all(won(outcome) for trial in outcomes for outcome in trial)
    assert _held(world, home.trading) == 2 * 20 * len(accounts)


def test_without_one_order_batches_that_cross_lock_each_other_out(world, home):
    """Control: accounts are locked in the order of the lines, and one of two batches is lost."""
    accounts, upwards, downwards = _crossing(world, home)
    rewrite(
        "registry_lock_accounts",
        ("ORDER BY a.id", "ORDER BY array_position(p_sources, a.id)"),
        # A moment passes between one account and the next.
        ("bool_or(", "bool_or(pg_sleep(0.02) IS NOT NULL AND "),
    )
    outcomes = race(3, upwards, downwards)
    given_up = [outcome for trial in outcomes for outcome in trial if is_raw(outcome)]
    assert given_up and all("deadlock detected" in str(error) for error in given_up)
    done = sum(won(outcome) for trial in outcomes for outcome in trial)
    assert _held(world, home.trading) == done * len(accounts)


def test_what_comes_in_meanwhile_belongs_to_a_later_moment(world, home):
    """A large batch out of an account and deliveries into it do not disturb each other.

    Units that came in after the batch took its place are not its units, also when it asks for
    all that it can get.
    """
    buyers = open_operators(world, 300)
    lines = [Line(home.operator_a, buyer, world.kau.pk, 1) for buyer in buyers]
    lines.append(Line(home.operator_a, home.trading, world.kau.pk, 10_000, minimum=1))
    ended = []

    def batch(_trial):
        try:
            return deliver(actor=world.administrator_1, lines=lines, key="b", at=world.at)
        finally:
            ended.append(True)

    def deliveries(_trial):
        count = 0
        while not ended or count < 5:
            _deliver(world, home.operator_b, home.operator_a)
            count += 1
        return count

    ((out, into),) = race(1, batch, deliveries)
    assert won(out) and won(into)
    assert held_twice(world.kau) == [] and len(serials_by_account(world.kau)) == 800
    assert _held(world, home.operator_a) + _held(world, home.trading) == 100 + into


def _limited(world):
    (account,) = open_accounts(
        actor=world.administrator_1,
        registry_id=world.home.pk,
        accounts=[NewAccount("operator", "limited", holding_limit=50)],
        at=world.at,
    )
    return account.pk


def test_holding_limit_under_sixteen_writers(world, home):
    """However many give at once, exactly as many units as the limit allows are taken."""
    limited = _limited(world)

    def give(_trial):
        return _deliver(world, home.operator_a, limited)

    outcomes = [outcome for trial in race(EACH, *[give] * 8) for outcome in trial]
    assert sum(won(outcome) for outcome in outcomes) == 50
    assert {outcome for outcome in outcomes if not won(outcome)} == {"HOLDING_LIMIT_EXCEEDED"}
    assert _held(world, limited) == 50


def test_without_the_lock_the_limit_is_overrun(world, home):
    """Control: without the lock on the receiving account each sees room that all use."""
    limited = _limited(world)
    without_account_locks()
    looked = "v_failures := registry_limit_failures(p_transaction);"
    rewrite("registry_perform", (looked, f"{looked} {PAUSE}"))
    sources = open_operators(world, 8)
    for source in sources:
        moved(world, home.operator_a, source, EACH)
    race(EACH, *[lambda _trial, by=source: _deliver(world, by, limited) for source in sources])
    assert _held(world, limited) > 50


def _consolidating(world, home):
    """Ten accounts of eight blocks; in trial n one merges account n while another sells three."""
    accounts = open_operators(world, 10)
    for account in accounts:
        for _piece in range(8):
            moved(world, home.operator_a, account, 1)

    def merge(trial):
        return consolidate(
            actor=world.administrator_1,
            account_id=accounts[trial],
            unit_type_id=world.kau.pk,
            key=world.key(),
            at=world.at,
        )

    def sell(trial):
        return _deliver(world, accounts[trial], home.operator_b, 3)

    return accounts, merge, sell


def test_consolidation_against_transfers(world, home):
    """Merging loses no unit and stops no sale, and a sale stops no merging."""
    accounts, merge, sell = _consolidating(world, home)
    outcomes = race(len(accounts), merge, sell)
    assert all(won(outcome) for trial in outcomes for outcome in trial)
    assert [_held(world, account) for account in accounts] == [5] * len(accounts)
    assert [len(blocks(account, world.kau)) for account in accounts] == [1] * len(accounts)
    assert held_twice(world.kau) == [] and len(serials_by_account(world.kau)) == 800


def test_without_the_lock_merging_disturbs_sales(world, home):
    """Control: a merge takes the blocks that a sale has picked, and the sale fails or shrinks."""
    accounts, merge, sell = _consolidating(world, home)
    without_account_locks()
    outcomes = race(len(accounts), merge, sell)
    disturbed = [
        account
        for account, (_merged, sold) in zip(accounts, outcomes, strict=True)
        if is_raw(sold) or _held(world, account) != 5
    ]
    assert disturbed
    assert held_twice(world.kau) == []


def test_closing_against_a_transfer_in(world, home):
    """Either the account is closed empty or the units are in it: never both."""
    accounts = open_operators(world, 40)

    def close(trial):
        close_account(actor=world.administrator_2, account_id=accounts[trial], at=world.at)

    outcomes = race(
        len(accounts),
        close,
        lambda trial: _deliver(world, home.operator_a, accounts[trial]),
    )
    for account, (closed, came) in zip(accounts, outcomes, strict=True):
        assert won(closed) != won(came)
        assert (came if won(closed) else closed) == (
            "DESTINATION_ACCOUNT_BLOCKED" if won(closed) else "ACCOUNT_NOT_EMPTY"
        )
        assert _held(world, account) == (0 if won(closed) else 1)
    assert _closed_with_units() == []


def test_without_its_locks_an_account_is_closed_with_units(world, home):
    """Control: neither waits for the other, and units are left in a closed account."""
    accounts = open_operators(world, 20)
    # The closing finds the account empty, and is done a moment later.
    rewrite("registry_account_closed", ("RETURN NULL", f"{PAUSE} RETURN NULL"))
    checks = "registry_posting_written", "registry_check_destinations", "registry_check_cut"
    for function in checks:
        rewrite(function, ("FOR KEY SHARE", ""))

    def close(trial):
        close_account(actor=world.administrator_2, account_id=accounts[trial], at=world.at)

    race(
        len(accounts),
        close,
        lambda trial: _deliver(world, home.operator_a, accounts[trial]),
    )
    assert _closed_with_units()


def _suspending_waits(copy, world):
    """Whether the change of a status waits for a posting that has an account under its lock."""
    account = world.at_home.trading
    with closing(psycopg2.connect(copy.owner_url)) as comes, comes.cursor() as cursor:
        cursor.execute("SELECT FROM registry_account WHERE id = %s FOR KEY SHARE", [account])
        with transaction.atomic(), connection.cursor() as changes:
            changes.execute("SET LOCAL lock_timeout = '300ms'")
            try:
                Account.objects.filter(pk=account).update(status="suspended")
            except OperationalError as error:
                transaction.set_rollback(True)
                return error.__cause__.pgcode == LOCK_NOT_AVAILABLE
    return False


def test_change_of_a_status_waits_for_units_that_come(fresh_database, world):
    """The UPDATE itself has the lock: it waits again when it writes, whoever came in between."""
    assert _suspending_waits(fresh_database, world)


def test_without_the_key_a_status_changes_meanwhile(fresh_database, world):
    """Control: the status is an ordinary column, and its change waits for no key share lock."""
    without_constraints("account", "account_status_change_waits_for_postings")
    assert not _suspending_waits(fresh_database, world)


def _coming_and_going(world, home):
    """In trial n, units come to account n and leave it again while it is being closed."""
    accounts = open_operators(world, 20)

    def close(trial):
        closing = {"actor": world.administrator_2, "account_id": accounts[trial], "at": world.at}
        while True:
            with suppress(DomainError):
                return close_account(**closing)

    def come_and_go(trial):
        _deliver(world, home.operator_a, accounts[trial])
        _deliver(world, accounts[trial], home.operator_b)

    race(len(accounts), close, come_and_go)
    return Account.objects.filter(pk__in=accounts).annotate(had=Count("holdings"))


def test_closing_counts_units_that_come_and_go(world, home):
    """Whether units were there before the closing or never came, they are counted exactly."""
    accounts = _coming_and_going(world, home)
    assert {account.status for account in accounts} == {"closed"}
    assert [account.holdings_at_closing - account.had for account in accounts] == [0] * 20


def test_without_its_locks_closing_miscounts(world, home):
    """Control: neither waits for the other, and units come after they were counted."""
    without_account_locks()
    without_constraints("account", "account_status_change_waits_for_postings")
    # The closing counts, and is done a moment later.
    rewrite("registry_account_counted", ("RETURN NEW", f"{PAUSE} RETURN NEW"))
    checks = "registry_posting_written", "registry_check_destinations", "registry_check_cut"
    for function in checks:
        rewrite(function, ("FOR KEY SHARE", ""))
    accounts = _coming_and_going(world, home)
    assert any(account.holdings_at_closing < account.had for account in accounts)


def _closed_with_units():
    rows = Account.objects.filter(status="closed", holdings__closed_by=None)
    return list(rows.exclude(holdings=None).values_list("pk", flat=True))


def _freezing(world, home):
    """In trial n, one freezes serial n+1 of operator A while another sells it."""

    def hold(trial):
        line = Line(home.operator_a, None, world.kau.pk, 1, first=trial + 1)
        return freeze(actor=world.administrator_2, lines=[line], key=world.key(), at=world.at)

    def sell(trial):
        return _deliver(world, home.operator_a, home.operator_b, first=trial + 1)

    return hold, sell


def _frozen_elsewhere(world, account):
    """Frozen serials that the account does not hold any more."""
    held = serials_by_account(world.kau)
    marks = Mark.objects.filter(kind="freeze", released_at=None)
    return [mark.first for mark in marks if held[mark.first] != [account]]


def test_freezing_against_a_transfer(world, home):
    """Either the units are frozen where they are, or they are gone: never both."""
    for held, sold in race(60, *_freezing(world, home)):
        assert won(held) != won(sold)
        assert (sold if won(held) else held) == (
            "SERIALS_MARKED" if won(held) else "SERIALS_NOT_HELD"
        )
    assert _frozen_elsewhere(world, home.operator_a) == []


def test_without_the_locks_frozen_units_are_sold(world, home):
    """Control: neither waits for the other, and units are sold that are frozen."""
    without_account_locks()
    # The freeze finds the units in the account, and is written after the sale.
    rewrite(
        "registry_mark_inserted",
        ("FOR NO KEY UPDATE", ""),
        ("RETURN NEW", f"{LONGER_PAUSE} RETURN NEW"),
    )
    race(10, *_freezing(world, home))
    assert _frozen_elsewhere(world, home.operator_a)
