"""What the database itself holds of agreements and edges, attacked in raw SQL."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from linking.models import AgreementParty
from linking.services.change_edge import terminate
from tests.linking import (
    external_attacks,
    onward_attacks,
    peer_attacks,
    promise_attacks,
    reconciliation_attacks,
    transfer_attacks,
)

ATTACKS = {
    **transfer_attacks.ATTACKS,
    **external_attacks.ATTACKS,
    **reconciliation_attacks.ATTACKS,
    **peer_attacks.ATTACKS,
    **promise_attacks.ATTACKS,
    **onward_attacks.ATTACKS,
}


def attack(name):
    def keep(function):
        ATTACKS[name] = function
        return function

    return keep


def execute(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def change(**values):
    row = {
        "agreement_id": "(SELECT id FROM linking_agreement)",
        "edge_id": "'CN>KR'",
        "at": "now() + interval '10 years'",
        "state": "'suspended'",
        "cause": "'manual'",
        "by_id": "(SELECT p.id FROM linking_agreementparty p JOIN registry_jurisdiction j"
        " ON j.id = p.jurisdiction_id WHERE j.code = 'KR')",
        "person_id": "(SELECT min(id) FROM registry_person)",
        "reason": "''",
        **values,
    }
    execute(f"INSERT INTO linking_edgechange ({', '.join(row)}) VALUES ({', '.join(row.values())})")


def copied(table, **values):
    """A row like the first one, with changes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND column_name <> 'id'",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
    chosen = [values.get(name, name) for name in names]
    execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(chosen)} FROM {table}"
        " ORDER BY id LIMIT 1"
    )


VERSION = "linking_agreementversion"
PROPOSED = "status = 'proposed'"


@attack("agreement_in_force_is_signed_by_all")
def unsigned(table):
    table.propose("KR", title="Another")
    execute(f"UPDATE {VERSION} SET status = 'replaced' WHERE status = 'in_force'")
    execute(f"UPDATE {VERSION} SET status = 'in_force', in_force_at = now() WHERE {PROPOSED}")


@attack("agreement_version_keeps_what_it_says")
def rewritten(table):
    execute(f"UPDATE {VERSION} SET canonical = '{{}}', digest = sha256('{{}}')")


@attack("agreement_version_states_follow_the_table")
def reopened(table):
    execute(f"UPDATE {VERSION} SET status = 'proposed', in_force_at = in_force_at")


@attack("agreement_version_begins_as_a_proposal")
def born_in_force(table):
    copied(VERSION, number="9")


@attack("agreement_version_is_proposed_by_a_party")
def proposed_by_nobody(table):
    copied(VERSION, number="9", status="'proposed'", in_force_at="NULL", proposed_by_id="0")


@attack("agreement_version_digest_is_of_its_text")
def digest_of_another_text(table):
    copied(VERSION, number="9", status="'proposed'", in_force_at="NULL", digest="sha256('x')")


@attack("agreement_version_number_is_one")
def number_again(table):
    copied(VERSION, status="'proposed'", in_force_at="NULL")


@attack("agreement_version_number_counts_from_one")
def number_zero(table):
    copied(VERSION, number="0", status="'proposed'", in_force_at="NULL")


@attack("agreement_version_in_force_has_a_time")
def proposal_with_a_time(table):
    copied(VERSION, number="9", status="'proposed'")


@attack("agreement_has_one_version_in_force")
def two_in_force(table):
    version = table.propose("KR", title="Another")
    execute("UPDATE linking_agreementversion SET status = status")
    table.sign("KR", version)
    execute(
        "INSERT INTO linking_versionsignature (version_id, party_id, person_id, key_id, signature,"
        " signed_at) SELECT %s, party_id, person_id, key_id, signature, signed_at"
        " FROM linking_versionsignature s JOIN linking_agreementparty p ON p.id = s.party_id"
        " JOIN registry_jurisdiction j ON j.id = p.jurisdiction_id"
        " WHERE j.code = 'CN' AND version_id <> %s",
        version.pk,
        version.pk,
    )
    execute(f"UPDATE {VERSION} SET status = 'in_force', in_force_at = now() WHERE {PROPOSED}")


@attack("agreement_signature_is_of_a_proposal")
def signed_late(table):
    copied("linking_versionsignature")


@attack("agreement_signature_is_by_a_party")
def signed_by_nobody(table):
    version = table.propose("KR", title="Another")
    copied("linking_versionsignature", version_id=str(version.pk), party_id="0")


@attack("agreement_version_is_signed_once_by_a_party")
def signed_twice(table):
    version = table.propose("KR", title="Another")
    for _time in range(2):
        copied("linking_versionsignature", version_id=str(version.pk))


REJECTED = (
    "INSERT INTO linking_versionrejection (version_id, party_id, person_id, reason, at)"
    f" SELECT id, {{party}}, (SELECT min(id) FROM registry_person), 'no', now() FROM {VERSION}"
    " WHERE status = '{status}'"
)


@attack("agreement_rejection_is_of_a_proposal")
def rejected_in_force(table):
    execute(REJECTED.format(party="proposed_by_id", status="in_force"))


@attack("agreement_rejection_is_by_a_party")
def rejected_by_nobody(table):
    table.propose("KR", title="Another")
    execute(REJECTED.format(party="0", status="proposed"))


@attack("agreement_signature_has_its_length")
def short_signature(table):
    version = table.propose("KR", title="Another")
    copied("linking_versionsignature", version_id=str(version.pk), signature="'x'::bytea")


@attack("agreement_parties_come_first")
def third_party(table):
    copied("linking_agreementparty", jurisdiction_id="0")


@attack("agreement_party_is_one")
def party_twice(table):
    copied("linking_agreement", code="'X'")
    for _time in range(2):
        copied(
            "linking_agreementparty",
            agreement_id="(SELECT id FROM linking_agreement WHERE code = 'X')",
        )


@attack("agreement_code_can_be_printed")
def odd_code(table):
    copied("linking_agreement", code="'a b'")


@attack("edge_changes_by_its_acceptor")
def suspended_by_the_source(table):
    change(edge_id="'KR>CN'")


@attack("edge_changes_while_in_force")
def change_of_no_edge(table):
    change(edge_id="'X'")


@attack("edge_changes_follow_the_table")
def resumed_while_open(table):
    change(state="'active'")


@attack("edge_changes_once_at_an_instant")
def twice_at_one_instant(table):
    change()
    change(state="'active'")


@attack("edge_state_is_known")
def unknown_state(table):
    change(state="'open'")


@attack("edge_is_one_in_its_version")
def edge_twice(table):
    copied("linking_linkedge")


@attack("edge_joins_two_jurisdictions")
def edge_to_itself(table):
    copied("linking_linkedge", edge_id="'X'", source_id="acceptor_id")


@attack("phase_begins_once")
def phase_twice(table):
    for _time in range(2):
        execute(
            "INSERT INTO linking_phasestart (agreement_id, edge_id, n, at, index)"
            " SELECT id, 'CN>KR', 1, now(), '1' FROM linking_agreement"
        )


SCORE = (
    "INSERT INTO linking_readinessscore (one_id, other_id, criterion, score, assessor, evidence,"
    " \"on\", recorded_by_id) SELECT {one}, {other}, 'C01', {score}, 'a', '', '2026-01-01',"
    " (SELECT min(id) FROM registry_person)"
)
ONE = "(SELECT min(id) FROM registry_jurisdiction)"
OTHER = "(SELECT max(id) FROM registry_jurisdiction)"


@attack("readiness_score_is_in_range")
def score_of_four(table):
    execute(SCORE.format(one=ONE, other=OTHER, score=4))


@attack("readiness_is_of_a_pair")
def score_of_one(table):
    execute(SCORE.format(one=ONE, other=ONE, score=3))


@attack("readiness_is_scored_once_a_day")
def score_twice(table):
    for _time in range(2):
        execute(SCORE.format(one=ONE, other=OTHER, score=3))


USED = (
    "INSERT INTO linking_unitsused (edge_id, factor, entity_id, period, units)"
    " SELECT 'X', '1/1', min(id), '2026', {units} FROM registry_accountholder"
)


@attack("units_used_are_not_negative")
def negative_units(table):
    execute(USED.format(units=-1))


@attack("units_used_are_one_sum")
def two_sums(table):
    for _time in range(2):
        execute(USED.format(units=1))


CARRIED = (
    'INSERT INTO linking_carriedforward (pool, closed, opened, scale, "left", carried, at)'
    " VALUES ('X', '2026', {opened}, 1, 5, {carried}, now())"
)


@attack("carried_forward_is_of_what_was_left")
def more_carried_than_was_left(table):
    execute(CARRIED.format(opened="'2027'", carried=6))


@attack("carried_forward_to_another_period")
def carried_into_the_same_period(table):
    execute(CARRIED.format(opened="'2026'", carried=5))


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses(name, table):
    """By the name of the rule, whatever the code would have said."""
    table.enact()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        ATTACKS[name](table)
    assert caught.value.__cause__.diag.constraint_name == name


@pytest.mark.django_db
def test_every_table_keeps_its_rows():
    """Each has a guard against changes, one against emptying, and all of them always fire."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'linking\\_%%'"
        )
        found = cursor.fetchall()
    assert {enabled for _table, _name, enabled in found} == {"A"}
    names = {name for _table, name, _enabled in found}
    for model in apps.get_app_config("linking").get_models():
        table = model._meta.db_table
        assert {f"{table}_is_append_only", f"{table}_is_never_truncated"} <= names


@pytest.mark.parametrize(
    ("table_name", "statement"),
    [
        (name, statement)
        for name in ("agreement", "agreementparty", "versionsignature", "linkedge", "edgechange")
        for statement in ("UPDATE linking_{} SET id = id", "DELETE FROM linking_{}")
    ],
)
def test_written_rows_stay(table, table_name, statement):
    """Neither changed nor deleted."""
    table.enact()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        execute(statement.format(table_name))
    refused_by = caught.value.__cause__.diag.constraint_name
    assert refused_by == f"linking_{table_name}_is_append_only"


@pytest.mark.django_db
def test_every_named_rule_is_attacked():
    """Constraints, unique indexes, and what the functions of triggers refuse by."""
    import re

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid::regclass::text LIKE 'linking\\_%%'"
            " AND contype <> 'n' UNION SELECT indexrelid::regclass::text FROM pg_index"
            " WHERE indisunique AND indrelid::regclass::text LIKE 'linking\\_%%'"
        )
        names = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname LIKE 'linking\\_%%'")
        for (body,) in cursor.fetchall():
            names |= set(re.findall(r"refuse\(\s*'(\w+)'", body))
    named = {name for name in names if not re.search(r"_fk_|_pkey$|_key$|_uniq$|_check$", name)}
    assert named - set(ATTACKS) == set()


def test_notice_is_written_before_it_holds(table):
    """A termination may be in the future, and nothing follows it."""
    table.enact()
    terminate(actor=table.korea, agreement="KR-CN", party="KR", at=table.world.at)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        change(at="now() + interval '20 years'", state="'active'")
    assert caught.value.__cause__.diag.constraint_name == "edge_changes_follow_the_table"
    assert AgreementParty.objects.count() == 2
    assert table.world.at + timedelta(days=30) > table.world.at
