"""What a process has read once holds until it changes anywhere; then it holds no longer."""

from contextlib import closing

import psycopg2
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from registry.lines import Line
from registry.models import Account, Use
from registry.services.issue import Issuance, issue
from registry.services.retire import retire
from registry.services.surrender import surrender
from registry.services.transfer import deliver
from tests.refused import refused
from tests.world import blocks, complete, moved, vintage


@pytest.fixture
def warm(fresh_database, world, home):
    """Accounts of `home`, after this process has read whatever it keeps."""
    moved(world, home.operator_a, home.operator_b, 1)
    return home


def _elsewhere(database, statement, *parameters):
    """A change that another process commits."""
    with closing(psycopg2.connect(database.application_url)) as other:
        other.cursor().execute(statement, parameters)
        other.commit()


def test_warm_transfer_is_one_round_trip(world, warm, by):
    """Once accounts and types are known, a transfer is a single statement."""
    line = Line(warm.operator_a, warm.operator_b, world.kau.pk, 1)
    deliver(lines=[line], key="first", **by)
    with CaptureQueriesContext(connection) as queries:
        deliver(lines=[line], key="second", **by)
    assert len(queries) == 1


def test_unit_type_that_was_added_elsewhere(fresh_database, world, warm, by):
    """A unit type can be issued as soon as anybody has added it."""
    _elsewhere(
        fresh_database,
        "INSERT INTO registry_unittype (name_en, name_zh_hans, name_ja, name_ko,"
        " names_unofficial, code, registry_id, kind, metric, vintage_rule, transferable,"
        " code_is_official, description, source_codes, confidence)"
        " SELECT 'New', '', '', '', '{}', 'NEW', registry_id, kind, metric, vintage_rule,"
        " transferable, code_is_official, description, source_codes, confidence"
        " FROM registry_unittype WHERE id = %s",
        world.kau.pk,
    )
    added = type(world.kau).objects.get(code="NEW")
    issuance = Issuance(added.pk, [(warm.government, 5)], **vintage(2025))
    complete(world, issue(issuances=[issuance], key="i", **by))
    assert blocks(warm.government, added) == [(1, 5)]


def test_unit_type_that_was_closed_to_transfers_elsewhere(fresh_database, world, warm, by):
    """From the commit of a change on, it holds for every process."""
    _elsewhere(
        fresh_database,
        "UPDATE registry_unittype SET transferable = false WHERE id = %s",
        world.kau.pk,
    )
    line = Line(warm.operator_a, warm.operator_b, world.kau.pk, 1)
    error = refused(deliver, lines=[line], key="d", **by)
    assert error.codes == ["UNIT_TYPE_NOT_TRANSFERABLE"]


def test_terminal_account_that_was_exchanged_elsewhere(fresh_database, world, warm, by):
    """Units end in the account that is open now."""
    line = Line(warm.operator_a, None, world.kau.pk, 5, period="2025")
    complete(world, surrender(lines=[line], key="s1", **by))
    _elsewhere(
        fresh_database,
        "INSERT INTO registry_account (number, registry_id, kind, name, status, opened_at)"
        " VALUES ('KR-ETRS-9999999-00', %s, 'retirement', 'newer', 'open', now());"
        " UPDATE registry_account SET status = 'closed', closed_at = now() WHERE id = %s",
        world.home.pk,
        warm.retirement,
    )
    line = Line(warm.operator_a, None, world.kau.pk, 2)
    complete(world, retire(lines=[line], key="r", **by))
    newer = Account.objects.get(name="newer")
    assert blocks(newer.pk, world.kau) != [] and blocks(warm.retirement, world.kau) == []


def test_holder_that_was_changed_elsewhere(fresh_database, world, warm, by):
    """A surrender counts for the entity that holds the account now."""
    _elsewhere(
        fresh_database,
        "UPDATE registry_account SET holder_id = %s WHERE id = %s",
        world.holder_b.pk,
        warm.operator_a,
    )
    line = Line(warm.operator_a, None, world.kau.pk, 5, period="2025")
    complete(world, surrender(lines=[line], key="s", **by))
    assert Use.objects.get().entity == world.holder_b


def test_status_is_never_remembered(fresh_database, world, warm, by):
    """A suspension elsewhere holds for the very next request."""
    _elsewhere(
        fresh_database,
        "UPDATE registry_account SET status = 'suspended' WHERE id = %s",
        warm.operator_a,
    )
    line = Line(warm.operator_a, warm.operator_b, world.kau.pk, 1)
    assert refused(deliver, lines=[line], key="d", **by).codes == ["SOURCE_ACCOUNT_BLOCKED"]


def test_change_in_the_middle_of_a_callers_transaction(fresh_database, world, warm, by):
    """A service that is part of a larger database transaction reads anew as well, and goes on."""
    line = Line(warm.operator_a, warm.operator_b, world.kau.pk, 1)
    with transaction.atomic():
        deliver(lines=[line], key="one", **by)
        _elsewhere(
            fresh_database,
            "UPDATE registry_unittype SET confidence = 'high' WHERE id = %s",
            world.cea.pk,
        )
        deliver(lines=[line], key="two", **by)
    assert blocks(warm.operator_a, world.kau) == [(4, 100)]


def test_change_that_is_rolled_back_is_forgotten(fresh_database, world, warm, by):
    """What was read of a change that never came to be does not stay."""
    with transaction.atomic():
        type(world.kau).objects.filter(pk=world.kau.pk).update(transferable=False)
        line = Line(warm.operator_a, warm.operator_b, world.kau.pk, 1)
        assert refused(deliver, lines=[line], key="d", **by).code == "UNIT_TYPE_NOT_TRANSFERABLE"
        transaction.set_rollback(True)
    assert deliver(lines=[line], key="d", **by).posting_id
