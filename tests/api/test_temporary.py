"""What is answered with 503: the same request, sent again, can succeed."""

from types import SimpleNamespace

import pytest
from django.db import InterfaceError, OperationalError
from psycopg2 import errorcodes

from registry.models import Transaction
from registry.selectors import reference
from tests.api.proposals import line, proposal
from tests.restless import restless_reference_data
from tests.world import stock


def test_reference_data_that_change_all_the_time(world, administrator_1, numbers):
    """503 says after how long to repeat it; the same key then carries it out, once."""
    stock(world, operator_a=1000)
    body = proposal("delivery", line(numbers("operator_a"), numbers("operator_b")))
    with restless_reference_data():
        answer = administrator_1.post("transactions", body, key="a")
    said = answer.json()
    assert (answer.status_code, said["status"], said["code"]) == (
        503,
        503,
        "REFERENCE_DATA_CHANGES",
    )
    assert (said["title"], answer["Retry-After"]) == ("This can not be done now.", "1")
    assert not Transaction.objects.filter(key="a").exists()
    again = administrator_1.post("transactions", body, key="a")
    assert again.status_code == 201
    assert "Idempotency-Replayed" not in again


class Told(Exception):
    """What psycopg raises: its error carries the state that PostgreSQL tells of."""

    def __init__(self, state):
        super().__init__(errorcodes.lookup(state))
        self.diag = SimpleNamespace(sqlstate=state)


def told(state):
    error = OperationalError("told by the server")
    error.__cause__ = Told(state)
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (told(errorcodes.SERIALIZATION_FAILURE), "TRY_AGAIN"),
        (told(errorcodes.DEADLOCK_DETECTED), "TRY_AGAIN"),
        (told(errorcodes.DISK_FULL), "DATABASE_FULL"),
        (told(errorcodes.ADMIN_SHUTDOWN), "DATABASE_UNAVAILABLE"),
        (OperationalError("could not connect"), "DATABASE_UNAVAILABLE"),
        (InterfaceError("connection already closed"), "DATABASE_UNAVAILABLE"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.__cause__ or value),
)
def test_database_that_is_in_trouble(auditor, monkeypatch, error, code):
    """Each trouble has its own code, and all have the same status and the same header."""

    def fail():
        raise error

    monkeypatch.setattr(reference, "jurisdictions", fail)
    answer = auditor.get("jurisdictions")
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert answer.json()["title"] == "This can not be done now."
    assert answer["Retry-After"] == "1"
