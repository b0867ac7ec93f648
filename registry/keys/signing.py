"""Which key signs for an owner and a purpose, and signing with it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, KeyUnavailable
from registry.models import KeyRecord

from .provider import provider


def signing_key(purpose: str, *, registry_id: int | None = None, at) -> KeyRecord:
    """The one key of a registry, or of the node itself, that signs for the purpose at `at`.

    Raises: KeyUnavailable (NO_KEY_IN_FORCE).
    """
    found = in_force(at).filter(purpose=purpose, registry_id=registry_id).first()
    if found is None:
        raise KeyUnavailable(
            Failure(
                "NO_KEY_IN_FORCE",
                _("There is no key in force for this purpose."),
                _("See `manage.py keys list`; `manage.py keys create` makes what is missing."),
                data={"purpose": purpose, "registry": registry_id and str(registry_id)},
            )
        )
    return found


def in_force(at):
    """The key records that can sign at `at`: begun, not ended, not revoked by then."""
    return KeyRecord.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=at),
        Q(revoked_at=None) | Q(revoked_at__gt=at),
        valid_from__lte=at,
    )


def usable_key(purpose: str, *, registry_id: int | None = None, at) -> KeyRecord:
    """The key that signs at `at`, if this process can sign with it.   Raises: KeyUnavailable."""
    key = signing_key(purpose, registry_id=registry_id, at=at)
    provider().require(key.key_id)
    return key


def sign(key: KeyRecord, message: bytes) -> bytes:
    """The signature over the message by the key of a record.   Raises: KeyUnavailable."""
    return provider().sign(key.key_id, message)
