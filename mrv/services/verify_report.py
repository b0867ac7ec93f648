"""A verifier looks at a submitted report, and says what it found."""

from dataclasses import dataclass
from fractions import Fraction

from django.db import transaction

from mrv import permissions
from mrv.errors import failure
from mrv.models import ReportVersion, Verification, Verifier
from mrv.quantities import QuantityError, number
from mrv.selectors.independence import refusals
from registry import turns
from registry.errors import Conflict, InvalidInput, NotPermitted, RuleViolated

STATE = ReportVersion.State
OPINION = Verification.Opinion


@dataclass(frozen=True)
class NewFinding:
    """What is wrong, by how many tonnes (0 where it is none of tonnes), and whether the report was
    corrected for it before it was submitted."""

    text: str
    tonnes: int = 0
    corrected: bool = False
    stream: str = ""


@dataclass(frozen=True)
class NewVerification:
    """`materiality_pct`: from how much of the total on uncorrected findings are material."""

    verifier: Verifier
    opinion: str
    assurance: str
    materiality_pct: str
    findings: tuple[NewFinding, ...] = ()


@transaction.atomic
def verify_report(*, actor, version, said: NewVerification, at) -> Verification:
    """Verifies a submitted version, or sends it back where it is not satisfactory.

    Raises: NotPermitted (NO_ACTOR, NOT_A_MEMBER, OWN_REPORT), InvalidInput (NUMBER_NOT_EXACT,
    NOT_AN_OPINION), RuleViolated (NOT_ACCREDITED, OUT_OF_SCOPE, ACCREDITATION_SUSPENDED,
    CONFLICT_OF_INTEREST, MATERIAL_FINDINGS, REASON_NEEDED), Conflict (REPORT_NOT_SUBMITTED).
    """
    permissions.require_member(actor, said.verifier, at.date())
    materiality = _read(said)
    turns.take(f"mrv_report_{version.pk}")
    version.refresh_from_db()
    if version.state != STATE.SUBMITTED:
        raise Conflict(failure("REPORT_NOT_SUBMITTED", state=version.state))
    if version.submitted_by_id == actor.person_id:
        raise NotPermitted(failure("OWN_REPORT"))
    failures = [*_forbidden(version, said.verifier, at), *_wrong(version, said, materiality)]
    if failures:
        raise RuleViolated(*failures)
    made = Verification.objects.create(
        version=version,
        verifier=said.verifier,
        person_id=actor.person_id,
        opinion=said.opinion,
        assurance=said.assurance,
        materiality_pct=said.materiality_pct,
        findings=[{**each.__dict__, "tonnes": str(each.tonnes)} for each in said.findings],
        on=at.date(),
        at=at,
    )
    version.state = STATE.VERIFIED
    if said.opinion == OPINION.NOT_SATISFACTORY:
        version.state = STATE.RETURNED
        version.returned_by_id, version.returned_at = actor.person_id, at
        version.return_reason = "; ".join(each.text for each in said.findings)[:300]
    version.save()
    return made


def _read(said) -> Fraction:
    if said.opinion not in OPINION.values or said.assurance not in Verification.Assurance.values:
        raise InvalidInput(failure("NOT_AN_OPINION"))
    try:
        return number(said.materiality_pct)
    except QuantityError as error:
        raise InvalidInput(failure(error.code, **error.data)) from error


def _forbidden(version, verifier, at):
    installation = version.report.installation
    operator = installation.operator
    return refusals(
        verifier,
        scheme_id=operator.registry.scheme_id,
        sector=installation.sector,
        holder_id=operator.holder_id,
        on=at.date(),
    )


def _wrong(version, said, materiality):
    """What is satisfactory has no material finding; what is not has a reason."""
    if said.opinion == OPINION.NOT_SATISFACTORY:
        if not any(each.text.strip() for each in said.findings):
            yield failure("REASON_NEEDED")
        return
    # Findings may be of either sign: one does not make up for another.
    misstated = sum(abs(each.tonnes) for each in said.findings if not each.corrected)
    if misstated * 100 > materiality * version.total_t:
        yield failure(
            "MATERIAL_FINDINGS", tonnes=str(misstated), materiality_pct=said.materiality_pct
        )
