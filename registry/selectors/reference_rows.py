"""Rows of reference data as PostgreSQL writes them as JSON, and whether they change by approval."""

import json

from django.db import connection
from django.utils import timezone

from registry import canonical
from registry.reference_tables import Table


def record(table: Table, pk) -> dict | None:
    """A row as PostgreSQL writes it as JSON, or None."""
    name = connection.ops.quote_name(table.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t)::text FROM {name} t WHERE id = %s", [pk])  # noqa: S608
        row = cursor.fetchone()
    return json.loads(row[0]) if row else None


def record_of(table: Table, instance) -> dict:
    """The record that a row of these values would be; without its id if it has none."""
    name = connection.ops.quote_name(table.model._meta.db_table)
    columns = {
        field.column: _json(getattr(instance, field.attname))
        for field in table.model._meta.concrete_fields
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_jsonb(jsonb_populate_record(NULL::{name}, %s::jsonb))::text",
            [json.dumps(columns)],
        )
        found = json.loads(cursor.fetchone()[0])
    if found["id"] is None:
        del found["id"]
    return found


def is_governed() -> bool:
    """Whether rows change by approval by now, because two system administrators are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT governed_since IS NOT NULL FROM registry_reference")
        return cursor.fetchone()[0]


def _json(value):
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    if hasattr(value, "tzinfo") and hasattr(value, "date"):
        return canonical.instant(value if value.tzinfo else timezone.make_aware(value))
    return value.isoformat() if hasattr(value, "isoformat") else value
