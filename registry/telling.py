"""The statements by which persons are told: notices and their mails, written and leased at once.

A notice and its mail are one statement, and a lease is another: whatever happens to the process,
both are there or neither is, and two workers never have the same mail at the same time.
"""

from django.db import connection

WRITE = """
WITH told AS (
    INSERT INTO registry_notice (person_id, kind, key, subject, data, at)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::jsonb[],
        %s::timestamptz[])
    ON CONFLICT (person_id, key) DO NOTHING
    RETURNING id, person_id, data),
mailed AS (
    INSERT INTO registry_noticemail (notice_id, person_id, attempts, next_attempt_at, problem)
    SELECT t.id, t.person_id, 0, %s, '' FROM told t JOIN registry_person p ON p.id = t.person_id
    WHERE %s AND p.is_active
        AND (p.mail_notices AND p.email <> '' OR t.data ->> 'before' <> ''))
SELECT count(*) FROM told
"""
LEASE = """
UPDATE registry_noticemail SET next_attempt_at = %(until)s, attempts = attempts + 1
WHERE sent_at IS NULL AND next_attempt_at <= %(at)s AND id IN (
    SELECT id FROM registry_noticemail
    WHERE person_id = %(person)s AND sent_at IS NULL AND next_attempt_at <= %(at)s
    ORDER BY id LIMIT %(most)s)
RETURNING id
"""
# What is visible now, and which transactions have not ended yet.
HEAD = """
SELECT coalesce(max(id), 0), pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM {table}
"""


def head(model) -> tuple[int, int, int]:
    """The greatest visible number of a table, and the bounds of the transactions under way."""
    table = connection.ops.quote_name(model._meta.db_table)
    return _row(HEAD.format(table=table))


def this_transaction() -> int:
    """The number of the transaction under way, which gets one only now if it had none."""
    (number,) = _row("SELECT pg_current_xact_id()::text::bigint")
    return number


def write(columns, *, at, mail: bool) -> int:
    """Writes notices, given by columns: persons, kinds, keys, subjects, data as JSON, instants.

    With `mail`, those who want mail have it waiting from `at` on. Returns how many were new.
    """
    (count,) = _row(WRITE, [*columns, at, mail])
    return count


def lease(person_id, *, at, until, most) -> list[int]:
    """Takes what is to be mailed to a person now; nobody else takes it before `until`."""
    values = {"person": person_id, "at": at, "until": until, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(LEASE, values)
        return sorted(number for (number,) in cursor.fetchall())


def _row(statement, values=()):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()
