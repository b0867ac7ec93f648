"""The record of what happens to how persons act: sign-ins, second factors, keys, roles."""

from datetime import timedelta

from registry.models import SecurityEvent

# An address that was not used for so long is new again.
KNOWN_FOR = timedelta(days=180)
SIGN_INS = (SecurityEvent.Kind.SIGNED_IN, SecurityEvent.Kind.NEW_ADDRESS)


def record(*, person_id, kind, actor=None, address="", **data) -> SecurityEvent:
    """Writes what happened to a person's safety, at the database's clock; `actor` did it, if
    somebody did. `data` are codes and numbers as text."""
    return SecurityEvent.objects.create(
        person_id=person_id,
        kind=kind,
        by_id=actor and actor.person_id,
        api_key_id=actor and actor.api_key_id,
        address=address,
        data=data,
    )


def record_sign_in(*, person_id, address, at) -> SecurityEvent:
    """Tells a sign-in from an address that is new for the person from one that is not."""
    before = SecurityEvent.objects.filter(
        person_id=person_id, kind__in=SIGN_INS, address=address, at__gt=at - KNOWN_FOR
    )
    kind = SecurityEvent.Kind.SIGNED_IN if before.exists() else SecurityEvent.Kind.NEW_ADDRESS
    return record(person_id=person_id, kind=kind, address=address)
