"""Another provider takes the place of the files by its dotted path alone."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from registry.errors import Failure, KeyUnavailable
from registry.keys import signing
from registry.keys.algorithms import ALGORITHMS
from registry.keys.jwk import thumbprint
from registry.keys.provider import KeyProvider
from registry.models import KeyRecord
from registry.services import signing_keys


class InMemory(KeyProvider):
    """What a module of hardware does, for as long as the process runs."""

    def __init__(self, directory):
        self.keys = {}

    def generate(self, algorithm="Ed25519"):
        private_key = Ed25519PrivateKey.generate()
        public_key = private_key.public_key().public_bytes_raw()
        self.keys[thumbprint(algorithm, public_key)] = private_key
        return public_key

    def add(self, private_key):
        raise NotImplementedError

    def require(self, key_id):
        if key_id not in self.keys:
            raise KeyUnavailable(Failure("KEY_FILE_MISSING", "gone"))

    def sign(self, key_id, message):
        self.require(key_id)
        return self.keys[key_id].sign(message)


@pytest.fixture
def in_memory(monkeypatch, tmp_path):
    path = f"{__name__}.InMemory"
    monkeypatch.setitem(settings.CONCORD, "KEY_PROVIDER", path)
    monkeypatch.setitem(settings.CONCORD, "KEYS_DIR", str(tmp_path / "unused"))
    return tmp_path / "unused"


def test_keys_are_made_and_used_where_the_provider_keeps_them(world, in_memory):
    """No file is written; signatures are those of the recorded keys."""
    signing_keys.ensure_keys(at=world.at)
    key = signing.usable_key("receipt", at=world.at)
    assert ALGORITHMS[key.algorithm].verify(bytes(key.public_key), signing.sign(key, b"m"), b"m")
    assert KeyRecord.objects.count() == 6
    assert not in_memory.exists()
