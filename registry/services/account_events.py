"""The record of what happens to an account besides its units."""

from registry.models import AccountEvent


def record(**said) -> AccountEvent:
    """Writes who did what to an account: what `event` takes."""
    made = event(**said)
    made.save(force_insert=True)
    return made


def event(*, actor, account_id, kind, at, reason="", **data) -> AccountEvent:
    """Who did what to an account, not written yet; `data` are codes and numbers as text."""
    return AccountEvent(
        account_id=account_id,
        kind=kind,
        at=at,
        person_id=actor.person_id,
        api_key_id=actor.api_key_id,
        reason=reason,
        data=data,
    )
