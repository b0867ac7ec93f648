"""The database goes away in the middle: nothing is written, and the same key does it later."""

import psycopg2
import pytest
from django.db import InterfaceError, OperationalError, connection, transaction

from registry.lines import Line
from registry.models import Holding, Mark, Transaction
from registry.services.approve import approve
from registry.services.transfer import deliver, transfer
from tests.world import blocks, complete

GONE = (OperationalError, InterfaceError)


def _backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _end_session(database, pid):
    """What a server that is stopped does to a session, seen from the client."""
    with psycopg2.connect(database.superuser_url) as superuser:
        superuser.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    superuser.close()


def _line(world):
    return Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 10)


def test_session_that_ends_between_the_gate_and_the_commit(fresh_database, world, home, by):
    """A caller's database transaction that never commits leaves nothing behind."""
    with pytest.raises(GONE):
        with transaction.atomic():
            outcome = deliver(lines=[_line(world)], key="k", **by)
            assert outcome.posting_id
            _end_session(fresh_database, _backend())
            Holding.objects.count()
    connection.close()
    assert not Transaction.objects.filter(key="k").exists()
    assert blocks(home.operator_a, world.kau) == [(1, 100)]
    again = deliver(lines=[_line(world)], key="k", **by)
    assert not again.replayed
    assert blocks(home.operator_a, world.kau) == [(11, 100)]


def test_session_that_ends_before_the_gate(fresh_database, world, home, by):
    """A session that was lost while the service worked raises what Django raises, clearly."""
    pid = _backend()
    _end_session(fresh_database, pid)
    with pytest.raises(GONE, match=r"(?i)terminat|closed"):
        with transaction.atomic():
            deliver(lines=[_line(world)], key="k", **by)
    connection.close()
    assert deliver(lines=[_line(world)], key="k", **by).replayed is False


def test_session_that_ends_while_the_gate_waits(fresh_database, world, home, by, together):
    """A service that is cut off while it waits for a lock has written nothing."""
    outcome = transfer(lines=[_line(world)], key="k", **by)
    payload_hash = bytes(Transaction.objects.get(pk=outcome.transaction_id).payload_hash)
    holder = psycopg2.connect(fresh_database.owner_url)
    holder.cursor().execute(
        "SELECT FROM registry_account WHERE id = %s FOR UPDATE", [home.operator_a]
    )

    def blocked():
        return approve(
            actor=world.administrator_2,
            transaction_id=outcome.transaction_id,
            payload_hash=payload_hash,
            at=world.at,
        )

    def cut_off():
        superuser = psycopg2.connect(fresh_database.superuser_url)
        # What the server says of its sessions is kept for the length of a transaction.
        superuser.autocommit = True
        cursor = superuser.cursor()
        ended = 0
        while not ended:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = %s AND wait_event_type = 'Lock' AND query LIKE %s",
                [fresh_database.name, "%registry_decide%"],
            )
            (ended,) = cursor.fetchone()
        superuser.close()

    approved, _cut = together(blocked, cut_off, seconds=20)
    holder.close()
    assert isinstance(approved.error, GONE)
    assert Transaction.objects.get(pk=outcome.transaction_id).status == 0
    assert Mark.objects.filter(released_at=None).count() == 1
    complete(world, outcome)
    assert blocks(home.operator_b, world.kau) == [(1, 10), (101, 150)]


def test_other_errors_of_the_database_are_not_explained_away(world, home, by):
    """Only refusals that are known become answers; a lost session or a defect stays an error."""
    with connection.execute_wrapper(_defect):
        with pytest.raises(OperationalError, match="disk full"):
            deliver(lines=[_line(world)], key="k", **by)


def _defect(execute, sql, params, many, context):
    if "registry_submit" in sql:
        raise OperationalError("could not extend file: disk full")
    return execute(sql, params, many, context)
