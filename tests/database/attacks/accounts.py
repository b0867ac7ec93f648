"""Attacks on accounts and on what gives serials and accounts their meaning.

The application's role may write these tables, so here the rule alone protects them.
"""

from datetime import UTC, datetime

from tests.database.attack import attack

UPDATED = {"trigger": "account_keeps_its_identity", "permitted": True}
PERMITTED = {"permitted": True}
FROM_HOME = "id = (SELECT min(id) FROM registry_account WHERE kind = 'operator')"


def _new(db, **changes):
    values = {"number": "KR-ETRS-9999999-00", **changes}
    db.copy("account", FROM_HOME, **values)


def _set(db, account, assignment, *parameters):
    db.execute(f"UPDATE registry_account SET {assignment} WHERE id = %s", *parameters, account)


@attack("account_kind_is_known", **PERMITTED)
def unknown_kind(db):
    _new(db, kind="treasure")


@attack("account_status_is_known", **PERMITTED)
def unknown_status(db):
    _new(db, status="asleep")


@attack("account_closed_has_a_time", **PERMITTED)
def closed_at_no_time(db):
    _new(db, status="closed")


@attack("account_closed_has_a_time", **PERMITTED)
def open_with_a_closing_time(db):
    _new(db, closed_at=datetime(2026, 1, 1, tzinfo=UTC))


@attack("account_of_a_partner_stands_for_a_registry", **PERMITTED)
def partner_of_nobody(db):
    _new(db, kind="partner")


@attack("account_of_a_partner_stands_for_a_registry", **PERMITTED)
def operator_that_stands_for_a_registry(db):
    _new(db, stands_for_id=db.world.overseas.pk)


@attack("account_stands_for_another_registry", **PERMITTED)
def partner_of_itself(db):
    _new(db, kind="partner", stands_for_id=db.world.home.pk)


@attack("account_of_a_partner_is_one", **PERMITTED)
def two_accounts_for_one_partner(db):
    _new(db, kind="partner", stands_for_id=db.world.neighbour.pk)


@attack("account_holding_limit_is_not_negative", **PERMITTED)
def limit_below_zero(db):
    _new(db, holding_limit=-1)


@attack("account_belongs_to_one_registry")
def account_in_two_registries(db):
    # The primary key would refuse it first; without it, this key still does.
    db.execute("ALTER TABLE registry_account DROP CONSTRAINT registry_account_pkey CASCADE")
    db.copy("account", FROM_HOME, id=db.world.at_home.operator_a, number="KR-ETRS-9999999-00")


@attack("account_is_closed_empty", trigger="account_is_closed_empty", permitted=True)
def closed_with_units(db):
    _set(db, db.world.at_home.operator_a, "status = 'closed', closed_at = now()")


@attack("account_is_closed_empty", trigger="account_is_closed_empty")
def closed_while_units_come_in(db):
    """The incoming posting is of this very transaction, and not committed yet."""
    home = db.world.at_home
    db.move(db.block(home.operator_a, 101), home.auction)
    _set(db, home.auction, "status = 'closed', closed_at = now()")


@attack("account_status_change_waits_for_postings")
def account_twice_in_one_status(db):
    # The primary key would refuse it first; without it, this key still does.
    db.execute("ALTER TABLE registry_account DROP CONSTRAINT registry_account_pkey CASCADE")
    values = {"registry_id": db.world.neighbour.pk, "number": "CN-ETR-9999999-00"}
    db.copy("account", FROM_HOME, id=db.world.at_home.operator_a, **values)


@attack("account_closed_has_counted_holdings", **PERMITTED)
def counted_while_it_is_open(db):
    _new(db, holdings_at_closing=0)


@attack(
    "account_keeps_its_count_of_holdings",
    trigger="account_keeps_its_count_of_holdings",
    permitted=True,
)
def counted_again(db):
    _set(db, db.world.at_home.buffer, "holdings_at_closing = holdings_at_closing + 1")


@attack("account_stays_closed", **UPDATED)
def reopened(db):
    _set(db, db.world.at_home.buffer, "status = 'open', closed_at = NULL")


@attack("account_keeps_its_identity", **UPDATED)
def terminal_account_becomes_a_trading_account(db):
    _set(db, db.world.at_home.surrender, "kind = 'trading'")


@attack("account_keeps_its_identity", **UPDATED)
def moved_to_another_registry(db):
    _set(db, db.world.at_home.operator_a, "registry_id = %s", db.world.neighbour.pk)


@attack("account_keeps_its_identity", **UPDATED)
def another_number(db):
    _set(db, db.world.at_home.operator_a, "number = 'KR-ETRS-9999999-00'")


@attack("account_keeps_its_identity", **UPDATED)
def another_partner(db):
    _set(db, db.world.at_home.partner, "stands_for_id = %s", db.world.offsets.pk)


UNIT_TYPE = {"trigger": "unittype_keeps_its_registry", "permitted": True}


@attack("unit_type_keeps_its_registry", **UNIT_TYPE)
def unit_type_of_another_registry(db):
    db.execute(
        "UPDATE registry_unittype SET registry_id = %s WHERE id = %s",
        db.world.neighbour.pk,
        db.world.kau.pk,
    )


@attack("unit_type_keeps_its_registry", **UNIT_TYPE)
def allowance_that_becomes_a_credit(db):
    db.execute("UPDATE registry_unittype SET kind = 'credit' WHERE id = %s", db.world.kau.pk)


@attack("unit_type_keeps_its_registry", **UNIT_TYPE)
def unit_type_under_another_code(db):
    db.execute("UPDATE registry_unittype SET code = 'KAV' WHERE id = %s", db.world.kau.pk)


@attack("registry_keeps_its_identity", trigger="registry_keeps_its_identity", permitted=True)
def registry_that_is_hosted_elsewhere_from_now_on(db):
    db.execute("UPDATE registry_registry SET hosted = false WHERE id = %s", db.world.home.pk)


@attack("unit_type_has_one_issuing_registry")
def unit_type_of_two_registries(db):
    db.execute("ALTER TABLE registry_unittype DROP CONSTRAINT registry_unittype_pkey CASCADE")
    db.copy("unittype", f"id = {db.world.kau.pk}", id=db.world.kau.pk, code="KAU-2")


@attack("jurisdiction_inside_a_party_has_a_parent", **PERMITTED)
def place_in_no_country(db):
    db.copy("jurisdiction", "code = 'KR'", code="KR-11", level="subnational")


@attack("jurisdiction_inside_a_party_has_a_parent", **PERMITTED)
def country_in_a_country(db):
    parent = db.world.home.jurisdiction_id
    db.copy("jurisdiction", "code = 'KR'", code="XX", parent_id=parent)


@attack("role_assignment_role_is_known", **PERMITTED)
def unknown_role(db):
    db.copy("roleassignment", "true", role="emperor")


@attack("role_assignment_is_given_once", **PERMITTED)
def role_given_twice_everywhere(db):
    db.copy("roleassignment", "registry_id IS NULL")
