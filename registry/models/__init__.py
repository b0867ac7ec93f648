"""The registry's tables. Dependencies point one way: names, people, jurisdictions, units,
accounts, transactions, ledger, keys, log, reference, requests."""

from .accounts import TERMINAL_KINDS, Account, AccountHolder
from .jurisdictions import Jurisdiction, Registry, Scheme
from .keys import IssuanceSignature, IssuanceSigner, KeyRecord
from .ledger import (
    Holding,
    Mark,
    MessageBlock,
    Position,
    Posting,
    Sequencer,
    Use,
    VerifiedMessage,
)
from .limits import LimitCounter
from .log import Checkpoint, LogLeaf, LogTile
from .people import ApiKey, Person, Role, RoleAssignment, Scope
from .reference import Basis, Fact, Source
from .requests import SeenSignature, StoredAnswer
from .transactions import (
    Approval,
    Transaction,
    TransactionEvent,
    TransactionLine,
    TransactionType,
)
from .units import MAX_SERIAL, Issuance, UnitType, UnitTypeAlias

__all__ = [
    "MAX_SERIAL",
    "TERMINAL_KINDS",
    "Account",
    "AccountHolder",
    "ApiKey",
    "Approval",
    "Basis",
    "Checkpoint",
    "Fact",
    "Holding",
    "Issuance",
    "IssuanceSignature",
    "IssuanceSigner",
    "Jurisdiction",
    "KeyRecord",
    "LimitCounter",
    "LogLeaf",
    "LogTile",
    "Mark",
    "MessageBlock",
    "Person",
    "Position",
    "Posting",
    "Registry",
    "Role",
    "RoleAssignment",
    "Scheme",
    "Scope",
    "SeenSignature",
    "Sequencer",
    "Source",
    "StoredAnswer",
    "Transaction",
    "TransactionEvent",
    "TransactionLine",
    "TransactionType",
    "UnitType",
    "UnitTypeAlias",
    "Use",
    "VerifiedMessage",
]
