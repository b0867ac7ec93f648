from datetime import timedelta

import pytest
from django.db import OperationalError

from config import health
from registry.selectors import log
from registry.selectors.positions import Lag


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(health, "_migrated", set())


def test_alive_without_anything_else(client):
    """The process answers without asking the database, which this test does not have."""
    answer = client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_names_what_it_asked(client):
    """A node that can work answers 200, with the head of its order."""
    answer = client.get("/readyz")
    assert answer.status_code == 200
    found = answer.json()
    assert found["status"] == "ok"
    assert all(check["ok"] for check in found["checks"].values())
    assert found["checks"]["sequencer"]["position"] == "0"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ("database", "DATABASE_UNREACHABLE"),
        ("migrations", "MIGRATIONS_MISSING"),
        ("broker", "BROKER_UNREACHABLE"),
    ],
)
def test_not_ready_when_requests_cannot_be_served(client, monkeypatch, asked, problem):
    """Any one of the three makes the answer 503 and is named; the others are still told."""
    monkeypatch.setattr(health, asked, lambda: {"ok": False, "problem": problem})
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"
    assert answer.json()["checks"][asked]["problem"] == problem
    assert len(answer.json()["checks"]) == 6


def test_unreachable_database_is_an_answer(monkeypatch):
    """An error of the database is a finding, and says nothing of addresses or passwords."""

    def refuse():
        raise OperationalError("connection to 10.0.0.1 as owner failed")

    monkeypatch.setattr(health.connection, "cursor", refuse)
    assert health.database() == {"ok": False, "problem": "DATABASE_UNREACHABLE"}


@pytest.mark.django_db
def test_missing_migration_is_counted(monkeypatch):
    """A migration that the code has and the database has not is a finding."""
    plan = "django.db.migrations.executor.MigrationExecutor.migration_plan"
    monkeypatch.setattr(plan, lambda *arguments: [("a migration", False)])
    assert health.migrations() == {"ok": False, "problem": "MIGRATIONS_MISSING", "count": 1}


def test_unreachable_broker_is_an_answer(settings, monkeypatch):
    """A broker that refuses connections is a finding."""
    monkeypatch.setattr(health.app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    assert health.broker() == {"ok": False, "problem": "BROKER_UNREACHABLE"}


@pytest.mark.django_db
def test_late_sequencer_degrades(client, monkeypatch):
    """Postings that wait long for their position do not take the node out of service."""
    late = timedelta(seconds=health.LATE_AFTER_S + 1)
    monkeypatch.setattr(health.positions, "lag", lambda: Lag(unplaced=3, oldest=late))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    found = answer.json()["checks"]["sequencer"]
    assert (found["problem"], found["unplaced"], found["oldest_s"]) == ("SEQUENCER_LATE", 3, 61.0)


@pytest.mark.django_db
def test_late_log_degrades(client, monkeypatch):
    """A promise that is about to be broken, or is broken, is told."""
    late = timedelta(seconds=health.LATE_AFTER_S + 1)
    monkeypatch.setattr(health.log, "lag", lambda: log.Lag(uncovered=3, oldest=late))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    found = answer.json()["checks"]["log"]
    assert (found["problem"], found["uncovered"], found["oldest_s"]) == ("LOG_LATE", 3, 61.0)
    assert found["size"] is None


def test_answers_under_any_name_and_without_tls(client, settings):
    """A watcher's request is neither refused for its host nor sent to another address."""
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get("/livez", headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
