"""Whose key this is."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network

from django.utils.translation import gettext_lazy as _

from registry import api_keys, permissions
from registry.actors import Actor, by_registry
from registry.errors import Failure, NotPermitted
from registry.models import ApiKey, Person
from registry.prepared import Prepared, first_rows

from .answers import Answer

# Every request asks this first: one round trip for the key, its person, the person's roles, and
# the answer that the request may have been given before.
FIND = Prepared(
    "api_key",
    ("text", "text", "text"),
    """
SELECT k.id, k.digest, k.public_key, k.scopes, k.networks, k.expires_at, k.revoked_at,
    k.last_used_at, s.fingerprint, s.status, s.headers::text, s.body,
    (SELECT json_agg(json_build_array(r.registry_id, r.role))::text
     FROM registry_roleassignment r WHERE r.person_id = p.id),
    p.id, p.is_active
FROM registry_apikey k JOIN registry_person p ON p.id = k.person_id
LEFT JOIN registry_storedanswer s ON s.person_id = p.id AND s.address = $1 AND s.key = $2
WHERE k.prefix = $3
""",
)

# Compared when no row has the prefix, so that a wrong prefix costs what a wrong secret does.
NOBODY = bytes(32)

REFUSALS = {
    "API_KEY_UNKNOWN": (
        _("There is no such API key."),
        _("Send the whole key (ck_, its prefix, and its secret), or the keyid of a signing key."),
    ),
    "ADDRESS_NOT_ALLOWED": (
        _("This API key is not accepted from this address."),
        _("Send the request from one of the networks that the key was made for."),
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


@dataclass(frozen=True, slots=True)
class Holder:
    """The person of a key, as far as a request asks: one who is who they say they are."""

    pk: int
    is_authenticated: bool = True


@dataclass(frozen=True, slots=True)
class Key:
    """What a request asks of its key. A row of the model would take longer than all the rest."""

    pk: int
    scopes: list
    public_key: bytes | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who has a key: the person, the key, and the actor that they are together.

    `stored` is the answer that the request was given before, or None.
    """

    person: Holder
    api_key: Key
    actor: Actor
    stored: Answer | None = None


@dataclass(frozen=True)
class Asked:
    """From where a request comes, and under which idempotency key at which address, if any."""

    origin: str | None = None
    address: str | None = None
    key: str | None = None


NOTHING = Asked()


def authenticate(text, *, at, asked=NOTHING) -> Bearer:
    """Who has the key with this text; only who has the secret learns its state.

    Raises: NotPermitted (API_KEY_UNKNOWN, API_KEY_REVOKED, API_KEY_EXPIRED, PERSON_INACTIVE,
    ADDRESS_NOT_ALLOWED).
    """
    prefix = api_keys.prefix(text)
    row = _find(prefix, asked) if prefix is not None else None
    if not api_keys.matches(text, bytes(row[1]) if row else NOBODY):
        raise _refused("API_KEY_UNKNOWN")
    return _bearer(row, at, asked)


def signer(key_id, *, at, asked=NOTHING) -> Bearer:
    """Whose signing key this is; the caller verifies the signature by `api_key.public_key`.

    Raises: NotPermitted, as authenticate().
    """
    row = _find(key_id, asked)
    if row is None or row[2] is None:
        raise _refused("API_KEY_UNKNOWN")
    return _bearer(row, at, asked)


def visible(actor, *, managers):
    """The actor's own keys; all for who has a role of the managers everywhere."""
    permissions.require_actor(actor)
    rows = ApiKey.objects.select_related("person")
    return rows if actor.roles_in(None) & managers else rows.filter(person_id=actor.person_id)


def person_named(username) -> int | None:
    """The id of the person with a username, or None."""
    return Person.objects.filter(username=username).values_list("pk", flat=True).first()


def _bearer(row, at, asked):
    key_id, _digest, public_key, scopes, networks, expires_at, revoked_at, last_used_at = row[:8]
    if revoked_at is not None and revoked_at <= at:
        raise _refused("API_KEY_REVOKED")
    if expires_at is not None and expires_at <= at:
        raise _refused("API_KEY_EXPIRED")
    person_id, is_active = row[13:]
    if not is_active:
        raise _refused("PERSON_INACTIVE")
    if networks and not _is_in(asked.origin, tuple(networks)):
        raise _refused("ADDRESS_NOT_ALLOWED")
    public_key = None if public_key is None else bytes(public_key)
    key = Key(key_id, scopes, public_key, last_used_at)
    stored = None
    if row[8] is not None:
        stored = Answer(bytes(row[8]), row[9], json.loads(row[10]), bytes(row[11]))
    roles = by_registry(json.loads(row[12] or "[]"))
    return Bearer(Holder(person_id), key, Actor(person_id, key_id, roles), stored)


def _find(prefix, asked):
    return next(iter(first_rows(FIND, [asked.address, asked.key, prefix])), None)


def _is_in(origin, networks):
    """An address that is not known is in no network."""
    try:
        address = ip_address(origin)
    except ValueError:
        return False
    return any(address in network for network in _parsed(networks))


@lru_cache(maxsize=1000)
def _parsed(networks):
    return [ip_network(text) for text in networks]


def _refused(code):
    message, hint = REFUSALS[code]
    return NotPermitted(Failure(code, message, hint))
