"""Linking's tables. They point at the registry's, which knows none of them."""

from .agreements import Agreement, AgreementParty, AgreementVersion, Comment, VersionSignature
from .edges import EdgeChange, LinkEdge, PhaseStart
from .external import ExternalRetirement
from .limits import CarriedForward, Release, StoredDecision, UnitsUsed
from .readiness import ReadinessScore
from .transfers import Transfer, TransferPart

__all__ = [
    "Agreement",
    "AgreementParty",
    "AgreementVersion",
    "CarriedForward",
    "Comment",
    "EdgeChange",
    "ExternalRetirement",
    "LinkEdge",
    "PhaseStart",
    "ReadinessScore",
    "Release",
    "StoredDecision",
    "Transfer",
    "TransferPart",
    "UnitsUsed",
    "VersionSignature",
]
