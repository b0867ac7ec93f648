"""The version of the reference data changes with whatever a process may have kept of it."""

import pytest

# What a process keeps in registry/facts.py, and a statement that makes it outdated.
CHANGES = {
    "transactiontype_changes_the_reference": (
        "UPDATE registry_transactiontype SET valid_to = now() WHERE code = 'transfer'",
        "INSERT INTO registry_transactiontype SELECT FROM registry_transactiontype WHERE false",
    ),
    "unittype_changes_the_reference": (
        "UPDATE registry_unittype SET transferable = false WHERE code = 'KAU'",
        "UPDATE registry_unittype SET converts_to_id = NULL WHERE code = 'KOC'",
    ),
    "accountholder_changes_the_reference": (
        "UPDATE registry_accountholder SET name = 'Operator C' WHERE code = 'KR-OPERATOR-A'",
    ),
    "account_changes_the_reference": (
        "UPDATE registry_account SET holder_id = NULL WHERE name = 'operator_a'",
        "UPDATE registry_account SET status = 'closed', closed_at = now()"
        " WHERE name = 'adaptation_fund'",
    ),
    "grouplimit_changes_the_reference": (
        "UPDATE registry_grouplimit SET units = 5",
        "INSERT INTO registry_grouplimit SELECT FROM registry_grouplimit WHERE false",
        "DELETE FROM registry_grouplimit",
    ),
    "stop_changes_the_reference": (
        "INSERT INTO registry_stop (registry_id, subject, status_before, reason, placed_by_id,"
        " placed_at) SELECT registry_id, 'x', '', 'x', placed_by_id, now() FROM registry_stop"
        " LIMIT 1",
    ),
    "terminal_account_changes_the_reference": (
        "INSERT INTO registry_account (number, registry_id, kind, name, status, opened_at)"
        " SELECT 'KR-ETRS-9999999-00', registry_id, 'surrender', 'another', 'open', now()"
        " FROM registry_account WHERE name = 'operator_a' LIMIT 1",
    ),
    "reconciliation_changes_the_reference": (
        "UPDATE registry_reconciliation SET ended_at = NULL",
        "INSERT INTO registry_reconciliation SELECT FROM registry_reconciliation WHERE false",
    ),
}
# What changes often is read under lock, and makes nobody read anew.
KEPT = (
    "UPDATE registry_account SET status = 'suspended' WHERE name = 'operator_a'",
    "UPDATE registry_account SET holding_limit = 5 WHERE name = 'operator_b'",
    "INSERT INTO registry_account (number, registry_id, kind, name, status, opened_at)"
    " SELECT 'KR-ETRS-9999999-00', registry_id, 'trading', 'another', 'open', now()"
    " FROM registry_account WHERE name = 'operator_a' LIMIT 1",
)


def _version(attacker):
    return attacker.one("SELECT version FROM registry_reference")


@pytest.mark.parametrize("trigger", CHANGES)
def test_change_gives_a_new_version(trigger, owner):
    """Each change gives a version that was never given before, and only by this trigger."""
    for statement in CHANGES[trigger]:
        before = _version(owner)
        owner.execute(statement)
        assert _version(owner) > before
        owner.connection.rollback()
        owner.execute(f"ALTER TABLE registry_{trigger.split('_')[-4]} DISABLE TRIGGER {trigger}")
        before = _version(owner)
        owner.execute(statement)
        assert _version(owner) == before
        owner.connection.rollback()


@pytest.mark.parametrize("statement", KEPT)
def test_version_stays_with_what_is_read_under_lock(statement, owner):
    """Suspending an account or opening an ordinary one costs no process its memory."""
    before = _version(owner)
    owner.execute(statement)
    assert _version(owner) == before


def test_version_that_was_rolled_back_is_not_given_again(owner):
    """A process that read an uncommitted change must not take a later one for it."""
    owner.execute(CHANGES["unittype_changes_the_reference"][0])
    rolled_back = _version(owner)
    owner.connection.rollback()
    owner.execute(CHANGES["unittype_changes_the_reference"][0])
    assert _version(owner) > rolled_back


def test_every_such_trigger_is_proved(owner):
    """No trigger that changes the version is left out here."""
    triggers = owner.execute(
        "SELECT tgname FROM pg_trigger WHERE tgname LIKE '%%\\_changes\\_the\\_reference'"
    )
    assert {name for (name,) in triggers} == set(CHANGES)


def test_application_reads_the_version_and_does_not_set_it(application):
    """The role may change what the version stands for, and the version follows by itself."""
    before = _version(application)
    application.execute("UPDATE registry_unittype SET transferable = false WHERE code = 'KAU'")
    assert _version(application) > before
