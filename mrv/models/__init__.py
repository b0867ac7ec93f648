"""The tables of monitoring, reporting and verification. They point at the registry's, which knows
none of them."""

from .credits import CreditLoss, IssuanceRequest, Replacement
from .factors import Factor, FactorSet, SectorTemplate
from .methodologies import Methodology, MethodologyVersion, ProjectType
from .operators import Installation, Operator
from .plans import MonitoringPlan, SourceStream
from .projects import MonitoringReport, OffsetProject, ProjectOpinion
from .reports import (
    ActivityValue,
    Determination,
    EmissionReport,
    Figure,
    ReportingYear,
    ReportVersion,
    Verification,
)
from .verifiers import Accreditation, ConflictOfInterest, Verifier, VerifierMember

__all__ = [
    "Accreditation",
    "ActivityValue",
    "ConflictOfInterest",
    "CreditLoss",
    "Determination",
    "EmissionReport",
    "Factor",
    "FactorSet",
    "Figure",
    "Installation",
    "IssuanceRequest",
    "Methodology",
    "MethodologyVersion",
    "MonitoringPlan",
    "MonitoringReport",
    "OffsetProject",
    "Operator",
    "ProjectOpinion",
    "ProjectType",
    "Replacement",
    "ReportVersion",
    "ReportingYear",
    "SectorTemplate",
    "SourceStream",
    "Verification",
    "Verifier",
    "VerifierMember",
]
