"""Raw SQL against what the database holds of operators and verifiers."""

from tests.mrv.attack import copied, execute, register

ATTACKS = {}
attack = register(ATTACKS)
TABLES = ("operator", "installation", "verifier", "accreditation", "verifiermember")
CONFLICT = (
    "INSERT INTO mrv_conflictofinterest (verifier_id, holder_id, kind, note, valid_from, valid_to,"
    " declared_by_id) SELECT v.id, o.holder_id, 'ownership', '', '2026-01-01', {to},"
    " (SELECT min(id) FROM registry_person) FROM mrv_verifier v, mrv_operator o"
)


def forbidden(statement, table):
    def run(cast):
        if table == "conflictofinterest":
            execute(CONFLICT.format(to="NULL"))
        execute(statement.format(f"mrv_{table}"))

    return run


for table in (*TABLES, "conflictofinterest"):
    ATTACKS[f"mrv_{table}_is_append_only"] = forbidden("DELETE FROM {}", table)


@attack("operator_is_covered_once")
def covered_twice(cast):
    copied("mrv_operator")


@attack("operator_is_covered_for_a_time")
def covered_backwards(cast):
    execute("UPDATE mrv_operator SET covered_to = '2019-01-01'")


@attack("operator_keeps_its_identity")
def another_holder(cast):
    execute("UPDATE mrv_operator SET holder_id = %s", cast.world.holder_b.pk)


@attack("installation_code_can_be_printed")
def small_letters(cast):
    copied("mrv_installation", code="'kr-1'")


@attack("installation_operates_for_a_time")
def closed_before_it_began(cast):
    execute("UPDATE mrv_installation SET closed_on = '2014-01-01'")


@attack("installation_keeps_its_identity")
def another_sector(cast):
    execute("UPDATE mrv_installation SET sector = 'steel'")


@attack("verifier_code_can_be_printed")
def spaces(cast):
    copied("mrv_verifier", code="'V 1'")


@attack("verifier_keeps_its_identity")
def another_code(cast):
    execute("UPDATE mrv_verifier SET code = 'V-2'")


@attack("accreditation_is_valid_for_a_time")
def valid_backwards(cast):
    copied("mrv_accreditation", valid_to="'2020-01-01'")


@attack("accreditation_names_a_sector")
def for_nothing(cast):
    copied("mrv_accreditation", sectors="'{}'")


@attack("accreditation_is_suspended_for_a_reason")
def suspended_without_one(cast):
    execute("UPDATE mrv_accreditation SET suspended_on = '2026-01-01'")


@attack("accreditation_is_only_suspended")
def prolonged(cast):
    execute("UPDATE mrv_accreditation SET valid_to = '2040-01-01'")


@attack("verifier_member_is_one_at_a_time")
def member_twice(cast):
    copied("mrv_verifiermember")


@attack("verifier_member_belongs_for_a_time")
def left_before_coming(cast):
    copied("mrv_verifiermember", valid_to="'2020-01-01'")


@attack("verifier_member_is_only_ended")
def member_earlier(cast):
    execute("UPDATE mrv_verifiermember SET valid_from = '2020-01-01'")


@attack("conflict_of_interest_stands_for_a_time")
def conflict_backwards(cast):
    execute(CONFLICT.format(to="'2020-01-01'"))


@attack("conflict_of_interest_is_only_ended")
def conflict_ended_twice(cast):
    execute(CONFLICT.format(to="'2026-02-01'"))
    execute("UPDATE mrv_conflictofinterest SET valid_to = '2026-01-02'")
