"""Who asks: `Authorization: Bearer ck_…`, or a signature (RFC 9421). Without either, nobody."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header

from registry import permissions
from registry.selectors import keys
from registry.selectors.keys import Asked
from registry.services.api_keys import note_use

from . import signed_requests
from .requests import IDEMPOTENCY_KEY, header, origin_of


class ApiKeyAuthentication(BaseAuthentication):
    """Sets request.user (the person), request.auth (the key), request.actor and request.stored."""

    def authenticate(self, request):
        """Raises: NotPermitted (NO_ACTOR, API_KEY_…, SIGNATURE_…, PERSON_INACTIVE)."""
        at = timezone.now()
        asked = asked_by(request)
        if header(request, "Signature-Input", None) is not None:
            bearer = signed_requests.verify(request, at=at, asked=asked)
        else:
            scheme, _space, text = (
                get_authorization_header(request).decode("latin-1").partition(" ")
            )
            if scheme.lower() != "bearer":
                permissions.require_actor(None)
            bearer = keys.authenticate(text.strip(), at=at, asked=asked)
        note_use(api_key=bearer.api_key, at=at)
        request.actor, request.stored = bearer.actor, bearer.stored
        return bearer.person, bearer.api_key

    def authenticate_header(self, request):
        return 'Bearer realm="Concord"'


def asked_by(request) -> Asked:
    """Where the request comes from, and by what an earlier answer to it is found."""
    if request.method != "POST":
        return Asked(origin_of(request))
    key = header(request, IDEMPOTENCY_KEY)
    # What no text of the database can hold was stored under no key.
    return Asked(origin_of(request), request.path, key if key.isprintable() else None)
