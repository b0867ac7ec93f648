"""Statements that the server reads once in a session, and the first question of a request."""

import psycopg2
import pytest
from django.db import OperationalError, connection, transaction

from registry import prepared

SUM = prepared.Prepared("added", ("int", "int"), "SELECT $1 + $2")


def end_session(database):
    """Ends the session of this thread's connection, as a restart of the server does."""
    superuser = psycopg2.connect(database.superuser_url)
    with superuser, superuser.cursor() as cursor:
        number = connection.connection.info.backend_pid
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    superuser.close()


def test_read_once(fresh_database):
    """The second time only the parameters are sent."""
    asked = []

    def listen(execute, sql, params, many, context):
        asked.append(sql.split()[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        assert prepared.rows(SUM, [1, 2]) == [(3,)]
        assert prepared.rows(SUM, [2, 2]) == [(4,)]
    assert asked == ["PREPARE", "EXECUTE", "EXECUTE"]


def test_first_question_finds_a_lost_connection(fresh_database):
    """It is asked again of a new session; what comes later is told that the session is lost."""
    assert prepared.first_rows(SUM, [1, 2]) == [(3,)]
    end_session(fresh_database)
    assert prepared.first_rows(SUM, [1, 2]) == [(3,)]
    end_session(fresh_database)
    with pytest.raises(OperationalError):
        prepared.rows(SUM, [1, 2])
    connection.close()


def test_nothing_is_asked_again_within_a_transaction(fresh_database):
    """What the transaction did before is lost with its session, so it fails as a whole."""
    with pytest.raises(OperationalError), transaction.atomic():
        prepared.first_rows(SUM, [1, 2])
        end_session(fresh_database)
        prepared.first_rows(SUM, [1, 2])
    connection.close()


def test_statements_outlive_a_rollback(fresh_database):
    """Preparing belongs to the session, not to the transaction that it happened in."""
    with transaction.atomic():
        prepared.rows(SUM, [1, 2])
        transaction.set_rollback(True)
    assert prepared.rows(SUM, [2, 3]) == [(5,)]
