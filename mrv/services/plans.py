"""Monitoring plans: an operator submits a version, the regulator approves or refuses it."""

from dataclasses import dataclass, field

from django.db import transaction

from mrv import permissions
from mrv.emissions.checks import tier_missed
from mrv.errors import failure
from mrv.models import MonitoringPlan, SourceStream
from mrv.quantities import QuantityError, converted, number
from mrv.sectors.template import ACTIVITY
from mrv.selectors import factors
from registry import canonical
from registry.errors import Conflict, DomainError, InvalidInput, NotPermitted, RuleViolated

from . import written

FORMAT = "concord-monitoring-plan-1"
STATE = MonitoringPlan.State
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class NewStream:
    """A source stream as a plan says it; see SourceStream for `sources` and `uncertainty`."""

    code: str
    kind: str
    name: str
    sources: dict
    tier: str = ""
    uncertainty: dict = field(default_factory=dict)


@transaction.atomic
def submit_plan(*, actor, installation, from_year, gwp_set, streams, at) -> MonitoringPlan:
    """The next version of an installation's plan, by the newest template of its sector.

    Raises: NotPermitted, NotFound (UNKNOWN_SECTOR), Conflict (PLAN_WAITS), InvalidInput with all
    that is wrong (YEAR_NOT_POSSIBLE, STREAM_NEEDED, UNKNOWN_KIND_OF_STREAM, SOURCE_NEEDED,
    UNKNOWN_PARAMETER_OF_STREAM, UNKNOWN_FACTOR, FACTOR_NOT_VALID, TIER_NOT_MET, …).
    """
    permissions.require_operator(actor, installation.operator)
    template = factors.template_of(installation.sector)
    _refuse_wrong(factors.as_read(template), from_year, gwp_set, streams)
    plans = MonitoringPlan.objects.filter(installation=installation)
    if plans.filter(state=STATE.SUBMITTED).exists():
        raise Conflict(failure("PLAN_WAITS", installation=installation.code))
    last = plans.order_by("-number").first()
    plan = MonitoringPlan(
        installation=installation,
        number=last.number + 1 if last else 1,
        template=template,
        from_year=from_year,
        gwp_set=gwp_set,
        stream_count=len(streams),
        submitted_by_id=actor.person_id,
        submitted_at=at,
    )
    document = _document(plan, streams)
    plan.canonical = canonical.encode(document).decode()
    plan.digest = canonical.digest(document)
    plan.save(force_insert=True)
    SourceStream.objects.bulk_create(SourceStream(plan=plan, **each.__dict__) for each in streams)
    return plan


def _document(plan, streams) -> dict:
    return {
        "format": FORMAT,
        "installation": plan.installation.code,
        "version": plan.number,
        "template": f"{plan.template.code} {plan.template.version}",
        "template_digest": bytes(plan.template.digest).hex(),
        "from_year": plan.from_year,
        "gwp_set": plan.gwp_set,
        "streams": [each.__dict__ for each in streams],
        "submitted_at": canonical.instant(plan.submitted_at),
    }


def _refuse_wrong(template, from_year, gwp_set, streams):
    codes = [each.code for each in streams]
    found = [
        *([] if FIRST_YEAR <= from_year <= LAST_YEAR else [failure("YEAR_NOT_POSSIBLE")]),
        *([] if streams else [failure("STREAM_NEEDED")]),
        *(failure("STREAM_TWICE", stream=c) for c in sorted({*codes}) if codes.count(c) > 1),
    ]
    library = factors.library(from_year)
    for each in streams:
        kind = template.kinds.get(each.kind)
        if kind is None:
            found.append(failure("UNKNOWN_KIND_OF_STREAM", stream=each.code, kind=each.kind[:40]))
            continue
        wrong = _stream_failures(kind, each, library)
        wrong += _factor_failures(library, gwp_set, kind.gas, "gwp")
        found += [failure(one.code, **{"stream": each.code, **one.data}) for one in wrong]
    if found:
        raise InvalidInput(*found)


def _stream_failures(kind, stream, library):
    found = written.code_failures(stream.code) + written.name_failures(stream.name)
    for name in sorted({*stream.sources, *stream.uncertainty} - set(kind.parameters)):
        found.append(failure("UNKNOWN_PARAMETER_OF_STREAM", parameter=str(name)[:40]))
    for name, parameter in kind.parameters.items():
        source = stream.sources.get(name)
        where = {"parameter": name}
        if not _is_source(source):
            found.append(failure("SOURCE_NEEDED", **where))
        elif name == ACTIVITY and source["kind"] != "reported":
            found.append(failure("ACTIVITY_IS_REPORTED", **where))
        else:
            found += SOURCES[source["kind"]](source, name, parameter, library)
    try:
        uncertain = {name: number(text) for name, text in stream.uncertainty.items()}
    except QuantityError as error:
        return [*found, failure(error.code, **error.data)]
    missed = tier_missed(kind, stream.tier, uncertain) if stream.tier else None
    if stream.tier and stream.tier not in kind.tiers:
        found.append(failure("UNKNOWN_TIER", tier=stream.tier))
    elif missed:
        found.append(failure("TIER_NOT_MET", **missed))
    return found


def _is_source(source):
    return (
        isinstance(source, dict)
        and source.get("kind") in SOURCES
        and all(type(each) is str for each in source.values())
    )


def _reported(_source, _name, _parameter, _library):
    return []


def _from_factor(source, name, parameter, library):
    wanted = (source.get("set", ""), source.get("key", ""), name)
    wrong = _factor_failures(library, *wanted)
    if wrong:
        return wrong
    known = library.factor(*wanted)
    return _unit_failures(known.value, known.unit, name, parameter)


def _by_default(source, name, parameter, _library):
    return _unit_failures(source.get("value"), str(source.get("unit")), name, parameter)


def _unit_failures(value, unit, name, parameter):
    try:
        converted(number(value), unit, parameter.unit)
    except QuantityError as error:
        return [failure(error.code, **{**error.data, "parameter": name})]
    return []


def _factor_failures(library, set_code, key, name):
    try:
        library.factor(set_code, key, name)
    except DomainError as error:
        return error.failures
    return []


SOURCES = {"reported": _reported, "factor": _from_factor, "default": _by_default}


@transaction.atomic
def decide_plan(*, actor, plan, approved, at, reason="") -> MonitoringPlan:
    """Approves a version, which supersedes the one approved before, or refuses it for a reason.

    Raises: NotPermitted (NOT_PERMITTED, OWN_PLAN), InvalidInput (REASON_NEEDED), Conflict
    (PLAN_DECIDED).
    """
    permissions.require_regulator(actor, plan.installation.operator.registry_id)
    if not approved:
        written.refuse(written.reason_failures(reason))
    if plan.submitted_by_id == actor.person_id:
        raise NotPermitted(failure("OWN_PLAN"))
    if approved:
        before = MonitoringPlan.objects.filter(
            installation_id=plan.installation_id, state=STATE.APPROVED
        )
        before.update(state=STATE.SUPERSEDED)
    state = STATE.APPROVED if approved else STATE.REFUSED
    waiting = MonitoringPlan.objects.filter(pk=plan.pk, state=STATE.SUBMITTED)
    decided = {"state": state, "decided_by_id": actor.person_id, "decided_at": at}
    if not waiting.update(reason=reason, **decided):
        raise Conflict(failure("PLAN_DECIDED", plan=str(plan.pk)))
    plan.refresh_from_db()
    return plan


def plan_for(installation, year) -> MonitoringPlan:
    """The plan that holds for a reporting year.   Raises: RuleViolated (NO_APPROVED_PLAN)."""
    found = (
        MonitoringPlan.objects.filter(
            installation=installation,
            state__in=(STATE.APPROVED, STATE.SUPERSEDED),
            from_year__lte=year,
        )
        .order_by("-number")
        .first()
    )
    if found is None:
        raise RuleViolated(
            failure("NO_APPROVED_PLAN", installation=installation.code, year=str(year))
        )
    return found
