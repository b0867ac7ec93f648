"""Keys of the node and of its registries: made, imported, rotated, revoked.

The private half goes to the provider first and the record follows: a record whose key is nowhere
would be worse than a file that no record names.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from registry import permissions, posting, turns
from registry.errors import Conflict, Failure, InvalidInput, NotFound
from registry.keys import jwk, signing
from registry.keys.algorithms import ED25519
from registry.keys.node import node_name
from registry.keys.provider import provider
from registry.lines import text_failure
from registry.models import IssuanceSignature, IssuanceSigner, KeyRecord, Registry, Role

from . import sign_issuances
from .accounts import hosted_registry
from .people import system_actor

MANAGERS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SYSTEM})
OF_THE_NODE = (KeyRecord.Purpose.LOG, KeyRecord.Purpose.RECEIPT, KeyRecord.Purpose.MESSAGE)
# Between the decision to rotate and its effect: a process that has looked up the old key signs
# with it within this time, however the clocks of the hosts differ.
LEAD = timedelta(seconds=60)
LONGEST_REASON = 300
TURN = "registry_signing_keys"


def ensure_keys(*, at) -> list[KeyRecord]:
    """Makes the keys that the node and its registries lack; the records that are new.

    It can be called by any number of processes at any time; a key that ended or was revoked is
    not replaced: that is a decision of people.
    """
    wanted = _missing()
    if not wanted:
        return []
    actor = system_actor(username="key-keeper", display_name="Keeper of keys")
    with transaction.atomic():
        turns.take(TURN)
        return [
            create_key(actor=actor, purpose=purpose, registry_id=registry_id, at=at)
            for purpose, registry_id in _missing()
        ]


@transaction.atomic
def create_key(*, actor, purpose, registry_id=None, at, valid_to=None) -> KeyRecord:
    """A new key for an owner and a purpose that has none in force.

    Raises: NotPermitted, NotFound, InvalidInput, Conflict (KEY_IN_FORCE), KeyUnavailable.
    """
    permissions.require_role(actor, MANAGERS, None)
    _require_owner(purpose, registry_id)
    turns.take(TURN)
    _require_free(purpose, registry_id, at, valid_to)
    return _record(purpose, registry_id, *_made(None), (at, valid_to))


@dataclass(frozen=True)
class Import:
    """A private key (PKCS#8, PEM) that was made elsewhere, what it is for, and when it may sign."""

    private_key: bytes = field(repr=False)
    purpose: str
    registry_id: int | None
    valid_from: datetime
    valid_to: datetime | None = None


@transaction.atomic
def import_key(given: Import, *, actor) -> KeyRecord:
    """Keeps a key that was made elsewhere, for an owner that has none in that time.

    Raises: NotPermitted, NotFound, InvalidInput, Conflict (KEY_IN_FORCE), KeyUnavailable.
    """
    permissions.require_role(actor, MANAGERS, None)
    _require_owner(given.purpose, given.registry_id)
    turns.take(TURN)
    _require_free(given.purpose, given.registry_id, given.valid_from, given.valid_to)
    algorithm, public_key = _made(given.private_key)
    validity = (given.valid_from, given.valid_to)
    return _record(given.purpose, given.registry_id, algorithm, public_key, validity)


@transaction.atomic
def rotate_key(*, actor, purpose, registry_id=None, at, private_key=None) -> KeyRecord:
    """Ends the key in force a minute from now, and begins a new one at that moment.

    What the old key signed stays valid. The new one is made here, or `private_key` (PKCS#8, PEM).

    Raises: NotPermitted, NotFound, InvalidInput, Conflict (KEY_ENDS_ALREADY), KeyUnavailable
    (NO_KEY_IN_FORCE).
    """
    permissions.require_role(actor, MANAGERS, None)
    _require_owner(purpose, registry_id)
    turns.take(TURN)
    old = signing.signing_key(purpose, registry_id=registry_id, at=at)
    begins = at + LEAD
    if old.valid_to is not None:
        raise Conflict(
            Failure(
                "KEY_ENDS_ALREADY",
                _("The key in force has an end already."),
                _("Create its successor when it has ended."),
                data={"key": old.key_id, "valid_to": old.valid_to.isoformat()},
            )
        )
    algorithm, public_key = _made(private_key)
    with posting.explained():
        KeyRecord.objects.filter(pk=old.pk).update(valid_to=begins)
    return _record(purpose, registry_id, algorithm, public_key, (begins, None))


@transaction.atomic
def revoke_key(*, actor, key_id, reason, revoked_at=None, at) -> KeyRecord:
    """Refuses what the key signed from `revoked_at` on (`at` when not given), for ever.

    The moment may lie in the past, when the key was lost; what was signed before it stays valid.

    Raises: NotPermitted, NotFound (UNKNOWN_KEY), InvalidInput, Conflict (KEY_REVOKED_ALREADY).
    """
    permissions.require_role(actor, MANAGERS, None)
    turns.take(TURN)
    # Nothing is being signed meanwhile, so all that becomes void is seen here.
    turns.take(sign_issuances.TURN)
    key = find(key_id)
    moment = revoked_at or at
    failures = [text_failure(reason, "reason", LONGEST_REASON, None)] if reason else []
    if not reason:
        failures.append(
            Failure(
                "REASON_MISSING",
                _("A revocation has a reason."),
                _("Say why the key may sign no more."),
            )
        )
    if not key.valid_from <= moment <= at:
        failures.append(
            Failure(
                "REVOCATION_OUT_OF_TIME",
                _("A key is revoked from a moment of its validity on, up to now."),
                _("Rotate the key to end it in the future."),
                data={"valid_from": key.valid_from.isoformat(), "now": at.isoformat()},
            )
        )
    failures = [failure for failure in failures if failure]
    if failures:
        raise InvalidInput(*failures)
    open_ones = KeyRecord.objects.filter(pk=key.pk, revoked_at=None)
    if not open_ones.update(revoked_at=moment, revocation_reason=reason):
        raise Conflict(
            Failure(
                "KEY_REVOKED_ALREADY",
                _("The key is revoked already."),
                _("A revocation is not changed."),
                data={"key": key.key_id, "revoked_at": key.revoked_at.isoformat()},
            )
        )
    _sign_again(key, moment)
    key.refresh_from_db()
    return key


def find(key_id) -> KeyRecord:
    """The record of a key.   Raises: NotFound (UNKNOWN_KEY)."""
    key = KeyRecord.objects.filter(key_id=key_id).first()
    if key is None:
        raise NotFound(
            Failure(
                "UNKNOWN_KEY",
                _("There is no such signing key."),
                _("See `manage.py keys list`."),
                data={"key": str(key_id)},
            )
        )
    return key


def _sign_again(key, moment):
    """Sends the signer of issuances back to the first whose signature is void now."""
    void = IssuanceSignature.objects.filter(key=key, signed_at__gte=moment)
    first = void.aggregate(first=Min("issuance__posting_id"))["first"]
    if first is not None:
        IssuanceSigner.objects.update(through=Least(F("through"), first - 1))


def _missing():
    """(purpose, registry id) of every owner and purpose that never had a key."""
    wanted = [(purpose, None) for purpose in OF_THE_NODE]
    hosted = Registry.objects.filter(hosted=True).order_by("pk").values_list("pk", flat=True)
    wanted += [(KeyRecord.Purpose.ISSUANCE, registry_id) for registry_id in hosted]
    had = set(KeyRecord.objects.values_list("purpose", "registry_id"))
    return [(purpose, owner) for purpose, owner in wanted if (str(purpose), owner) not in had]


def _require_owner(purpose, registry_id):
    """Raises: InvalidInput (KEY_PURPOSE_MISMATCH), NotFound (UNKNOWN_REGISTRY)."""
    suits = (
        purpose in OF_THE_NODE
        if registry_id is None
        else purpose in set(KeyRecord.Purpose.values) - set(OF_THE_NODE)
    )
    if not suits:
        raise InvalidInput(
            Failure(
                "KEY_PURPOSE_MISMATCH",
                _("A registry's key signs issuances; the node's sign all other things."),
                _("Name a registry for the purpose issuance, and none for the others."),
                data={"purpose": str(purpose)},
            )
        )
    if registry_id is not None:
        hosted_registry(registry_id)


def _require_free(purpose, registry_id, begins, ends):
    """Raises: InvalidInput (KEY_VALIDITY_EMPTY), Conflict (KEY_IN_FORCE)."""
    if ends is not None and ends <= begins:
        raise InvalidInput(
            Failure(
                "KEY_VALIDITY_EMPTY",
                _("The validity ends before it begins."),
                _("Give an end after the beginning, or none."),
            )
        )
    others = KeyRecord.objects.filter(purpose=purpose, registry_id=registry_id)
    for other in others:
        closes = min(filter(None, [other.valid_to, other.revoked_at]), default=None)
        if (closes is None or begins < closes) and (ends is None or other.valid_from < ends):
            # An interval that was revoked from its first moment on holds no moment.
            if closes is None or other.valid_from < closes:
                raise Conflict(
                    Failure(
                        "KEY_IN_FORCE",
                        _("Another key of this owner is in force for this purpose in that time."),
                        _("Rotate it, or revoke it, instead."),
                        data={"key": other.key_id},
                    )
                )


def _made(private_key):
    """The algorithm and the public half of a new key, or of one that is given."""
    if private_key is None:
        return ED25519, provider().generate(ED25519)
    return provider().add(private_key)


def _record(purpose, registry_id, algorithm, public_key, validity):
    """Raises: Conflict (KEY_USED_ALREADY)."""
    key_id = jwk.thumbprint(algorithm, public_key)
    if KeyRecord.objects.filter(key_id=key_id).exists():
        raise Conflict(
            Failure(
                "KEY_USED_ALREADY",
                _("This key is, or was, in use on this node."),
                _("Make a new key: one key signs for one owner and one purpose."),
                data={"key": key_id},
            )
        )
    with posting.explained():
        return KeyRecord.objects.create(
            key_id=key_id,
            registry_id=registry_id,
            node=node_name(),
            purpose=purpose,
            algorithm=algorithm,
            public_key=public_key,
            valid_from=validity[0],
            valid_to=validity[1],
        )
