"""The registry's tables. Dependencies point one way: names, people, jurisdictions, units, accounts,
representatives, governance, transactions, ledger, keys, log, reference, requests."""

from .accounts import TERMINAL_KINDS, Account, AccountHolder
from .governance import (
    LARGEST_DOCUMENT,
    GovernanceDecision,
    GovernanceDocument,
    GovernanceRequest,
    HolderSuccession,
    Stop,
    TrustedAccount,
)
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
from .representatives import AccountClass, AccountEvent, RegistryRules, Representative, Right
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
    "LARGEST_DOCUMENT",
    "MAX_SERIAL",
    "TERMINAL_KINDS",
    "Account",
    "AccountClass",
    "AccountEvent",
    "AccountHolder",
    "ApiKey",
    "Approval",
    "Basis",
    "Checkpoint",
    "Fact",
    "GovernanceDecision",
    "GovernanceDocument",
    "GovernanceRequest",
    "HolderSuccession",
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
    "RegistryRules",
    "Representative",
    "Right",
    "Role",
    "RoleAssignment",
    "Scheme",
    "Scope",
    "SeenSignature",
    "Sequencer",
    "Source",
    "Stop",
    "StoredAnswer",
    "Transaction",
    "TransactionEvent",
    "TransactionLine",
    "TransactionType",
    "TrustedAccount",
    "UnitType",
    "UnitTypeAlias",
    "Use",
    "VerifiedMessage",
]
