"""Reports as rows, and as the pure modules take them: streams with their inputs."""

from fractions import Fraction

from django.db.models import Q

from mrv.emissions.derivation import Input
from mrv.emissions.installation import YEAR, Stream
from mrv.errors import failure
from mrv.models import (
    Determination,
    EmissionReport,
    Figure,
    Installation,
    ReportingYear,
    ReportVersion,
    VerifierMember,
)
from mrv.quantities import number
from registry.errors import NotFound

from . import bodies, factors


def visible(actor):
    """Versions of reports of installations that the actor may see, and of those that wait for a
    verifier the actor is a member of or were verified by it.   Raises: NotPermitted (NO_ACTOR)."""
    own = Installation.objects.filter(pk__in=bodies.installations(actor).values("pk"))
    member = VerifierMember.objects.filter(person_id=actor.person_id, valid_to=None)
    rows = ReportVersion.objects.select_related(
        "report__installation__operator__registry", "plan__template"
    ).filter(
        Q(report__installation__in=own)
        | Q(verification__verifier__in=member.values("verifier"))
        | Q(state=ReportVersion.State.SUBMITTED) & Q(pk__in=_offered(member))
    )
    return rows.order_by("-pk")


def _offered(member):
    """Submitted versions for which a verifier of the member is accredited at any time."""
    if not member.exists():
        return []
    accredited = member.values_list(
        "verifier__accreditations__scheme", "verifier__accreditations__sectors"
    )
    wanted = Q(pk=None)
    for scheme, sectors in accredited:
        wanted |= Q(
            report__installation__operator__registry__scheme=scheme,
            report__installation__sector__in=sectors or [],
        )
    return ReportVersion.objects.filter(wanted).values("pk")


def version(actor, number) -> ReportVersion:
    """Raises: NotPermitted, NotFound (UNKNOWN_REPORT)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_REPORT", report=str(number)[:40]))
    return found


def is_closed(report: EmissionReport) -> bool:
    """Whether nothing is reported any more for the report's year."""
    registry = report.installation.operator.registry_id
    return ReportingYear.objects.filter(registry=registry, year=report.year).exists()


def streams_of(version: ReportVersion, library) -> list[Stream]:
    """The source streams of a version with the inputs that are there.   Raises: RuleViolated."""
    template = factors.as_read(version.plan.template)
    reported = {}
    for each in version.values.order_by("stream_id", "parameter", "month"):
        origin = {"kind": "reported"}
        if each.evidence:
            origin["evidence"] = each.evidence
        if each.month:
            origin["month"] = str(each.month)
        given = Input(each.parameter, number(each.value), each.unit, origin)
        reported.setdefault(each.stream_id, {})[each.parameter, each.month] = given
    return [
        Stream(
            row.code,
            template.kinds[row.kind],
            {**_planned(row, library), **reported.get(row.pk, {})},
            {name: number(text) for name, text in row.uncertainty.items()},
        )
        for row in version.plan.streams.order_by("pk")
    ]


def _planned(row, library) -> dict:
    """The inputs that the plan gives: factors and defaults."""
    found = {}
    for name, source in row.sources.items():
        if source["kind"] == "factor":
            found[name, YEAR] = input_of(library.factor(source["set"], source["key"], name))
        elif source["kind"] == "default":
            origin = {"kind": "default", "plan": str(row.plan_id)}
            value = number(source["value"])
            found[name, YEAR] = Input(name, value, source["unit"], origin)
    return found


def input_of(factor) -> Input:
    """A factor as an input that says where it comes from."""
    of = factor.factor_set
    origin = {
        "kind": "factor",
        "set": of.code,
        "version": str(of.version),
        "key": factor.key,
        "source": of.source,
        "confidence": factor.confidence,
    }
    return Input(factor.parameter, number(factor.value), factor.unit, origin)


def gwp_of(version: ReportVersion, template, library) -> dict[str, Input]:
    """The global warming potential of each gas of a template that the plan's set has."""
    found = {}
    for gas in {kind.gas for kind in template.kinds.values()}:
        name = (version.plan.gwp_set, gas, "gwp")
        if name in library.factors:
            found[gas] = input_of(library.factors[name])
    return found


def figures_before(report: EmissionReport) -> dict[str, Fraction]:
    """The tonnes of each stream, by its code, that were determined for the year before."""
    rows = Figure.objects.filter(
        version__report__installation_id=report.installation_id,
        version__report__year=report.year - 1,
        version__state=ReportVersion.State.DETERMINED,
    )
    return {code: number(text) for code, text in rows.values_list("stream__code", "tonnes")}


def determined(installation, year) -> Determination | None:
    """What counts as the emissions of an installation in a year."""
    rows = Determination.objects.filter(report__installation=installation, report__year=year)
    return rows.order_by("-number").first()
