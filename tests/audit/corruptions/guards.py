"""Guards taken away, switched off or hollowed out, and rights that nobody should have."""

from config.embedded.postgresql import APPLICATION, OWNER
from tests.audit.corruption import corruption


@corruption("CONSTRAINTS_IN_PLACE", "missing")
def exclusion_is_dropped(hand):
    hand.run("ALTER TABLE registry_issuance DROP CONSTRAINT issuance_serials_are_issued_once")
    return "pg_constraint", "issuance_serials_are_issued_once"


@corruption("CONSTRAINTS_IN_PLACE", "missing")
def unique_index_is_dropped(hand):
    hand.run("DROP INDEX holding_open_starts_once")
    return "pg_constraint", "holding_open_starts_once"


@corruption("CONSTRAINTS_IN_PLACE", "not_in_force")
def constraint_is_not_validated(hand):
    name = "issuance_is_posted"
    hand.run(
        f"ALTER TABLE registry_issuance DROP CONSTRAINT {name}, ADD CONSTRAINT {name} FOREIGN KEY"
        " (posting_id) REFERENCES registry_posting (id) NOT VALID"
    )
    return "pg_constraint", name


@corruption("CONSTRAINTS_IN_PLACE", "other_kind")
def exclusion_becomes_a_check(hand):
    name = "issuance_serials_are_issued_once"
    hand.run(
        f"ALTER TABLE registry_issuance DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK (true)"
    )
    return "pg_constraint", name


@corruption("CONSTRAINTS_IN_PLACE", "switched_off", superuser=True)
def foreign_keys_are_switched_off(hand):
    hand.run("ALTER TABLE registry_use DISABLE TRIGGER ALL")
    return "pg_constraint", "use_is_posted"


@corruption("CONSTRAINTS_IN_PLACE", "index", superuser=True)
def index_is_invalid(hand):
    name = "holding_open_starts_once"
    hand.run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", name)
    return "pg_index", name


@corruption("TRIGGERS_IN_PLACE", "missing")
def trigger_is_dropped(hand):
    hand.run("DROP TRIGGER posting_is_checked ON registry_posting")
    return "pg_trigger", "posting_is_checked"


@corruption("TRIGGERS_IN_PLACE", "not_always")
def trigger_is_disabled(hand):
    hand.run("ALTER TABLE registry_holding DISABLE TRIGGER holding_is_closed_once")
    return "pg_trigger", "holding_is_closed_once"


@corruption("TRIGGERS_IN_PLACE", "not_always")
def trigger_is_off_under_replica(hand):
    hand.run("ALTER TABLE registry_holding ENABLE TRIGGER holding_is_closed_once")
    return "pg_trigger", "holding_is_closed_once"


@corruption("TRIGGERS_IN_PLACE", "unknown")
def trigger_swallows_rows(hand):
    hand.run(
        "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    )
    hand.run(
        "CREATE TRIGGER swallow BEFORE INSERT ON registry_approval FOR EACH ROW"
        " EXECUTE FUNCTION swallow()"
    )
    return "pg_trigger", "swallow"


@corruption("TRIGGERS_IN_PLACE", "differs")
def trigger_never_matches(hand):
    hand.run(
        "CREATE OR REPLACE TRIGGER posting_is_checked AFTER INSERT ON registry_posting"
        " FOR EACH ROW WHEN (false) EXECUTE FUNCTION registry_posting_written()"
    )
    hand.run("ALTER TABLE registry_posting ENABLE ALWAYS TRIGGER posting_is_checked")
    return "pg_trigger", "posting_is_checked"


@corruption("TRIGGERS_IN_PLACE", "differs")
def trigger_protects_other_columns(hand):
    hand.run(
        "CREATE OR REPLACE TRIGGER unittype_keeps_its_registry BEFORE UPDATE ON registry_unittype"
        " FOR EACH ROW EXECUTE FUNCTION registry_identity_is_fixed('unit_type_keeps_its_registry')"
    )
    hand.run("ALTER TABLE registry_unittype ENABLE ALWAYS TRIGGER unittype_keeps_its_registry")
    return "pg_trigger", "unittype_keeps_its_registry"


@corruption("FUNCTIONS_AS_RELEASED", "differs")
def guard_is_hollowed_out(hand):
    hand.run(
        "CREATE OR REPLACE FUNCTION registry_posting_written() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'"
    )
    return "pg_proc", "registry_posting_written"


@corruption("FUNCTIONS_AS_RELEASED", "missing")
def function_is_renamed(hand):
    hand.run("ALTER FUNCTION registry_sequence RENAME TO sequence_of_old")
    return "pg_proc", "registry_sequence"


@corruption("FUNCTIONS_AS_RELEASED", "unknown")
def back_door(hand):
    hand.run(
        "CREATE FUNCTION gift() RETURNS void LANGUAGE sql SECURITY DEFINER AS"
        " 'UPDATE registry_account SET holding_limit = NULL'"
    )
    return "pg_proc", "gift"


@corruption("FUNCTIONS_AS_RELEASED", "search_path")
def gate_looks_for_names_anywhere(hand):
    hand.run("ALTER FUNCTION registry_submit RESET search_path")
    return "pg_proc", "registry_submit"


@corruption("TABLES_ARE_PLAIN", "not_logged")
def table_does_not_survive_a_crash(hand):
    hand.run("ALTER TABLE registry_fact SET UNLOGGED")
    return "pg_class", "registry_fact"


@corruption("TABLES_ARE_PLAIN", "hides_rows")
def table_hides_rows(hand):
    hand.run("ALTER TABLE registry_holding ENABLE ROW LEVEL SECURITY")
    return "pg_class", "registry_holding"


@corruption("TABLES_ARE_PLAIN", "rewritten")
def table_is_rewritten(hand):
    hand.run("CREATE RULE quiet AS ON DELETE TO registry_mark DO INSTEAD NOTHING")
    return "pg_class", "registry_mark"


@corruption("TABLES_ARE_PLAIN", "has_children")
def table_has_children(hand):
    hand.run("CREATE TABLE child () INHERITS (registry_mark)")
    return "pg_class", "registry_mark"


@corruption("TABLES_ARE_PLAIN", "missing")
def table_is_missing(hand):
    hand.run("DROP TABLE registry_fact")
    return "pg_class", "registry_fact"


@corruption("TABLES_ARE_PLAIN", "not_a_table")
def view_takes_the_place_of_a_table(hand):
    hand.run("ALTER TABLE registry_fact RENAME TO fact_of_old")
    hand.run("CREATE VIEW registry_fact AS SELECT * FROM fact_of_old")
    return "pg_class", "registry_fact"


@corruption("ROLE_HAS_NO_MORE_RIGHTS", "table")
def application_writes_holdings(hand):
    hand.run(f"GRANT UPDATE ON registry_holding TO {APPLICATION}")
    return "pg_class", "registry_holding"


@corruption("ROLE_HAS_NO_MORE_RIGHTS", "table")
def application_writes_one_column(hand):
    hand.run(f"GRANT UPDATE (status) ON registry_transaction TO {APPLICATION}")
    return "pg_class", "registry_transaction"


@corruption("ROLE_HAS_NO_MORE_RIGHTS", "table")
def everybody_truncates(hand):
    hand.run("GRANT TRUNCATE ON registry_use TO PUBLIC")
    return "pg_class", "registry_use"


@corruption("ROLE_HAS_NO_MORE_RIGHTS", "sequence")
def application_sets_a_sequence(hand):
    hand.run(f"GRANT UPDATE ON SEQUENCE registry_posting_id_seq TO {APPLICATION}")
    return "pg_class", "registry_posting_id_seq"


@corruption("ROLE_HAS_NO_MORE_RIGHTS", "function")
def application_writes_moves(hand):
    hand.run(f"GRANT EXECUTE ON FUNCTION registry_write_moves TO {APPLICATION}")
    return "pg_proc", "registry_write_moves"


@corruption("ROLE_HAS_NO_MORE_RIGHTS", "makes")
def application_makes_tables(hand):
    hand.run(f"GRANT CREATE ON SCHEMA public TO {APPLICATION}")
    return "pg_namespace", "public"


@corruption("ROLE_HAS_NO_MORE_RIGHTS", "owns", superuser=True)
def application_owns_a_table(hand):
    hand.run(f"ALTER TABLE registry_holding OWNER TO {APPLICATION}")
    return "pg_shdepend", "table registry_holding"


@corruption("ROLE_HAS_NO_MORE_RIGHTS", "attribute", superuser=True)
def application_makes_roles(hand):
    hand.run(f"ALTER ROLE {APPLICATION} CREATEROLE")
    return "pg_roles", APPLICATION


@corruption("ROLE_HAS_NO_MORE_RIGHTS", "member", superuser=True)
def application_acts_as_the_owner(hand):
    hand.run(f"GRANT {OWNER} TO {APPLICATION} WITH INHERIT FALSE")
    return "pg_roles", APPLICATION


@corruption("ROLE_HAS_NO_MORE_RIGHTS", "setting", superuser=True)
def sessions_start_without_foreign_keys(hand):
    setting = "session_replication_role=replica"
    hand.run(f"ALTER ROLE {APPLICATION} SET session_replication_role = replica")
    return "pg_db_role_setting", setting


@corruption("ROLE_HAS_NO_MORE_RIGHTS", "no_role", superuser=True)
def role_is_renamed(hand):
    hand.run(f"ALTER ROLE {APPLICATION} RENAME TO somebody")
    return "pg_roles", APPLICATION
