"""Persons who sign in to the pages of links: `korea` and `china` act for one party each."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.admin.conftest import signed_in, system_administrator
from tests.world import issue_units

__all__ = ["signed_in", "system_administrator"]


@pytest.fixture
def korea(table, signed_in):
    return signed_in("korea")


@pytest.fixture
def china(table, signed_in):
    return signed_in("china")


@pytest.fixture
def text(table):
    """A text that Korea has proposed and nobody has signed."""
    return table.propose()


@pytest.fixture
def link(table):
    """The text in force, and 2,000 CEA of 2026 at the Chinese operator's."""
    version = table.enact()
    issue_units(
        table.world, table.world.cea, [(table.world.at_neighbour.operator, 2000)], year=2026
    )
    return version


@pytest.fixture
def clock(world, monkeypatch):
    """The pages of links see the world's year, two days after its day."""
    now = SimpleNamespace(now=lambda: world.at + timedelta(2))
    for name in ("agreement_acts", "agreements", "builder", "edges", "panels", "sending"):
        monkeypatch.setattr(f"linking.admin.{name}.timezone", now)
    return now
