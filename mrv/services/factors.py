"""Factor sets and sector templates, by new versions; what was used is never changed."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from mrv import permissions
from mrv.errors import failure
from mrv.models import Factor, FactorSet, SectorTemplate
from mrv.quantities import QuantityError, number, unit
from mrv.sectors.template import TemplateError, read
from registry import canonical
from registry.errors import InvalidInput

from . import written


@dataclass(frozen=True)
class NewFactor:
    """`key` says of what, `parameter` for which name in formulas; value and unit as text."""

    key: str
    parameter: str
    value: str
    unit: str
    confidence: str = "medium"
    note: str = ""


@dataclass(frozen=True)
class NewFactorSet:
    """A table of factors; the next version of its code where `version` is not named."""

    code: str
    name: str
    source: str
    valid_from: date
    factors: tuple[NewFactor, ...]
    valid_to: date | None = None
    version: int | None = None


@transaction.atomic
def add_factor_set(*, actor, new: NewFactorSet) -> FactorSet:
    """Records one version of a factor set, whole.

    Raises: NotPermitted, InvalidInput (NAME_NEEDED, LAST_DAY_BEFORE_FIRST, NUMBER_NOT_EXACT,
    UNKNOWN_UNIT, FACTOR_TWICE).
    """
    permissions.require_keeper(actor)
    named = [(each.key, each.parameter) for each in new.factors]
    written.refuse(
        written.name_failures(new.name),
        written.name_failures(new.source[: written.LONGEST_NAME]),
        written.days_failures(new.valid_from, new.valid_to),
        [found for each in new.factors for found in _factor_failures(each)],
        [failure("FACTOR_TWICE", factor=" ".join(n)) for n in {*named} if named.count(n) > 1],
    )
    made = FactorSet.objects.create(
        code=new.code,
        version=new.version or _next_version(FactorSet, new.code),
        name=new.name,
        source=new.source,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        recorded_by_id=actor.person_id,
    )
    Factor.objects.bulk_create(
        Factor(factor_set=made, **{name: getattr(each, name) for name in each.__dict__})
        for each in new.factors
    )
    return made


def _factor_failures(new):
    try:
        number(new.value)
        unit(new.unit)
    except QuantityError as error:
        where = f"{new.key} {new.parameter}"
        yield failure(error.code, **{**error.data, "factor": where})


@transaction.atomic
def add_template(*, actor, document, at) -> SectorTemplate:
    """Records the next version of a sector template; the same document again is the same version.

    Raises: NotPermitted, InvalidInput (FIELD_WRONG, FIELD_UNKNOWN, FORMULA_NOT_UNDERSTOOD,
    PARAMETER_WITHOUT_UNIT, UNIT_OF_ANOTHER_DIMENSION, UNKNOWN_UNIT, NUMBER_NOT_EXACT).
    """
    permissions.require_keeper(actor)
    try:
        code = read(document).code
    except TemplateError as error:
        raise InvalidInput(
            *(failure(code, **{**data, "pointer": where}) for code, where, data in error.findings)
        ) from error
    digest = canonical.digest(document)
    last = SectorTemplate.objects.filter(code=code).order_by("-version").first()
    if last is not None and bytes(last.digest) == digest:
        return last
    return SectorTemplate.objects.create(
        code=code,
        version=last.version + 1 if last else 1,
        document=document,
        digest=digest,
        recorded_by_id=actor.person_id,
        recorded_at=at,
    )


def _next_version(model, code):
    last = model.objects.filter(code=code).order_by("-version").first()
    return last.version + 1 if last else 1
