"""Emission reports: an operator drafts a version, gives values, and submits it."""

from dataclasses import dataclass, replace

from django.db import transaction

from mrv import permissions
from mrv.emissions import checks
from mrv.emissions.derivation import Input
from mrv.emissions.installation import Emissions, Stream, of_installation
from mrv.errors import failure
from mrv.models import ActivityValue, EmissionReport, Figure, ReportVersion
from mrv.quantities import QuantityError, number, written
from mrv.selectors import factors, reports
from registry import canonical, turns
from registry.errors import Conflict, InvalidInput, RuleViolated
from registry.services.log_document import log_document

from .plans import plan_for

FORMAT = "concord-emission-report-1"
STATE = ReportVersion.State
WORKED_ON = (STATE.DRAFT, STATE.SUBMITTED, STATE.VERIFIED)
LONGEST_EVIDENCE = 300


@dataclass(frozen=True)
class NewValue:
    """A value by the code of its stream; month 0 is the year."""

    stream: str
    parameter: str
    month: int
    value: str
    unit: str
    evidence: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a version's values give: emissions where no error is among the findings."""

    emissions: Emissions | None
    errors: tuple[checks.Finding, ...]
    warnings: tuple[checks.Finding, ...]


@transaction.atomic
def draft_report(*, actor, installation, year, at) -> ReportVersion:
    """The next version of the report of a year, by the plan that holds then; a correction begins
    with the values of the version before.

    Raises: NotPermitted, RuleViolated (NO_APPROVED_PLAN, YEAR_CLOSED), Conflict (REPORT_EXISTS).
    """
    permissions.require_operator(actor, installation.operator)
    plan = plan_for(installation, year)
    report, _new = EmissionReport.objects.get_or_create(installation=installation, year=year)
    _require_open(report)
    last = report.versions.order_by("-number").first()
    if last is not None and last.state in WORKED_ON:
        raise Conflict(failure("REPORT_EXISTS", report=str(last.pk), state=last.state))
    made = ReportVersion.objects.create(
        report=report,
        number=last.number + 1 if last else 1,
        plan=plan,
        drafted_by_id=actor.person_id,
        drafted_at=at,
    )
    if last is not None and last.plan_id == plan.pk:
        ActivityValue.objects.bulk_create(_copy(each, made) for each in last.values.order_by("pk"))
    return made


def _copy(value, version):
    names = ("stream_id", "parameter", "month", "value", "unit", "evidence")
    return ActivityValue(version=version, **{name: getattr(value, name) for name in names})


@transaction.atomic
def give_values(*, actor, version, values) -> int:
    """Takes values into a draft, each in place of the one before; all of them or none.

    Raises: NotPermitted, Conflict (REPORT_NOT_A_DRAFT), InvalidInput with every faulty row by its
    `line` (UNKNOWN_STREAM, UNKNOWN_PARAMETER_OF_STREAM, NOT_REPORTED, MONTH_NOT_POSSIBLE,
    NUMBER_NOT_EXACT, UNKNOWN_UNIT, UNIT_OF_ANOTHER_DIMENSION, UNIT_LIKELY_WRONG,
    VALUE_IMPLAUSIBLE, VALUE_TWICE, EVIDENCE_TOO_LONG).
    """
    permissions.require_operator(actor, version.report.installation.operator)
    _lock_draft(version)
    rows = {row.code: row for row in version.plan.streams.all()}
    template = factors.as_read(version.plan.template)
    failures, places = [], {}
    for line, each in enumerate(values, 1):
        place = (each.stream, each.parameter, each.month)
        wrong = list(_value_failures(template, rows.get(each.stream), each))
        if place in places:
            wrong.append(failure("VALUE_TWICE", first=str(places[place])))
        places.setdefault(place, line)
        failures += [replace(one, line=line) for one in wrong]
    if failures:
        raise InvalidInput(*failures)
    known = {(each.stream_id, each.parameter, each.month): each.pk for each in version.values.all()}
    replaced = {(rows[s].pk, p, m) for s, p, m in places} & known.keys()
    ActivityValue.objects.filter(pk__in=[known[place] for place in replaced]).delete()
    ActivityValue.objects.bulk_create(
        [
            ActivityValue(
                version=version,
                stream=rows[each.stream],
                **{name: getattr(each, name) for name in each.__dict__ if name != "stream"},
            )
            for each in values
        ],
        batch_size=2000,
    )
    return len(places)


def _value_failures(template, row, new):
    if row is None:
        yield failure("UNKNOWN_STREAM", stream=new.stream[:40])
        return
    kind = template.kinds[row.kind]
    if new.parameter in kind.parameters and row.sources[new.parameter]["kind"] != "reported":
        yield failure("NOT_REPORTED", parameter=new.parameter)
    if new.month not in range(13):
        yield failure("MONTH_NOT_POSSIBLE", month=str(new.month))
    if len(new.evidence) > LONGEST_EVIDENCE:
        yield failure("EVIDENCE_TOO_LONG")
    try:
        given = Input(new.parameter, number(new.value), new.unit)
    except QuantityError as error:
        yield failure(error.code, **error.data)
        return
    stream = Stream(row.code, kind, {(new.parameter, new.month): given})
    for found in checks.wrong_values(stream):
        yield failure(found.code, **{"stream": found.stream, **found.data})


def examine(version) -> Outcome:
    """What the version's values give now, and what is wrong or unusual with them."""
    library = factors.library(version.report.year)
    template = factors.as_read(version.plan.template)
    streams = reports.streams_of(version, library)
    errors = [
        found
        for stream in streams
        for found in (*checks.missing_values(stream), *checks.wrong_values(stream))
    ]
    if errors:
        return Outcome(None, tuple(errors), ())
    try:
        emissions = of_installation(template, streams, reports.gwp_of(version, template, library))
    except QuantityError as error:
        return Outcome(None, (checks.Finding(error.code, "", error.data),), ())
    unbalanced = checks.open_balances(template, streams, emissions.figures)
    before = reports.figures_before(version.report)
    jumps = checks.jumps(template, emissions.figures, before)
    return Outcome(None if unbalanced else emissions, tuple(unbalanced), tuple(jumps))


@transaction.atomic
def submit_report(*, actor, version, at) -> ReportVersion:
    """Computes the figures of a draft, writes them with it, and hands it to a verifier.

    Raises: NotPermitted, Conflict (REPORT_NOT_A_DRAFT), RuleViolated (YEAR_CLOSED, YEAR_NOT_OVER,
    VALUE_MISSING, VALUE_OF_YEAR_AND_MONTHS, BALANCE_OPEN, TOTAL_NEGATIVE, …).
    """
    permissions.require_operator(actor, version.report.installation.operator)
    _lock_draft(version)
    _require_open(version.report)
    if at.year <= version.report.year:
        raise RuleViolated(failure("YEAR_NOT_OVER", year=str(version.report.year)))
    outcome = examine(version)
    if outcome.errors:
        raise RuleViolated(*(as_failure(found) for found in outcome.errors))
    emissions = outcome.emissions
    if emissions.total.result < 0:
        raise RuleViolated(failure("TOTAL_NEGATIVE", tonnes=written(emissions.total.result)))
    _write_figures(version, emissions)
    version.state = STATE.SUBMITTED
    version.submitted_by_id, version.submitted_at = actor.person_id, at
    version.total_t = int(emissions.total.result)
    version.derivation = _summary(emissions.total)
    version.warnings = [{"stream": w.stream, "code": w.code, **w.data} for w in outcome.warnings]
    document = _document(version, emissions)
    version.canonical = canonical.encode(document).decode()
    version.digest = canonical.digest(document)
    version.save()
    subject = f"{document['installation']} {document['year']} {version.number}"
    log_document(kind="emission_report", subject=subject, document=document)
    return version


def _write_figures(version, emissions):
    rows = {row.code: row for row in version.plan.streams.all()}
    Figure.objects.bulk_create(
        Figure(
            version=version,
            stream=rows[each.code],
            gas=each.gas,
            tonnes=written(each.emitted.result),
            co2e=written(each.weighted.result),
            uncertainty_pct=written(each.uncertainty_pct),
            derivation=each.weighted.as_document(),
        )
        for each in emissions.figures
    )


def _summary(total) -> dict:
    """The derivation of the total; each of its inputs is derived in the figure of its stream."""
    return replace(
        total,
        inputs=tuple(
            replace(each, of=None, origin={"kind": "figure", "stream": each.name})
            for each in total.inputs
        ),
    ).as_document()


def _document(version, emissions) -> dict:
    percent = emissions.uncertainty_pct
    return {
        "format": FORMAT,
        "installation": version.report.installation.code,
        "year": version.report.year,
        "version": version.number,
        "plan": bytes(version.plan.digest).hex(),
        "total_t": str(version.total_t),
        "uncertainty_pct": None if percent is None else written(percent),
        "figures": [
            {
                "stream": each.code,
                "gas": each.gas,
                "tonnes": written(each.emitted.result),
                "co2e": written(each.weighted.result),
                "derivation": canonical.digest(each.weighted.as_document()).hex(),
            }
            for each in emissions.figures
        ],
        "submitted_at": canonical.instant(version.submitted_at),
    }


def as_failure(found: checks.Finding):
    """A finding with the words of its code."""
    stream = {"stream": found.stream} if found.stream else {}
    return failure(found.code, **{**stream, **found.data})


def _require_open(report):
    if reports.is_closed(report):
        raise RuleViolated(failure("YEAR_CLOSED", year=str(report.year)))


def _lock_draft(version):
    """One at a time works on a draft.   Raises: Conflict (REPORT_NOT_A_DRAFT)."""
    turns.take(f"mrv_report_{version.pk}")
    version.refresh_from_db(fields=["state"])
    if version.state != STATE.DRAFT:
        raise Conflict(failure("REPORT_NOT_A_DRAFT", state=version.state))
