"""Whose key this is."""

import json
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _

from registry import api_keys
from registry.actors import Actor, by_registry
from registry.errors import Failure, NotPermitted
from registry.models import ApiKey, Person

# Every request asks this first: one round trip for the key, its person and the person's roles.
FIND = """
SELECT k.id, k.digest, k.expires_at, k.revoked_at, p.id, p.username, p.is_active, p.display_name,
    (SELECT json_agg(json_build_array(r.registry_id, r.role))::text
     FROM registry_roleassignment r WHERE r.person_id = p.id)
FROM registry_apikey k JOIN registry_person p ON p.id = k.person_id
WHERE k.prefix = %s
"""
# In the order of the models' own fields, as from_db takes them.
PERSON_COLUMNS = ["id", "username", "is_active", "display_name"]

# Compared when no row has the prefix, so that a wrong prefix costs what a wrong secret does.
NOBODY = bytes(32)

REFUSALS = {
    "API_KEY_UNKNOWN": (
        _("There is no such API key."),
        _("Send the whole key: ck_, its prefix, and its secret."),
    ),
    "API_KEY_REVOKED": (
        _("This API key was revoked."),
        _("Ask a system administrator for a new key."),
    ),
    "API_KEY_EXPIRED": (
        _("This API key has expired."),
        _("Ask a system administrator for a new key."),
    ),
    "PERSON_INACTIVE": (
        _("The person of this API key may not act any more."),
        _("Ask a system administrator."),
    ),
}


@dataclass(frozen=True)
class Bearer:
    """Who has a key: the person, the key, and the actor that they are together."""

    person: Person
    api_key: ApiKey
    actor: Actor


def authenticate(text, *, at) -> Bearer:
    """Who has the key with this text; only who has the secret learns its state.

    Raises: NotPermitted (API_KEY_UNKNOWN, API_KEY_REVOKED, API_KEY_EXPIRED, PERSON_INACTIVE).
    """
    prefix = api_keys.prefix(text)
    row = _find(prefix) if prefix is not None else None
    if not api_keys.matches(text, bytes(row[1]) if row else NOBODY):
        raise _refused("API_KEY_UNKNOWN")
    key_id, digest, expires_at, revoked_at, *columns, roles = row
    if revoked_at is not None and revoked_at <= at:
        raise _refused("API_KEY_REVOKED")
    if expires_at is not None and expires_at <= at:
        raise _refused("API_KEY_EXPIRED")
    person = Person.from_db(connection.alias, PERSON_COLUMNS, columns)
    if not person.is_active:
        raise _refused("PERSON_INACTIVE")
    key = ApiKey.from_db(
        connection.alias,
        ["id", "person_id", "prefix", "digest"],
        [key_id, person.pk, prefix, digest],
    )
    return Bearer(person, key, Actor(person.pk, key.pk, by_registry(json.loads(roles or "[]"))))


def _find(prefix):
    with connection.cursor() as cursor:
        cursor.execute(FIND, [prefix])
        return cursor.fetchone()


def _refused(code):
    message, hint = REFUSALS[code]
    return NotPermitted(Failure(code, message, hint))
