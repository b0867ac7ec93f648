"""Who asks: `Authorization: Bearer ck_…`. Without a key nothing is answered."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header

from registry import permissions
from registry.selectors import keys


class ApiKeyAuthentication(BaseAuthentication):
    """Sets request.user (the person), request.auth (the key) and request.actor."""

    def authenticate(self, request):
        """Raises: NotPermitted (NO_ACTOR, API_KEY_…, PERSON_INACTIVE)."""
        scheme, _space, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            permissions.require_actor(None)
        bearer = keys.authenticate(text.strip(), at=timezone.now())
        request.actor = bearer.actor
        return bearer.person, bearer.api_key

    def authenticate_header(self, request):
        return 'Bearer realm="Concord"'
