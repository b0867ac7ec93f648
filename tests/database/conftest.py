import os
from contextlib import closing, contextmanager

import psycopg2
import pytest
from django.db import connections

from tests import databases
from tests.database.attacker import Attacker
from tests.database.ledger import build


@pytest.fixture(scope="session")
def attacked(django_db_setup, django_db_blocker):
    """The committed ledger that attacks share: its facts and its database."""
    copy = databases.Copy(f"attacked_{os.getpid()}")
    with django_db_blocker.unblock():
        databases.create(copy.name)
        before = {alias: connections.settings[alias]["NAME"] for alias in databases.ALIASES}
        for alias in databases.ALIASES:
            databases.point(alias, copy.name)
        try:
            facts = build()
        finally:
            for alias, name in before.items():
                databases.point(alias, name)
        yield facts, copy
        databases.drop(copy.name)


@pytest.fixture(scope="session")
def sessions(attacked):
    """One connection for each kind of attacker."""
    _facts, copy = attacked
    with (
        closing(psycopg2.connect(copy.owner_url)) as owner,
        closing(psycopg2.connect(copy.application_url)) as application,
        closing(psycopg2.connect(copy.superuser_url)) as replica,
    ):
        replica.cursor().execute("SET session_replication_role = replica")
        replica.commit()
        yield {"owner": owner, "application": application, "replica": replica}


@contextmanager
def _rolled_back(connection, facts):
    try:
        yield Attacker(connection, facts)
    finally:
        connection.rollback()


@pytest.fixture
def owner(attacked, sessions):
    """An attacker as the owner of all tables; what it writes is rolled back."""
    with _rolled_back(sessions["owner"], attacked[0]) as attacker:
        yield attacker


@pytest.fixture
def application(attacked, sessions):
    """An attacker as the application's role."""
    with _rolled_back(sessions["application"], attacked[0]) as attacker:
        yield attacker


@pytest.fixture
def replica(attacked, sessions):
    """An attacker who has switched ordinary triggers and foreign keys off."""
    with _rolled_back(sessions["replica"], attacked[0]) as attacker:
        yield attacker
