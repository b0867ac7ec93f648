"""Loading of reference data by a command, instead of by proposals row by row."""

from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, transaction

from registry import posting
from registry.rules_digest import rules_digest


@contextmanager
def loading(what, *, using=DEFAULT_DB_ALIAS):
    """A database transaction for rows of reference data, whole or not at all.

    Once two system administrators are there, `using` is an alias of the owner of the database, and
    what is written is remembered as a loading of `what`; before, anyone who installs the node may.

    Raises: RuleViolated (REFERENCE_DATA_NEED_APPROVAL).
    """
    with posting.explained(), transaction.atomic(using=using):
        if using != DEFAULT_DB_ALIAS:
            posting.begin_loading(what, using)
        yield


def digested(table, row: dict) -> dict:
    """A row to be added, with the digest that a version of a registry's rules has."""
    return {**row, "digest": rules_digest(row)} if table == "RegistryRules" else row
