"""Private keys as files of one directory: <key id>.pem, PKCS#8, readable by their owner alone."""

import os
import re
import secrets
import stat
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, InvalidInput, KeyUnavailable

from . import jwk
from .algorithms import ED25519
from .provider import KeyProvider

# RFC 7638 with SHA-256 in base64url: nothing else may become a part of a path.
KEY_ID = re.compile(r"[A-Za-z0-9_-]{43}")
# Rights of anybody but the file's owner.
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class PemFiles(KeyProvider):
    """The files of one directory, which is made with the first key."""

    def __init__(self, directory: str):
        self.directory = Path(directory) if directory else None

    def generate(self, algorithm=ED25519):
        if algorithm != ED25519:
            raise _malformed(algorithm)
        return self._keep(Ed25519PrivateKey.generate())

    def add(self, private_key):
        try:
            loaded = load_pem_private_key(private_key, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _malformed(str(error)) from error
        if not isinstance(loaded, Ed25519PrivateKey):
            raise _malformed(type(loaded).__name__)
        return ED25519, self._keep(loaded)

    def sign(self, key_id, message):
        return self._load(key_id).sign(message)

    def require(self, key_id):
        self._load(key_id)

    def _load(self, key_id):
        path = self._path(key_id)
        try:
            found = path.stat()
        except OSError as error:
            raise _unreadable(path, error) from error
        if found.st_mode & OTHERS:
            raise KeyUnavailable(
                Failure(
                    "KEY_FILE_TOO_OPEN",
                    _("Others than its owner may read or write the private key's file."),
                    _("Take the rights away (chmod 600), and rotate the key if it was read."),
                    data={"file": str(path), "mode": f"{stat.S_IMODE(found.st_mode):04o}"},
                )
            )
        return _loaded(key_id, path, found.st_mtime_ns)

    def _keep(self, private_key) -> bytes:
        """Writes the key's file at once and whole; one that is there already stays."""
        public_key = private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        path = self._path(jwk.thumbprint(ED25519, public_key))
        pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        draft = path.with_name(f".{secrets.token_hex(8)}")
        try:
            _make_directory(path.parent)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            _give_to_owner_of(path.parent, draft)
            draft.replace(path)
            _sync_directory(path.parent)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise _unreadable(path, error) from error
        return public_key

    def _path(self, key_id) -> Path:
        if self.directory is None:
            raise KeyUnavailable(
                Failure(
                    "KEYS_DIRECTORY_UNSET",
                    _("The node does not know where its private keys are."),
                    _("Set KEYS_DIR to a directory that only the node's user can read."),
                )
            )
        if not KEY_ID.fullmatch(key_id):
            raise ValueError(f"{key_id!r} is no key id")
        return self.directory / f"{key_id}.pem"


@lru_cache(maxsize=256)
def _loaded(key_id, path, _changed_at):
    """The private key of a file that has not changed since, checked against its name."""
    try:
        private_key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise _unreadable(path, error) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _wrong_file(path) from error
    if not isinstance(private_key, Ed25519PrivateKey):
        raise _wrong_file(path)
    public_key = private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    if jwk.thumbprint(ED25519, public_key) != key_id:
        raise _wrong_file(path)
    return private_key


def _make_directory(directory):
    if not directory.is_dir():
        directory.mkdir(mode=0o700, exist_ok=True)
        _give_to_owner_of(directory.parent, directory)


def _give_to_owner_of(directory, path):
    """Files that root makes in another user's directory stay usable by that user."""
    if os.getuid() == 0:
        owner = directory.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _sync_directory(directory):
    """A name that is not on the disk yet would be a lost key after a power failure."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _malformed(reason):
    return InvalidInput(
        Failure(
            "KEY_NOT_SUPPORTED",
            _("This is not a private key that can be kept here."),
            _("Give an Ed25519 key as PKCS#8 in PEM, without a password."),
            data={"reason": reason},
        )
    )


def _unreadable(path, error):
    if isinstance(error, FileNotFoundError):
        return KeyUnavailable(
            Failure(
                "KEY_FILE_MISSING",
                _("The private key's file, or the directory of the keys, is missing."),
                _("Put the file back from where it is kept, or rotate the key."),
                data={"file": str(path)},
            )
        )
    return KeyUnavailable(
        Failure(
            "KEY_FILE_UNREADABLE",
            _("The private key's file can not be used by this process."),
            _("Let the node's user own the directory of the keys and its files."),
            data={"file": str(path), "reason": error.strerror or str(error)},
        )
    )


def _wrong_file(path):
    return KeyUnavailable(
        Failure(
            "KEY_FILE_WRONG",
            _("The file does not hold the private key that its name says."),
            _("Put the right file back from where it is kept, or rotate the key."),
            data={"file": str(path)},
        )
    )
