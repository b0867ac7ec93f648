"""The statements that write the log of who has read what: a row for each, and old rows away."""

from django.db import connection, connections

INSERT = """
    INSERT INTO registry_reading (
        at, person_id, api_key_id, face, route, parameters, filters, registries, count, status)
    VALUES (
        statement_timestamp(), %s, %s, %s, %s, %s::jsonb, %s::text[],
        ARRAY(SELECT DISTINCT id FROM ({registries}) AS found (id) WHERE id IS NOT NULL ORDER BY 1),
        %s, %s)
"""
DELETE = """
    DELETE FROM registry_reading WHERE id IN (
        SELECT id FROM registry_reading WHERE at < %s ORDER BY id LIMIT %s)
"""


def write_reading(asked: list, registries: str, found: list, answered: list) -> None:
    """One statement. `registries` is a query of one column, the ids of registries, that takes the
    values `found`; the other values are those of the columns before it and after it."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(registries=registries), [*asked, *found, *answered])


def delete_readings(*, before, most: int, using: str) -> int:
    """Deletes as many of the oldest readings of before a moment, and says how many those were."""
    with connections[using].cursor() as cursor:
        cursor.execute(DELETE, [before, most])
        return cursor.rowcount
