"""Private keys in files: kept whole, read only when nobody else may, found by their ids."""

import os
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.conf import settings

from registry.errors import InvalidInput, KeyUnavailable
from registry.keys.algorithms import ALGORITHMS
from registry.keys.jwk import thumbprint
from registry.keys.pem_files import PemFiles
from registry.keys.provider import provider


@pytest.fixture
def files(tmp_path):
    return PemFiles(str(tmp_path / "keys"))


def pem(private_key=None, encryption=None):
    private_key = private_key or Ed25519PrivateKey.generate()
    return private_key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()
    )


def made(files):
    """A new key: its id, its public half and its file."""
    public_key = files.generate()
    key_id = thumbprint("Ed25519", public_key)
    return key_id, public_key, files.directory / f"{key_id}.pem"


def refusal(call, *arguments):
    with pytest.raises((KeyUnavailable, InvalidInput)) as caught:
        call(*arguments)
    return caught.value.code


def test_a_new_key_signs(files):
    """The signature is one of the public half."""
    key_id, public_key, _path = made(files)
    signature = files.sign(key_id, b"message")
    assert ALGORITHMS["Ed25519"].verify(public_key, signature, b"message")
    assert files.has(key_id)


def test_nobody_else_may_read_it(files):
    """The directory and the file are the owner's alone, and nothing else is left behind."""
    _key_id, _public_key, path = made(files)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602, 0o610])
def test_a_file_that_others_may_use_is_refused(files, mode):
    """Any right of anybody else is one too many, also after the key was used."""
    key_id, _public_key, path = made(files)
    files.sign(key_id, b"")
    path.chmod(mode)
    assert refusal(files.sign, key_id, b"") == "KEY_FILE_TOO_OPEN"
    assert not files.has(key_id)
    path.chmod(0o600)
    assert files.has(key_id)


def test_a_missing_file_is_told(files):
    """Also when it was there a moment ago."""
    key_id, _public_key, path = made(files)
    files.sign(key_id, b"")
    path.unlink()
    assert refusal(files.sign, key_id, b"") == "KEY_FILE_MISSING"
    assert refusal(files.require, thumbprint("Ed25519", bytes(32))) == "KEY_FILE_MISSING"
    assert not PemFiles(str(files.directory / "nowhere")).has(key_id)


def test_another_file_under_its_name_is_told(files):
    """Another key, no key, and a key of another kind."""
    key_id, _public_key, path = made(files)
    _other_id, _other, other = made(files)
    for content in (other.read_bytes(), b"", b"nonsense", pem(generate_private_key(65537, 2048))):
        path.write_bytes(content)
        assert refusal(files.sign, key_id, b"") == "KEY_FILE_WRONG"


def test_a_directory_in_its_place_is_told(files):
    """What can not be read is not taken for a missing key."""
    key_id, _public_key, path = made(files)
    path.unlink()
    path.mkdir(mode=0o700)
    assert refusal(files.sign, key_id, b"") == "KEY_FILE_UNREADABLE"


def test_a_directory_that_can_not_be_made_is_told(tmp_path):
    """A file stands where the directory should be."""
    (tmp_path / "keys").write_text("")
    assert refusal(PemFiles(str(tmp_path / "keys")).generate) == "KEY_FILE_UNREADABLE"


def test_without_a_directory_nothing_is_signed():
    """A process that need not sign has none, and says so when it is asked to."""
    files = PemFiles("")
    assert refusal(files.generate) == "KEYS_DIRECTORY_UNSET"
    assert refusal(files.sign, "k" * 43, b"") == "KEYS_DIRECTORY_UNSET"
    assert not files.has("k" * 43)


def test_a_key_from_elsewhere_is_kept(files):
    """And keeping it a second time changes nothing."""
    private_key = Ed25519PrivateKey.generate()
    for _time in range(2):
        algorithm, public_key = files.add(pem(private_key))
    assert (algorithm, public_key) == ("Ed25519", private_key.public_key().public_bytes_raw())
    assert files.sign(thumbprint(algorithm, public_key), b"m") == private_key.sign(b"m")


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        pem(generate_private_key(65537, 2048)),
        pem(encryption=BestAvailableEncryption(b"password")),
        pem()[:-60],
    ],
    ids=["nothing", "nonsense", "rsa", "encrypted", "cut"],
)
def test_what_is_no_such_key_is_refused(files, given):
    """Nothing is kept of it."""
    assert refusal(files.add, given) == "KEY_NOT_SUPPORTED"
    assert not files.directory.exists()


def test_only_ids_become_paths(files):
    """An id that leads elsewhere is the error of a programmer."""
    for key_id in ("../" + "k" * 40, "k" * 42, "k" * 44, "/etc/passwd", ""):
        with pytest.raises(ValueError, match="no key id"):
            files.sign(key_id, b"")


def test_other_algorithms_are_not_made(files):
    """Nothing is signed with what nobody can verify."""
    assert refusal(files.generate, "ML-DSA-44") == "KEY_NOT_SUPPORTED"


def test_provider_is_that_of_the_settings(keys_dir):
    """The class and the directory that are named there."""
    assert isinstance(provider(), PemFiles)
    assert provider().directory == keys_dir
    assert settings.CONCORD["KEY_PROVIDER"] == "registry.keys.pem_files.PemFiles"
