"""The modules that register the pages of models."""

from . import accounts, ledger, people, reference, transactions

__all__ = ["accounts", "ledger", "people", "reference", "transactions"]
