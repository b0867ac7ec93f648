"""What waits for a signature is counted, and its age is known."""

from datetime import timedelta

import pytest
from django.db import connections

from config import health
from registry.selectors import unsigned
from registry.services.sign_issuances import sign_issuances
from registry.services.signing_keys import ensure_keys
from tests.world import stock


def test_unsigned_issuances_are_counted(world, keys_dir, monkeypatch):
    """None at first, then those that wait, counted to a bound, then none again."""
    assert unsigned.waiting() == unsigned.Unsigned(0, None)
    for _n in range(3):
        stock(world, operator_a=10)
    found = unsigned.waiting()
    assert found.count == 3
    assert timedelta(0) <= found.oldest < timedelta(minutes=1)
    monkeypatch.setattr(unsigned, "COUNTED", 2)
    assert unsigned.waiting().count == 2
    ensure_keys(at=world.at)
    sign_issuances(at=world.at)
    assert unsigned.waiting() == unsigned.Unsigned(0, None)


def test_a_late_signature_degrades_the_node(fresh_database, world, keys_dir):
    """As after two minutes without a signer."""
    stock(world, operator_a=10)
    assert health.signer()["ok"]
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE registry_posting DISABLE TRIGGER USER")
        cursor.execute("UPDATE registry_posting SET recorded_at = now() - interval '2 minutes'")
    found = health.signer()
    assert (found["ok"], found["problem"], found["unsigned"]) == (False, "SIGNER_LATE", 1)
    assert found["oldest_s"] == pytest.approx(120, abs=30)
