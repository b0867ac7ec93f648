"""Where the embedded servers keep their files, and as which user of the system they run.

Nothing here starts a server, and no directory that the project did not make changes its mode.
"""

import hashlib
import os
import pwd
import secrets
import stat
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from config.errors import NodeError

PROJECT = Path(__file__).resolve().parents[2]

# sun_path holds 108 bytes on Linux and 104 on macOS, and PostgreSQL appends its own name.
SOCKET_PATH_LIMIT = 100
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


@dataclass(frozen=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Layout:
    """The files of one home; `account` is set when the servers run as somebody else."""

    home: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.home / "pg"

    @property
    def valkey(self) -> Path:
        return self.home / "valkey"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def sockets(self) -> Path:
        """The directory of the sockets: in the home, or a short one when that is too long."""
        inside = self.home / "run"
        if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return inside
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"concord-{self.server_uid}-{digest}"

    @property
    def server_uid(self) -> int:
        return self.account.uid if self.account else os.getuid()

    def make_home(self) -> None:
        """Make the home itself.   Raises: NodeError."""
        try:
            for missing in [
                part for part in [*reversed(self.home.parents), self.home] if not part.is_dir()
            ]:
                missing.mkdir(exist_ok=True)
                # The servers' user passes through, but need not list what is there.
                missing.chmod(0o711 if self.account else 0o700)
            if not os.access(self.home, os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied", str(self.home))
        except OSError as error:
            raise NodeError(
                f"The directory {self.home} cannot be used: {error.strerror}.",
                "Choose another with REGISTRY_HOME=/a/directory/of/yours.",
            ) from error
        self._refuse_unreachable_home()

    def make_server_directory(self, path: Path) -> None:
        """Make a private directory that belongs to the servers' user.

        A short socket directory lies in a directory that everybody may write to, so what is
        found there must be a real directory of that user, else somebody else prepared it.

        Raises: NodeError.
        """
        try:
            path.mkdir(mode=0o700)
            self.give_to_server(path)
        except FileExistsError:
            pass
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.server_uid:
            raise NodeError(
                f"{path} is not a directory of user {self.server_uid}.",
                "Remove it, or choose another home with REGISTRY_HOME=/a/directory/of/yours.",
            )
        if stat.S_IMODE(found.st_mode) != 0o700:
            path.chmod(0o700)

    def give_to_server(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    def give_to_home_owner(self, path: Path) -> None:
        """Leave files that root makes in another user's home usable by that user."""
        if os.getuid() == 0:
            owner = self.home.stat()
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

    def secret(self, name: str) -> str:
        """Read a secret, and invent it when it does not exist yet."""
        path = self.secrets / name
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            pass
        except PermissionError as error:
            raise NodeError(
                f"{path} cannot be read: it belongs to another user.",
                "Run as the user who made it, or set REGISTRY_HOME=/a/directory/of/yours.",
            ) from error
        self.make_home()
        if not self.secrets.is_dir():
            self.secrets.mkdir(mode=0o700, exist_ok=True)
            self.give_to_home_owner(self.secrets)
        # A link from a finished file: two processes at once agree on one value, and neither
        # ever reads half of it.
        draft = self.secrets / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        self.give_to_home_owner(draft)
        draft.write_text(secrets.token_hex(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text().strip()

    def _refuse_unreachable_home(self) -> None:
        if self.account is None:
            return
        blocked = unreachable_part(self.home, self.account)
        if blocked:
            raise NodeError(
                f"{self.home} cannot be used: user {self.account.name}, as whom PostgreSQL "
                f"runs, may not enter {blocked}.",
                "Choose a home elsewhere with REGISTRY_HOME=/a/directory.",
            )


@lru_cache
def layout() -> Layout:
    """The layout of this process's home."""
    chosen = os.environ.get("REGISTRY_HOME")
    home = Path(os.path.abspath(chosen)) if chosen else PROJECT / ".local"
    if os.getuid() != 0:
        return Layout(home, None)
    account = _server_account(home)
    if not chosen and unreachable_part(home.parent, account):
        digest = hashlib.sha256(os.fsencode(PROJECT)).hexdigest()[:12]
        home = Path("/var/lib/concord") / digest
    return Layout(home, account)


def unreachable_part(path: Path, account: Account) -> Path | None:
    """The first directory on the way to `path` that the account may not enter, if any."""
    for part in [*reversed(path.parents), path]:
        try:
            found = part.stat()
        except FileNotFoundError:
            return None
        if found.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif found.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            return part
    return None


def _server_account(home: Path) -> Account:
    """Whom root lets the servers run as: PostgreSQL refuses to run as root."""
    named = os.environ.get("REGISTRY_OS_USER")
    if not named:
        for existing in (home / "pg", home):
            if existing.is_dir() and existing.stat().st_uid != 0:
                return _account(existing.stat().st_uid)
    for name in [named] if named else ["postgres", "nobody"]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise NodeError(
        f"PostgreSQL refuses to run as root, and there is no user {named or 'nobody'}.",
        "Run as another user, or name one with REGISTRY_OS_USER.",
    )


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise NodeError(
            f"The home belongs to user {uid}, who has no entry in the list of users.",
            "Choose another home with REGISTRY_HOME=/a/directory.",
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
