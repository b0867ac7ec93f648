"""What the database itself holds of monitoring and reports, attacked in raw SQL."""

import re
import tomllib

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from mrv.audit.every_rule import EXPECTED
from registry.audit import expected
from tests.mrv import body_attacks, project_attacks, report_attacks

ATTACKS = {**body_attacks.ATTACKS, **report_attacks.ATTACKS}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses(name, cast, keys_dir):
    """By the name of the rule, whatever the code would have said."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        ATTACKS[name](cast)
    assert caught.value.__cause__.diag.constraint_name == name


def query(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


TRIGGERS = (
    "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger"
    " WHERE NOT tgisinternal AND tgrelid::regclass::text ~ '^mrv_'"
)
CONSTRAINTS = (
    "SELECT conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid"
    " WHERE r.relname ~ '^mrv_' AND contype <> 'n'"
    " UNION SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
    " JOIN pg_class r ON r.oid = x.indrelid WHERE x.indisunique AND r.relname ~ '^mrv_'"
)


@pytest.mark.django_db
def test_every_table_keeps_its_rows():
    """Each has a guard against changes, one against emptying, and all of them always fire."""
    found = query(TRIGGERS)
    assert {enabled for _table, _name, enabled in found} == {"A"}
    names = {name for _table, name, _enabled in found}
    for model in apps.get_app_config("mrv").get_models():
        table = model._meta.db_table
        assert {f"{table}_is_append_only", f"{table}_is_never_truncated"} <= names


@pytest.mark.django_db
def test_every_named_rule_is_attacked():
    """Constraints, unique indexes, and what the functions of triggers refuse by."""
    names = {name for (name,) in query(CONSTRAINTS)}
    for (body,) in query("SELECT prosrc FROM pg_proc WHERE proname ~ '^mrv_'"):
        names |= set(re.findall(r"refuse\(\s*'(\w+)'", body))
    named = {name for name in names if not re.search(r"_fk_|_pkey$|_key$|_uniq$|_check$", name)}
    assert named - set(ATTACKS) - set(project_attacks.ATTACKS) == set()


@pytest.mark.django_db
def test_audit_expects_every_guard():
    """Its lists leave no constraint, trigger or table out."""
    lists = tomllib.loads(EXPECTED.read_text())
    names = {name for (name,) in query(CONSTRAINTS)}
    assert names == {name for table in lists["constraints"].values() for name in table}
    names = {name for _table, name, _enabled in query(TRIGGERS)}
    assert names == {name for table in lists["triggers"].values() for name in table}
    tables = query("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^mrv_'")
    assert {name for (name,) in tables} == set(lists["rights"])
    assert set(lists["rights"]) <= set(expected.lists()["rights"])
