"""The keys that programs act with: secrets, and keys that sign each request."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry import api_keys, permissions
from registry.errors import Conflict, Failure, InvalidInput, NotFound
from registry.keys import algorithms, jwk
from registry.models import ApiKey, Person, Role, Scope, SecurityEvent
from registry.selectors.keys import visible

from .security_events import record

MANAGERS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SYSTEM})
ALL_SCOPES = tuple(Scope.values)
# A key is used thousands of times a minute; when it was used last is worth one write an hour.
NOTED_EVERY = timedelta(hours=1)
LONGEST_OVERLAP = timedelta(days=30)


@dataclass(frozen=True)
class IssuedKey:
    """A key with its text, which can not be shown a second time; a signing key has none."""

    api_key: ApiKey
    text: str | None = field(repr=False)


@dataclass(frozen=True)
class Rights:
    """What a key may be used for, from where, and until when."""

    scopes: tuple = ALL_SCOPES
    networks: tuple = ()
    expires_at: datetime | None = None


def issue_key(*, actor, person_id, label, at, rights=None) -> IssuedKey:
    """A new secret of a person, with the text that is shown only now.

    Raises: NotPermitted, NotFound, InvalidInput.
    """
    rights = rights or Rights()
    _require_manager(actor, person_id, rights, at)
    with transaction.atomic():
        return _told(actor, _issue(person_id, label, at, rights))


def register_key(*, actor, person_id, label, public_key: bytes, at, rights=None) -> IssuedKey:
    """Takes in the public half of a key that a person signs requests with (Ed25519, 32 bytes).

    Raises: NotPermitted, NotFound, InvalidInput, Conflict (KEY_REGISTERED).
    """
    rights = rights or Rights()
    _require_manager(actor, person_id, rights, at)
    with transaction.atomic():
        return _told(actor, _register(person_id, label, public_key, at, rights))


def rotate_key(*, actor, key_id, at, overlap=timedelta(days=1), public_key=None) -> IssuedKey:
    """A new key with the rights of an old one, which ends after the overlap.

    A person rotates their own keys; a new signing key comes with its public half.

    Raises: NotPermitted, NotFound, InvalidInput, Conflict.
    """
    old = find_key(actor, key_id)
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise _wrong(
            "OVERLAP_TOO_LONG",
            _("Two keys are not in force together for so long."),
            _("Choose at most 30 days."),
            "overlap_s",
        )
    if (old.public_key is None) != (public_key is None):
        raise _wrong(
            "KEY_KIND_DIFFERS",
            _("A secret is replaced by a secret, a signing key by a signing key."),
            _("Give the new public key for a signing key, and only for one."),
            "public_key",
        )
    if old.revoked_at or (old.expires_at and old.expires_at <= at):
        raise Conflict(
            Failure(
                "API_KEY_ENDED",
                _("This API key is not in force any more."),
                _("Make another key instead."),
            )
        )
    rights = Rights(tuple(old.scopes), tuple(old.networks))
    with transaction.atomic():
        if public_key is None:
            issued = _issue(old.person_id, old.label, at, rights, replaces=old)
        else:
            issued = _register(old.person_id, old.label, public_key, at, rights, replaces=old)
        ApiKey.objects.filter(pk=old.pk).filter(
            Q(expires_at=None) | Q(expires_at__gt=at + overlap)
        ).update(expires_at=at + overlap)
        return _told(actor, issued)


@transaction.atomic
def revoke_key(*, actor, key_id, at) -> ApiKey:
    """Ends one key at once; again it changes nothing.   Raises: NotPermitted, NotFound."""
    found = find_key(actor, key_id)
    if ApiKey.objects.filter(pk=found.pk, revoked_at=None).update(revoked_at=at):
        found.revoked_at = at
        _record(actor, found, SecurityEvent.Kind.KEY_REVOKED)
    return found


def find_key(actor, key_id) -> ApiKey:
    """A key of the actor's own, or any for those who manage keys.

    Raises: NotPermitted, NotFound (UNKNOWN_API_KEY).
    """
    found = visible(actor, managers=MANAGERS).filter(pk=key_id).first()
    if found is None:
        raise NotFound(
            Failure("UNKNOWN_API_KEY", _("There is no such API key."), _("See the list of keys."))
        )
    return found


def note_use(*, api_key, at) -> None:
    """Keeps when the key was used last, to within an hour."""
    if api_key.last_used_at is None or at - api_key.last_used_at > NOTED_EVERY:
        ApiKey.objects.filter(pk=api_key.pk).filter(
            Q(last_used_at=None) | Q(last_used_at__lt=at - NOTED_EVERY)
        ).update(last_used_at=at)


def _told(actor, issued):
    _record(actor, issued.api_key, SecurityEvent.Kind.KEY_MADE)
    return issued


def _record(actor, key, kind):
    record(person_id=key.person_id, kind=kind, actor=actor, label=key.label, prefix=key.prefix)


def _issue(person_id, label, at, rights, replaces=None):
    made = api_keys.make()
    row = _row(person_id, label, at, rights, replaces)
    row.prefix, row.digest = made.prefix, made.digest
    row.save(force_insert=True)
    return IssuedKey(row, made.text)


def _register(person_id, label, public_key, at, rights, replaces=None):
    row = _row(person_id, label, at, rights, replaces)
    row.prefix = jwk.thumbprint(algorithms.ED25519, public_key)
    row.digest, row.public_key = hashlib.sha256(public_key).digest(), public_key
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            Failure(
                "KEY_REGISTERED",
                _("This public key is registered already."),
                _("Make a new pair of keys; a key belongs to one person for ever."),
            )
        ) from error
    return IssuedKey(row, None)


def _row(person_id, label, at, rights, replaces):
    return ApiKey(
        person_id=person_id,
        label=label,
        scopes=list(rights.scopes),
        networks=list(rights.networks),
        created_at=at,
        expires_at=rights.expires_at,
        replaces=replaces,
    )


def _require_manager(actor, person_id, rights, at):
    permissions.require_role(actor, MANAGERS, None)
    if not Person.objects.filter(pk=person_id).exists():
        raise NotFound(
            Failure(
                "UNKNOWN_PERSON",
                _("There is no such person."),
                _("Check the person's number."),
                data={"person": str(person_id)},
            )
        )
    failures = []
    if set(rights.scopes) - set(ALL_SCOPES):
        failures.append(
            (
                "UNKNOWN_SCOPE",
                _("There is no such scope."),
                _("Scopes are read, propose, approve and manage."),
                "scopes",
            )
        )
    if not all(map(_is_network, rights.networks)):
        failures.append(
            (
                "NOT_A_NETWORK",
                _("This is not a network of addresses."),
                _("Write it as 192.0.2.0/24 or 2001:db8::/32."),
                "networks",
            )
        )
    if rights.expires_at is not None and rights.expires_at <= at:
        failures.append(
            (
                "EXPIRY_IN_THE_PAST",
                _("The key would have expired already."),
                _("Choose a later instant."),
                "expires_at",
            )
        )
    if failures:
        raise InvalidInput(*(_failure(*failure) for failure in failures))


def _is_network(text):
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _wrong(*args):
    return InvalidInput(_failure(*args))


def _failure(code, message, hint, field_name):
    return Failure(code, message, hint, data={"pointer": f"/{field_name}"})
