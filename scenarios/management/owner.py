"""As whom a command writes reference data."""

from django.db import DEFAULT_DB_ALIAS

from config import databases
from registry.selectors.reference_rows import is_governed


def writer() -> str:
    """The owner's connection where rows change by proposals by now, and the owner is known."""
    return databases.owner_alias() if is_governed() else DEFAULT_DB_ALIAS
