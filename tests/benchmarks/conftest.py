"""The session's server, with an empty node that was migrated once for all measures."""

import pytest

from benchmarks import databases, server
from benchmarks.concord import node
from config.embedded import postgresql


@pytest.fixture(scope="session")
def migrated(django_db_setup):
    """What the session has migrated is what `node.make` finds, and need not migrate again."""
    found = server.running()
    databases.create(found, node.EMPTY, template=postgresql.DATABASE)
    databases.describe(found, node.EMPTY, {"schema": node.schema()})
    return found


@pytest.fixture(scope="module")
def running(migrated):
    """The server; what the tests of a module leave is dropped."""
    yield migrated
    for name in databases.names(migrated):
        if name != node.EMPTY:
            databases.drop(migrated, name)
