"""Delayed transactions under competition: sellers, workers, and who stops one in time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.lines import Line
from registry.models import Account, AccountDay, Mark, Transaction
from registry.selectors.holdings import balance
from registry.services.cancel_delayed import cancel_delayed
from registry.services.execute_due import execute_due
from registry.services.propose import Request, propose
from tests.concurrency.racing import held_twice, race, won
from tests.world import stock

TRIALS = 200
STATUS = Transaction.Status


@pytest.fixture
def home(fresh_database, world):
    stock(world, operator_a=TRIALS)
    return world.at_home


def _scheduled(world, line, key, moment):
    return propose(
        world.administrator_1,
        Request("delivery", [line], key, world.at, execute_at=moment),
    )


def test_one_of_two_delayed_sales_gets_the_last_unit(world, home):
    """In each of 200 trials one delayed sale reserves the unit, and the other never gets it."""
    moment = world.at + timedelta(hours=1)

    def seller(name, buyer):
        def sell(trial):
            line = Line(home.operator_a, buyer, world.kau.pk, 1, first=trial + 1)
            return _scheduled(world, line, f"{name} {trial}", moment)

        return sell

    outcomes = race(TRIALS, seller("one", home.operator_b), seller("two", home.trading))
    for one, two in outcomes:
        assert won(one) != won(two)
        assert (two if won(one) else one) == "SERIALS_MARKED"
    sold = [sum(won(pair[seller]) for pair in outcomes) for seller in (0, 1)]
    assert execute_due(actor=world.system, at=timezone.now()).completed == TRIALS
    kau = {"unit_type_id": world.kau.pk}
    buyers = (home.operator_b, home.trading)
    assert [balance(account_id=buyer, **kau) for buyer in buyers] == sold
    assert held_twice(world.kau) == []
    assert not Mark.objects.filter(released_at=None).exists()


def test_workers_complete_each_due_transaction_once(world, home, together):
    """Four workers at the same moment complete all that is due, nothing twice."""
    moment = world.at + timedelta(hours=1)
    for number in range(60):
        line = Line(home.operator_a, home.trading, world.kau.pk, 1)
        _scheduled(world, line, f"k {number}", moment)
    at = timezone.now()
    runs = together(*[lambda: execute_due(actor=world.system, at=at)] * 4)
    assert sum(run.value.completed for run in runs) == 60
    assert balance(account_id=home.trading, unit_type_id=world.kau.pk) == 60
    assert set(Transaction.objects.filter(key__startswith="k ").values_list("status")) == {(4,)}


def test_a_transaction_is_stopped_or_completed(world, home, together):
    """Who stops it and who completes it never both succeed."""
    moment = world.at + timedelta(hours=1)
    stopped = 0
    for number in range(30):
        line = Line(home.operator_a, home.trading, world.kau.pk, 1)
        waiting = _scheduled(world, line, f"k {number}", moment).transaction_id
        at = timezone.now()
        run, stop = together(
            lambda at=at: execute_due(actor=world.system, at=at),
            lambda waiting=waiting: cancel_delayed(
                actor=world.administrator_1, transaction_id=waiting
            ),
        )
        assert run.succeeded
        status = Transaction.objects.get(pk=waiting).status
        assert status == (STATUS.MANUALLY_CANCELLED if stop.succeeded else STATUS.COMPLETED)
        assert run.value.completed == (not stop.succeeded)
        stopped += stop.succeeded
    assert balance(account_id=home.trading, unit_type_id=world.kau.pk) == 30 - stopped
    assert not Mark.objects.filter(released_at=None).exists()


def test_the_daily_limit_is_exact(world, home):
    """Of two requests for the last of a day's limit, exactly one is in it."""
    Account.objects.filter(pk=home.operator_a).update(daily_limit=50)

    def seller(name):
        def sell(trial):
            line = Line(home.operator_a, home.trading, world.kau.pk, 1)
            return _scheduled(world, line, f"{name} {trial}", None)

        return sell

    outcomes = race(40, seller("one"), seller("two"))
    answers = [answer for pair in outcomes for answer in pair]
    assert sum(won(answer) for answer in answers) == 50
    assert {answer for answer in answers if not won(answer)} == {"DAILY_LIMIT_EXCEEDED"}
    assert AccountDay.objects.get().units == 50
