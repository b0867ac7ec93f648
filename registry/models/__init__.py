"""The registry's tables. Dependencies point one way: names, people, jurisdictions, units, accounts,
representatives, governance, transactions, batches, ledger, keys, log, reference, reference changes,
requests, rules."""

from .accounts import TERMINAL_KINDS, Account, AccountHolder
from .batches import Batch, BatchDecision, BatchItem
from .calendars import CalendarDay, CalendarYear, OfficeHours
from .governance import (
    LARGEST_DOCUMENT,
    GovernanceDecision,
    GovernanceDocument,
    GovernanceRequest,
    HolderSuccession,
    Stop,
    TrustedAccount,
)
from .groups import CorporateGroup, GroupLimit
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
from .log import Checkpoint, LoggedDocument, LogLeaf, LogTile
from .notices import Notice, NoticeMail, NoticeSource, SecurityEvent
from .openings import LegacyBlock, OpeningBalance, OpeningTotal
from .people import ASSIGNED_ROLES, ApiKey, Person, Role, RoleAssignment, Scope
from .readings import Reading
from .reference import Basis, Fact, Source
from .reference_changes import (
    Operation,
    ReferenceChange,
    ReferenceHistory,
    ReferenceLoading,
    ReferenceTable,
)
from .representatives import AccountClass, AccountEvent, RegistryRules, Representative, Right
from .requests import SeenSignature, StoredAnswer
from .rules import AccountDay, IssuanceCap, Reconciliation, TypeProposal
from .tasks import Task, TaskEvent
from .transactions import (
    Approval,
    Transaction,
    TransactionEvent,
    TransactionLine,
    TransactionType,
)
from .units import MAX_SERIAL, Issuance, UnitType, UnitTypeAlias
from .uploads import CHECKED_AGAIN, IN_WORK, LARGEST_UPLOAD, PIECE, Upload, UploadError, UploadPiece
from .webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "ASSIGNED_ROLES",
    "CHECKED_AGAIN",
    "IN_WORK",
    "LARGEST_DOCUMENT",
    "LARGEST_UPLOAD",
    "MAX_SERIAL",
    "PIECE",
    "TERMINAL_KINDS",
    "Account",
    "AccountClass",
    "AccountDay",
    "AccountEvent",
    "AccountHolder",
    "ApiKey",
    "Approval",
    "Basis",
    "Batch",
    "BatchDecision",
    "BatchItem",
    "CalendarDay",
    "CalendarYear",
    "Checkpoint",
    "CorporateGroup",
    "Fact",
    "GovernanceDecision",
    "GovernanceDocument",
    "GovernanceRequest",
    "GroupLimit",
    "HolderSuccession",
    "Holding",
    "Issuance",
    "IssuanceCap",
    "IssuanceSignature",
    "IssuanceSigner",
    "Jurisdiction",
    "KeyRecord",
    "LegacyBlock",
    "LimitCounter",
    "LogLeaf",
    "LogTile",
    "LoggedDocument",
    "Mark",
    "MessageBlock",
    "Notice",
    "NoticeMail",
    "NoticeSource",
    "OfficeHours",
    "OpeningBalance",
    "OpeningTotal",
    "Operation",
    "Person",
    "Position",
    "Posting",
    "Reading",
    "Reconciliation",
    "ReferenceChange",
    "ReferenceHistory",
    "ReferenceLoading",
    "ReferenceTable",
    "Registry",
    "RegistryRules",
    "Representative",
    "Right",
    "Role",
    "RoleAssignment",
    "Scheme",
    "Scope",
    "SecurityEvent",
    "SeenSignature",
    "Sequencer",
    "Source",
    "Stop",
    "StoredAnswer",
    "Task",
    "TaskEvent",
    "Transaction",
    "TransactionEvent",
    "TransactionLine",
    "TransactionType",
    "TrustedAccount",
    "TypeProposal",
    "UnitType",
    "UnitTypeAlias",
    "Upload",
    "UploadError",
    "UploadPiece",
    "Use",
    "VerifiedMessage",
    "WebhookDelivery",
    "WebhookEndpoint",
]
