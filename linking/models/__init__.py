"""Linking's tables. They point at the registry's, which knows none of them."""

from .agreements import Agreement, AgreementParty, AgreementVersion, Comment, VersionSignature
from .edges import EdgeChange, LinkEdge, PhaseStart
from .limits import QuotaExtra, Release, StoredDecision, UnitsUsed
from .readiness import ReadinessScore
from .transfers import Transfer, TransferPart

__all__ = [
    "Agreement",
    "AgreementParty",
    "AgreementVersion",
    "Comment",
    "EdgeChange",
    "LinkEdge",
    "PhaseStart",
    "QuotaExtra",
    "ReadinessScore",
    "Release",
    "StoredDecision",
    "Transfer",
    "TransferPart",
    "UnitsUsed",
    "VersionSignature",
]
