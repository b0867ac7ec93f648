"""The regulator decides what counts as emissions: as verified, or by a conservative estimate."""

from fractions import Fraction

from django.db import transaction

from mrv import permissions
from mrv.emissions.derivation import Derivation, Input, derive
from mrv.errors import failure
from mrv.models import Determination, EmissionReport, ReportingYear, ReportVersion
from mrv.quantities import QuantityError, number
from mrv.selectors import reports
from registry import canonical, turns
from registry.errors import Conflict, InvalidInput, NotPermitted, RuleViolated
from registry.keys import signing
from registry.services.log_document import log_document

from . import written

FORMAT = "concord-determination-1"
STATE = ReportVersion.State
KIND = Determination.Kind
YEARS_BEFORE = 3
TONNES = "tCO2e"


@transaction.atomic
def determine(*, actor, version, at) -> Determination:
    """What was verified counts; it supersedes what was determined before.

    Raises: NotPermitted (NOT_PERMITTED, OWN_REPORT), Conflict (REPORT_NOT_VERIFIED),
    KeyUnavailable.
    """
    permissions.require_regulator(actor, version.report.installation.operator.registry_id)
    _lock(version)
    if version.state != STATE.VERIFIED:
        raise Conflict(failure("REPORT_NOT_VERIFIED", state=version.state))
    if actor.person_id in (version.submitted_by_id, version.verification.person_id):
        raise NotPermitted(failure("OWN_REPORT"))
    made = _decide(
        Determination(
            report=version.report,
            kind=KIND.REPORT,
            version=version,
            total_t=version.total_t,
            derivation=version.derivation,
            by_id=actor.person_id,
            at=at,
        )
    )
    before = ReportVersion.objects.filter(report=version.report, state=STATE.DETERMINED)
    before.update(state=STATE.SUPERSEDED)
    version.state = STATE.DETERMINED
    version.save(update_fields=["state"])
    return made


@transaction.atomic
def send_back(*, actor, version, reason, at) -> ReportVersion:
    """The regulator does not accept what was verified; the operator reports anew.

    Raises: NotPermitted, InvalidInput (REASON_NEEDED), Conflict (REPORT_NOT_VERIFIED).
    """
    permissions.require_regulator(actor, version.report.installation.operator.registry_id)
    written.refuse(written.reason_failures(reason))
    _lock(version)
    if version.state != STATE.VERIFIED:
        raise Conflict(failure("REPORT_NOT_VERIFIED", state=version.state))
    version.state, version.return_reason = STATE.RETURNED, reason
    version.returned_by_id, version.returned_at = actor.person_id, at
    version.save()
    return version


@transaction.atomic
def estimate(*, actor, installation, year, uplift_pct, reason, at) -> Determination:
    """Where nothing was reported: the highest of the last three years, and so much more.

    Raises: NotPermitted, InvalidInput (REASON_NEEDED, NUMBER_NOT_EXACT, UPLIFT_NEGATIVE),
    Conflict (REPORT_EXISTS), RuleViolated (YEAR_NOT_OVER, NOTHING_TO_ESTIMATE_FROM).
    """
    permissions.require_regulator(actor, installation.operator.registry_id)
    written.refuse(written.reason_failures(reason))
    if at.year <= year:
        raise RuleViolated(failure("YEAR_NOT_OVER", year=str(year)))
    report, _new = EmissionReport.objects.get_or_create(installation=installation, year=year)
    turns.take(f"mrv_estimate_{report.pk}")
    reported = report.versions.filter(state__in=("submitted", "verified", "determined")).first()
    if reported is not None:
        raise Conflict(failure("REPORT_EXISTS", report=str(reported.pk), state=reported.state))
    derivation = conservative(_years_before(installation, year), uplift_pct)
    return _decide(
        Determination(
            report=report,
            kind=KIND.ESTIMATE,
            total_t=int(derivation.result),
            derivation=derivation.as_document(),
            reason=reason,
            by_id=actor.person_id,
            at=at,
        )
    )


def conservative(before: dict[int, int], uplift_pct) -> Derivation:
    """The highest of what was determined, by year, raised and rounded up.

    Raises: InvalidInput (NUMBER_NOT_EXACT, UPLIFT_NEGATIVE), RuleViolated
    (NOTHING_TO_ESTIMATE_FROM).
    """
    try:
        uplift = number(uplift_pct)
    except QuantityError as error:
        raise InvalidInput(failure(error.code, **error.data)) from error
    if uplift < 0:
        raise InvalidInput(failure("UPLIFT_NEGATIVE", uplift_pct=uplift_pct))
    if not before:
        raise RuleViolated(failure("NOTHING_TO_ESTIMATE_FROM", years=str(YEARS_BEFORE)))
    inputs = [
        Input(f"y{year}", Fraction(tonnes), TONNES, {"kind": "determined", "year": str(year)})
        for year, tonnes in sorted(before.items())
    ]
    inputs.append(Input("uplift", uplift, "pct", {"kind": "decision"}))
    years = ", ".join(each.name for each in inputs[:-1])
    highest = f"max({years})" if len(before) > 1 else years
    return derive(f"{highest} * (1 + uplift)", inputs, TONNES, rounding=("up", 0))


def _years_before(installation, year):
    found = {
        each: reports.determined(installation, each) for each in range(year - YEARS_BEFORE, year)
    }
    return {each: row.total_t for each, row in found.items() if row is not None}


@transaction.atomic
def close_year(*, actor, registry_id, year, at) -> ReportingYear:
    """Nothing is reported for the year any more.

    Raises: NotPermitted, RuleViolated (YEAR_NOT_OVER), Conflict (YEAR_CLOSED).
    """
    permissions.require_regulator(actor, registry_id)
    if at.year <= year:
        raise RuleViolated(failure("YEAR_NOT_OVER", year=str(year)))
    made, new = ReportingYear.objects.get_or_create(
        registry_id=registry_id,
        year=year,
        defaults={"closed_by_id": actor.person_id, "closed_at": at},
    )
    if not new:
        raise Conflict(failure("YEAR_CLOSED", year=str(year)))
    return made


def _decide(made: Determination) -> Determination:
    """Numbers, signs and writes a determination."""
    last = Determination.objects.filter(report=made.report).order_by("-number").first()
    made.number = last.number + 1 if last else 1
    key = signing.usable_key("receipt", at=made.at)
    document = {
        "format": FORMAT,
        "node": key.node,
        "installation": made.report.installation.code,
        "year": made.report.year,
        "number": made.number,
        "kind": str(made.kind),
        "report": bytes(made.version.digest).hex() if made.version else None,
        "total_t": str(made.total_t),
        "derivation": canonical.digest(made.derivation).hex(),
        "reason": made.reason,
        "at": canonical.instant(made.at),
    }
    encoded = canonical.encode(document)
    made.canonical, made.digest = encoded.decode(), canonical.digest(document)
    made.key_id, made.signature = key.key_id, signing.sign(key, encoded)
    made.save(force_insert=True)
    of = made.report
    subject = f"{of.installation.code} {of.year} {made.number}"
    log_document(kind="determination", subject=subject, document=document)
    return made


def _lock(version):
    turns.take(f"mrv_report_{version.pk}")
    version.refresh_from_db()
