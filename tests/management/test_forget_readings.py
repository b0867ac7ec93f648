"""`manage.py forget_readings`: what is older than the node keeps goes, and nothing else."""

from contextlib import closing
from datetime import timedelta
from io import StringIO

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection
from django.utils import timezone

from config import databases
from registry.models import Reading
from registry.services import forget_readings as service

OLD = (
    "INSERT INTO registry_reading (at, person_id, face, route, parameters, filters, registries,"
    " count, status) VALUES (%s, 1, 'admin', 'admin:index', '{}', '{}', '{}', 0, 200)"
)


@pytest.fixture
def readings(fresh_database):
    """Rows of so many days ago, as time would have left them."""
    now = timezone.now()
    with closing(psycopg2.connect(fresh_database.owner_url)) as owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE registry_reading DISABLE TRIGGER reading_is_of_its_moment")
        for days in (1, 364, 366, 900, 1094, 1096, 2000):
            cursor.execute(OLD, [now - timedelta(days=days)])
        cursor.execute(
            "ALTER TABLE registry_reading ENABLE ALWAYS TRIGGER reading_is_of_its_moment"
        )
        owner.commit()

    def days():
        rows = Reading.objects.order_by("-at").values_list("at", flat=True)
        return [(now - at).days for at in rows]

    return days


def test_old_readings_go_in_pieces(readings, monkeypatch):
    """By the node's setting, and by one that keeps less; never one of the last year."""
    monkeypatch.setattr(service, "PIECE", 1)
    said = StringIO()
    call_command("forget_readings", stdout=said)
    assert readings() == [1, 364, 366, 900, 1094]
    assert said.getvalue().startswith("2 readings of before ")
    monkeypatch.setitem(settings.CONCORD, "READINGS_KEPT_DAYS", 365)
    call_command("forget_readings", stdout=StringIO())
    assert readings() == [1, 364]
    monkeypatch.setitem(settings.CONCORD, "READINGS_KEPT_DAYS", 100)
    with pytest.raises(IntegrityError):
        call_command("forget_readings", stdout=StringIO())
    assert readings() == [1, 364]


def test_only_the_owner_lets_readings_go(readings, monkeypatch):
    """The application's role has no right to, and the command says what is missing."""
    monkeypatch.setattr(databases, "owner_alias", lambda: "default")
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("forget_readings", stdout=StringIO())
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_reading")
    assert len(readings()) == 7
