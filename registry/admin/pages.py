"""The modules that register the pages of models."""

from . import (
    accounts,
    batches,
    governance,
    ledger,
    log,
    openings,
    people,
    readings,
    reference,
    reference_changes,
    rules,
    signatures,
    tasks,
    transactions,
    type_versions,
    uploads,
)

__all__ = [
    "accounts",
    "batches",
    "governance",
    "ledger",
    "log",
    "openings",
    "people",
    "readings",
    "reference",
    "reference_changes",
    "rules",
    "signatures",
    "tasks",
    "transactions",
    "type_versions",
    "uploads",
]
