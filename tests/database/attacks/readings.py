"""Attacks on the log of who has read what.

The application's role adds rows, so here the rules alone say which; it changes and deletes none.
"""

from tests.database.attack import attack
from tests.database.attacker import Expression

NOW = {"at": Expression("statement_timestamp()")}
PERMITTED = {"permitted": True}
MOMENT = {"trigger": "reading_is_of_its_moment", "permitted": True}


def _reading(db, **changes):
    return db.copy("reading", "status = 200", **NOW | changes)


@attack("reading_is_by_a_key_or_on_pages", **PERMITTED)
def reading_by_no_key(db):
    _reading(db, face="rest", api_key_id=None)


@attack("reading_is_by_a_key_or_on_pages", **PERMITTED)
def reading_by_an_unknown_face(db):
    _reading(db, face="mail")


@attack("reading_count_is_not_negative", **PERMITTED)
def reading_of_less_than_nothing(db):
    _reading(db, count=-1)


@attack("reading_that_was_refused_shows_nothing", **PERMITTED)
def refusal_that_names_a_registry(db):
    _reading(db, status=403, count=0)


@attack("reading_that_was_refused_shows_nothing", **PERMITTED)
def refusal_that_counts_nothing_known(db):
    _reading(db, status=403, count=None, registries=[])


@attack("reading_is_of_its_moment", **MOMENT)
def reading_of_yesterday(db):
    _reading(db, at=Expression("statement_timestamp() - interval '1 day'"))


@attack("reading_is_of_its_moment", **MOMENT)
def reading_of_tomorrow(db):
    _reading(db, at=Expression("statement_timestamp() + interval '1 day'"))


@attack("reading_is_append_only", trigger="reading_is_append_only")
def reading_by_another_person(db):
    db.execute("UPDATE registry_reading SET person_id = person_id + 1")


@attack("reading_is_kept_for_a_year", trigger="reading_is_kept_for_a_year")
def reading_forgotten_too_early(db):
    db.execute("DELETE FROM registry_reading")


@attack("reading_is_never_truncated", trigger="reading_is_never_truncated")
def readings_truncated(db):
    db.execute("TRUNCATE registry_reading")
