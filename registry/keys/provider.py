"""Where private keys are: behind an interface, outside the database, found by the key's id.

The provider is a dotted path in settings.CONCORD. A key never leaves it; what goes in are
messages, and what comes out are signatures.
"""

from abc import ABC, abstractmethod
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from registry.errors import KeyUnavailable

from .algorithms import ED25519


class KeyProvider(ABC):
    """What keeps private keys. `key_id` is the thumbprint of the public key (RFC 7638)."""

    @abstractmethod
    def generate(self, algorithm: str = ED25519) -> bytes:
        """Makes and keeps a private key; the public one.   Raises: KeyUnavailable."""

    @abstractmethod
    def add(self, private_key: bytes) -> tuple[str, bytes]:
        """Keeps a private key (PKCS#8, PEM); its algorithm and the public key.

        Raises: InvalidInput, KeyUnavailable.
        """

    @abstractmethod
    def sign(self, key_id: str, message: bytes) -> bytes:
        """The signature over the message.   Raises: KeyUnavailable."""

    @abstractmethod
    def require(self, key_id: str) -> None:
        """Raises: KeyUnavailable, unless `sign` would sign with this key."""

    def has(self, key_id: str) -> bool:
        """Whether `sign` would sign with this key."""
        try:
            self.require(key_id)
        except KeyUnavailable:
            return False
        return True


def provider() -> KeyProvider:
    """The provider that the settings name."""
    return _made(settings.CONCORD["KEY_PROVIDER"], str(settings.CONCORD["KEYS_DIR"]))


@cache
def _made(path, directory):
    return import_string(path)(directory)
