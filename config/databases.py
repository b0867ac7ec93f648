"""Django's DATABASES: the embedded server, or the one that DATABASE_URL names.

The application's role is the alias "default". The owner's alias, "owner", is for migrations:
on an external server its address is read only by the command that migrates, so that web and
worker processes need not be given it.
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections

SCHEMES = ("postgres", "postgresql", "pgsql")

LIFETIME = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}


def configured() -> dict[str, dict]:
    """The databases of this process.   Raises: ImproperlyConfigured."""
    address = read_secret("DATABASE_URL")
    if address:
        return {"default": from_address(address, variable="DATABASE_URL")}
    # Imported here, so that a node with its own servers never loads the embedded code.
    from config.embedded import postgresql

    embedded = {"ENGINE": "config.embedded.backend", "NAME": postgresql.DATABASE, **LIFETIME}
    return {
        "default": {**embedded, "USER": postgresql.APPLICATION},
        "owner": {**embedded, "USER": postgresql.OWNER},
    }


def owner() -> dict | None:
    """The owner's settings on an external server, or None where they are not given."""
    address = read_secret("DATABASE_OWNER_URL")
    return from_address(address, variable="DATABASE_OWNER_URL") if address else None


def owner_alias() -> str:
    """The alias by which a command acts as the owner; the application's, where none is known."""
    if "owner" not in connections.settings:
        given = owner()
        if given is None:
            return DEFAULT_DB_ALIAS
        connections.settings["owner"] = connections.configure_settings({"default": given})[
            "default"
        ]
    return "owner"


def from_address(address: str, *, variable: str) -> dict:
    """Settings from `postgresql://user:password@host:port/name?option=value`.

    Raises: ImproperlyConfigured.
    """
    remedy = f"{variable} must look like postgresql://user:password@host:5432/name."
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(remedy) from error
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in SCHEMES or not name:
        raise ImproperlyConfigured(remedy)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket directory cannot stand before the slash, so it may be an option.
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": options,
        **LIFETIME,
    }


def read_secret(name: str) -> str:
    """The variable, or what the file says that the variable `<name>_FILE` names.

    Raises: ImproperlyConfigured.
    """
    value = os.environ.get(name, "")
    path = os.environ.get(f"{name}_FILE", "")
    if value or not path:
        return value
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path}: {error.strerror}.") from error
