"""The node's public keys, under /.well-known/ (RFC 8615), for whoever verifies what it signed."""

from drf_spectacular.utils import extend_schema

from registry import canonical
from registry.certificates import key_list
from registry.keys import vkeys
from registry.selectors import signing_keys

from .verbatim import Published


@extend_schema(exclude=True)
class Keys(Published):
    """All signing keys that ever were, as a JWK set (RFC 7517)."""

    content_type = "application/jwk-set+json"

    def get(self, request):
        return self.verbatim(request, canonical.encode(key_list.document(signing_keys.every_key())))


@extend_schema(exclude=True)
class LogKeys(Published):
    """The verification keys of the node's log, a line each, as signed notes have them (C2SP)."""

    content_type = "text/plain; charset=utf-8"

    def get(self, request):
        lines = [
            vkeys.vkey(key.node, key.algorithm, bytes(key.public_key))
            for key in signing_keys.log_keys()
        ]
        return self.verbatim(request, "".join(f"{line}\n" for line in lines).encode())
