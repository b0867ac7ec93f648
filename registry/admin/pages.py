"""The modules that register the pages of models."""

from . import accounts, ledger, log, people, reference, signatures, transactions

__all__ = ["accounts", "ledger", "log", "people", "reference", "signatures", "transactions"]
