"""The modules that register the pages of models."""

from . import accounts, ledger, people, reference, signatures, transactions

__all__ = ["accounts", "ledger", "people", "reference", "signatures", "transactions"]
