"""Linking's tables. They point at the registry's, which knows none of them."""

from .agreements import (
    Agreement,
    AgreementParty,
    AgreementVersion,
    Comment,
    VersionRejection,
    VersionSignature,
)
from .edges import EdgeChange, LinkEdge, PhaseStart
from .external import ExternalRetirement, RetirementFor
from .limits import CarriedForward, Release, StoredDecision, UnitsUsed
from .onward import OnwardTransfer
from .peers import InboxMessage, OutboxMessage, Peer, PeerKey, PeerNotice, PeerRegistry
from .readiness import ReadinessScore
from .reconciliation import DigestNode, DigestPass, ReconciliationCase, ReconciliationRun
from .transfers import PromisedBlock, Transfer, TransferPart
from .uses import UsedAbroad, UsesTold

__all__ = [
    "Agreement",
    "AgreementParty",
    "AgreementVersion",
    "CarriedForward",
    "Comment",
    "DigestNode",
    "DigestPass",
    "EdgeChange",
    "ExternalRetirement",
    "InboxMessage",
    "LinkEdge",
    "OnwardTransfer",
    "OutboxMessage",
    "Peer",
    "PeerKey",
    "PeerNotice",
    "PeerRegistry",
    "PhaseStart",
    "PromisedBlock",
    "ReadinessScore",
    "ReconciliationCase",
    "ReconciliationRun",
    "Release",
    "RetirementFor",
    "StoredDecision",
    "Transfer",
    "TransferPart",
    "UnitsUsed",
    "UsedAbroad",
    "UsesTold",
    "VersionRejection",
    "VersionSignature",
]
