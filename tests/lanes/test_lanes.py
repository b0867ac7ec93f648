"""Several proposals in one database transaction, each answered as if it had been alone."""

import json
import threading
from dataclasses import replace
from functools import partial
from stat import S_IMODE

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from registry import posting
from registry.errors import DomainError
from registry.lanes import asking, sockets
from registry.lanes.lane import Lane, answers
from registry.lines import Line
from registry.models import Transaction, UnitType
from registry.selectors.holdings import balance
from registry.services.transfer import deliver
from tests.lanes.serving import served
from tests.world import stock

EACH = 5
REASON = 'because of "a\\b", (c)'
LOCK = "SELECT FROM registry_account WHERE id = %s FOR NO KEY UPDATE"


@pytest.fixture
def home(fresh_database, world, tmp_path, monkeypatch):
    """Accounts at home, in a node that has one lane; 1,000 units lie with operator A."""
    monkeypatch.setitem(settings.CONCORD, "LANES", 1)
    monkeypatch.setitem(settings.CONCORD, "LANES_DIR", str(tmp_path / ("long" * 30)))
    (tmp_path / ("long" * 30)).mkdir(mode=0o700)
    monkeypatch.setattr(asking, "_own", asking._Own())
    stock(world, operator_a=1_000)
    return world.at_home


@pytest.fixture
def alone(monkeypatch):
    """The keys of what was submitted alone."""
    keys = []
    submit = posting.submit

    def counted(actor, header, lines):
        keys.append(header.key)
        return submit(actor, header, lines)

    monkeypatch.setattr(posting, "submit", counted)
    return keys


def _deliver(world, key, quantity=10, source=None):
    home, at = world.at_home, timezone.now()
    line = Line(source or home.operator_a, home.operator_b, world.kau.pk, quantity)
    return deliver(actor=world.administrator_1, lines=[line], key=key, at=at, reason=REASON)


def _submission(world, key, quantity=10, **changes):
    """What the service asks a lane with; nothing is submitted."""
    texts = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "asked", lambda text, source: texts.append(text) or "asked")
        assert _deliver(world, key, quantity, **changes) == "asked"
    return texts[0]


def _said(submissions):
    """What a lane answers, as who has asked reads it."""
    told = [json.loads(answer) for answer in answers(submissions)]
    return [each and posting.read(each) for each in told]


def _refusal(world, key, quantity):
    with pytest.raises(DomainError) as error:
        _deliver(world, key, quantity)
    return error.value


def _bought(world):
    """The units that operator B has now."""
    return balance(account_id=world.at_home.operator_b, unit_type_id=world.kau.pk)


def _transactions():
    """How many database transactions have written proposals."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM registry_transaction")
        return cursor.fetchone()[0]


def test_what_comes_together_is_one_database_transaction(home, world, alone):
    """Several keys, each a transaction of its own."""
    before = _transactions()
    said = _said([_submission(world, f"together {n}") for n in range(3)])
    assert [outcome.status for outcome in said] == [4, 4, 4]
    assert _bought(world) == 30
    assert _transactions() == before + 1
    assert alone == []


def test_one_that_is_refused_stops_no_other(home, world):
    """What is before it and behind it is done."""
    submissions = [
        _submission(world, f"together {n}", quantity) for n, quantity in enumerate((10, 5_000, 20))
    ]
    first, second, third = _said(submissions)
    assert (first.status, third.status) == (4, 4)
    assert second.code == "INSUFFICIENT_UNITS"
    assert _bought(world) == 30


def test_an_answer_is_the_one_of_who_is_alone(home, world, alone):
    """Outcome, refusal, replay and conflict are the same through a lane and without one."""
    with served():
        done = _deliver(world, "a")
        assert (done.status, done.replayed) == (4, False)
        assert _deliver(world, "a") == replace(done, replayed=True)
        error = _refusal(world, "b", 100_000)
        again = _refusal(world, "a", 11)
    assert alone == []
    assert _deliver(world, "a") == replace(done, replayed=True)
    assert _refusal(world, "b", 100_000).failures == error.failures
    assert _refusal(world, "a", 11).failures == again.failures
    assert Transaction.objects.get(pk=done.transaction_id).reason == REASON


def test_many_ask_at_the_same_time(home, world, alone, together):
    """Everybody is answered for themselves."""
    with served():
        calls = [partial(_delivered, world, f"caller {n}") for n in range(8)]
        outcomes = together(*calls)
    numbers = {outcome.transaction_id for each in outcomes for outcome in each.value}
    assert len(numbers) == 8 * EACH
    assert _bought(world) == 8 * EACH * 10
    assert alone == []


def _delivered(world, name):
    return [_deliver(world, f"{name} {n}") for n in range(EACH)]


def test_accounts_that_somebody_has_locked_hold_up_nobody_else(home, world):
    """Who takes units from them submits alone, and waits alone."""
    own = _submission(world, "own")
    other = _submission(world, "other", source=home.trading)
    with connections["owner"].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(LOCK, [home.operator_a])
        locked, free = _said([own, other])
        cursor.execute("ROLLBACK")
    assert locked is None
    assert free.code == "INSUFFICIENT_UNITS"
    assert _said([own])[0].status == 4


def test_other_reference_data_than_those_checked(home, world, alone):
    """The lane leaves it alone; who asked checks again and proposes by today's."""
    stale = _submission(world, "stale")
    UnitType.objects.filter(pk=world.kau.pk).update(name_en="KAU, named anew")
    assert _said([stale]) == [None]
    with served():
        assert _deliver(world, "stale").status == 4


@pytest.mark.parametrize("commits", [True, False])
def test_a_lane_dies_while_it_is_asked(home, world, alone, commits, monkeypatch):
    """Whether or not it has committed, the units move once."""

    def dies(lane, come):
        if commits:
            answers([text.decode() for _asker, text in come])
        for asker, _text in come:
            lane._drop(asker)

    monkeypatch.setattr(Lane, "answer", dies)
    with served():
        outcome = _deliver(world, "dying")
    assert (outcome.status, outcome.replayed) == (4, commits)
    assert _bought(world) == 10
    assert alone == ["dying"]


def test_a_lane_is_silent(home, world, alone, monkeypatch):
    """After a while one goes alone; the late answer is none to the next question."""
    monkeypatch.setattr(asking, "PATIENCE_S", 0.2)
    waited = threading.Event()
    at_once = Lane.answer

    def late(lane, come):
        waited.wait(10)
        at_once(lane, come)

    monkeypatch.setattr(Lane, "answer", late)
    with served():
        silent = _deliver(world, "silent")
        waited.set()
        monkeypatch.setattr(asking, "PATIENCE_S", 10)
        following = _deliver(world, "following", 7)
    assert (silent.status, following.status) == (4, 4)
    assert silent.transaction_id != following.transaction_id
    assert _bought(world) == 17
    assert alone == ["silent"]


def test_no_lane(home, world, alone):
    """A node without its lane is slower, and nothing else."""
    assert _deliver(world, "nobody there").status == 4
    assert alone == ["nobody there"]
    with served():
        assert _deliver(world, "now there is").status == 4
    assert alone == ["nobody there"]


def test_the_database_is_gone_for_a_while(home, world):
    """The lane sends everybody away, and serves again once it is back."""
    submission = _submission(world, "again")
    connection.connection.close()
    assert _said([submission]) == [None]
    assert _said([submission])[0].status == 4


def test_what_may_be_taken_back_goes_through_no_lane(home, world, alone):
    """Part of a larger database transaction: it is undone with it."""
    with served(), transaction.atomic():
        _deliver(world, "taken back")
        transaction.set_rollback(True)
    assert alone == ["taken back"]
    assert not Transaction.objects.filter(key="taken back").exists()


def test_one_lane_is_served_once(home):
    """By the node's user alone."""
    with served():
        place = sockets.directory() / "0"
        assert S_IMODE(place.stat().st_mode) == 0o600
        assert S_IMODE(sockets.directory().stat().st_mode) == 0o700
        with pytest.raises(CommandError, match="0"):
            call_command("lane", "0")
