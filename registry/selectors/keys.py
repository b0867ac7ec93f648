"""Whose key this is."""

from django.utils.translation import gettext_lazy as _

from registry import api_keys
from registry.errors import Failure, NotPermitted
from registry.models import ApiKey

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


def authenticate(text, *, at) -> ApiKey:
    """The key with this text, with its person; only who has the secret learns its state.

    Raises: NotPermitted (API_KEY_UNKNOWN, API_KEY_REVOKED, API_KEY_EXPIRED, PERSON_INACTIVE).
    """
    prefix = api_keys.prefix(text)
    found = None
    if prefix is not None:
        found = ApiKey.objects.select_related("person").filter(prefix=prefix).first()
    if not api_keys.matches(text, bytes(found.digest) if found else NOBODY):
        raise _refused("API_KEY_UNKNOWN")
    if found.revoked_at is not None and found.revoked_at <= at:
        raise _refused("API_KEY_REVOKED")
    if found.expires_at is not None and found.expires_at <= at:
        raise _refused("API_KEY_EXPIRED")
    if not found.person.is_active:
        raise _refused("PERSON_INACTIVE")
    return found


def _refused(code):
    message, hint = REFUSALS[code]
    return NotPermitted(Failure(code, message, hint))
