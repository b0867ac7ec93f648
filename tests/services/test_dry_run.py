"""A dry run tells what would move, what fails and when a delay ends, and leaves nothing."""

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from registry.errors import NotPermitted
from registry.lines import Line
from registry.models import (
    Account,
    AccountDay,
    Holding,
    Jurisdiction,
    Mark,
    Transaction,
    TransactionEvent,
)
from registry.services.dry_run import dry_run
from registry.services.surrender import surrender
from registry.services.transfer import deliver, transfer
from tests.type_versions import approved_version

TABLES = (AccountDay, Holding, Mark, Transaction, TransactionEvent)


def rows():
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def test_a_file_is_tried_as_a_whole(world, home):
    """Later proposals see what earlier ones would do; those that fail tell all that is wrong."""
    kau = world.kau.pk
    before = rows()
    trials = dry_run(
        actor=world.administrator_1,
        acts=[
            partial(deliver, lines=[Line(home.operator_a, home.trading, kau, 90)]),
            partial(deliver, lines=[Line(home.operator_a, home.trading, kau, 11)]),
            partial(transfer, lines=[Line(home.operator_a, home.operator_a, kau, 50)]),
            partial(surrender, lines=[Line(home.trading, None, kau, 30, period="2025")]),
        ],
        at=world.at,
    )
    delivered, too_many, to_itself, surrendered = trials
    assert delivered.failures == []
    assert delivered.moves == [(home.operator_a, home.trading, kau, 1, 90)]
    assert [failure.code for failure in too_many.failures] == ["INSUFFICIENT_UNITS"]
    assert [f.code for f in to_itself.failures] == ["SAME_ACCOUNT", "INSUFFICIENT_UNITS"]
    assert (surrendered.status, surrendered.approvals_needed) == (0, 1)
    assert surrendered.moves == [(home.trading, home.surrender, kau, 1, 30)]
    assert rows() == before


def test_a_dry_run_says_when_the_delay_would_end(world, home):
    """Also for a date ahead, under the version that holds then, and with what is provisional."""
    Jurisdiction.objects.filter(code="KR").update(time_zone="Asia/Seoul")
    monday = datetime(2040, 3, 5, 10, tzinfo=ZoneInfo("Asia/Seoul"))
    approved_version(
        "transfer", valid_from=monday - timedelta(days=1), delay="always", delay_days=1
    )
    act = partial(transfer, lines=[Line(home.operator_a, home.operator_b, world.kau.pk, 5)])
    now, ahead = (
        dry_run(actor=world.administrator_1, acts=[act], at=at)[0]
        for at in (timezone.now(), monday)
    )
    assert now.delay is None
    assert ahead.failures == []
    assert ahead.delay.at == monday + timedelta(days=1)
    assert ahead.delay.provisional == (2040,)


def test_a_dry_run_says_what_is_left_of_a_daily_limit(world, home):
    """It counts what the proposal itself would take, and gives it back."""
    Account.objects.filter(pk=home.operator_a).update(daily_limit=20)
    act = partial(deliver, lines=[Line(home.operator_a, home.operator_b, world.kau.pk, 15)])
    (trial,) = dry_run(actor=world.administrator_1, acts=[act], at=world.at)
    (left,) = trial.limits
    assert (left.what, left.limit, left.left) == ("daily", 20, 5)
    assert not AccountDay.objects.exists()


def test_nobody_tries_nothing(world):
    """No actor, no dry run."""
    with pytest.raises(NotPermitted):
        dry_run(actor=None, acts=[], at=world.at)
