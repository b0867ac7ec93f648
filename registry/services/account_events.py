"""The record of what happens to an account besides its units."""

from registry.models import AccountEvent


def record(*, actor, account_id, kind, at, reason="", **data) -> AccountEvent:
    """Writes who did what to an account; `data` are codes and numbers as text."""
    return AccountEvent.objects.create(
        account_id=account_id,
        kind=kind,
        at=at,
        person_id=actor.person_id,
        api_key_id=actor.api_key_id,
        reason=reason,
        data=data,
    )
