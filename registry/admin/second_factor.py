"""Whether the person of a request has a second factor, and has given it."""

import time

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings

# Recovery codes come with one of these, and are no factor by themselves.
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_enrolled(person) -> bool:
    """Whether the person has an authenticator app or a security key."""
    return Authenticator.objects.filter(user_id=person.pk, type__in=KINDS).exists()


def is_given(request) -> bool:
    """Whether a second factor was given in this session."""
    return bool(_given_at(request))


def is_fresh(request) -> bool:
    """Whether one was given so lately that the person who decides is the one who signed in."""
    age_s = time.time() - max(_given_at(request), default=0)
    return age_s < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def address(request) -> str:
    """Where the person of the request gives a second factor again."""
    return get_adapter(request).get_reauthentication_methods(request.user)[0]["url"]


def _given_at(request):
    """When second factors were given in this session, in seconds since 1970."""
    if not request.user.is_authenticated:
        return []
    records = get_authentication_records(request, request.user)
    return [record["at"] for record in records if record["method"] == "mfa"]
