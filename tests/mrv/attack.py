"""How rows are attacked: in raw SQL, as the application's role."""

from django.db import connection


def register(attacks):
    """A decorator that keeps an attack (a function of the cast) under the name that refuses it."""

    def attack(name):
        def keep(function):
            attacks[name] = function
            return function

        return keep

    return attack


def execute(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def copied(table, **values):
    """A row like the first one, with changes to SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attname <> 'id' AND attgenerated = ''",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
    chosen = [values.get(name, f'"{name}"') for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    execute(
        f"INSERT INTO {table} ({columns}) SELECT {', '.join(chosen)} FROM {table}"
        " ORDER BY id LIMIT 1"
    )
