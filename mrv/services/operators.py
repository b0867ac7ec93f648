"""Operators that a registry's scheme covers, and their installations."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from mrv import permissions
from mrv.errors import failure
from mrv.models import Installation, Operator
from registry.errors import Conflict
from registry.services.accounts import hosted_registry

from . import written


@dataclass(frozen=True)
class NewInstallation:
    """What an installation is recorded with; `sector` by its code."""

    code: str
    name: str
    jurisdiction_id: int
    sector: str
    started_on: date


@transaction.atomic
def cover_operator(*, actor, holder, registry_id, covered_from, covered_to=None) -> Operator:
    """An account holder becomes an operator of a registry that this node keeps.

    Raises: NotPermitted, NotFound (UNKNOWN_REGISTRY), InvalidInput (LAST_DAY_BEFORE_FIRST),
    Conflict (OPERATOR_COVERED).
    """
    permissions.require_keeper(actor, registry_id)
    registry = hosted_registry(registry_id)
    written.refuse(written.days_failures(covered_from, covered_to))
    made, new = Operator.objects.get_or_create(
        holder=holder,
        registry=registry,
        defaults={"covered_from": covered_from, "covered_to": covered_to},
    )
    if not new:
        raise Conflict(failure("OPERATOR_COVERED", operator=str(made.pk)))
    return made


@transaction.atomic
def end_coverage(*, actor, operator, covered_to) -> Operator:
    """The scheme covers the operator up to a day; None: without end.

    Raises: NotPermitted, InvalidInput (LAST_DAY_BEFORE_FIRST).
    """
    permissions.require_keeper(actor, operator.registry_id)
    written.refuse(written.days_failures(operator.covered_from, covered_to))
    operator.covered_to = covered_to
    operator.save(update_fields=["covered_to"])
    return operator


@transaction.atomic
def add_installation(*, actor, operator, new: NewInstallation) -> Installation:
    """Records an installation of an operator.

    Raises: NotPermitted, InvalidInput (CODE_NOT_PRINTABLE, NAME_NEEDED, SECTOR_NEEDED),
    Conflict (CODE_TAKEN).
    """
    permissions.require_keeper(actor, operator.registry_id)
    written.refuse(
        written.code_failures(new.code),
        written.name_failures(new.name),
        [] if new.sector else [failure("SECTOR_NEEDED")],
    )
    made, created = Installation.objects.get_or_create(
        code=new.code,
        defaults={
            "operator": operator,
            "name": new.name,
            "jurisdiction_id": new.jurisdiction_id,
            "sector": new.sector,
            "started_on": new.started_on,
            "recorded_by_id": actor.person_id,
        },
    )
    if not created:
        raise Conflict(failure("CODE_TAKEN", code=new.code))
    return made


@transaction.atomic
def close_installation(*, actor, installation, closed_on) -> Installation:
    """An installation operates for the last time on a day.

    Raises: NotPermitted, InvalidInput (LAST_DAY_BEFORE_FIRST), Conflict (ENDED_ALREADY).
    """
    permissions.require_keeper(actor, installation.operator.registry_id)
    written.refuse(written.days_failures(installation.started_on, closed_on))
    going = Installation.objects.filter(pk=installation.pk, closed_on=None)
    if not going.update(closed_on=closed_on):
        raise Conflict(failure("ENDED_ALREADY", installation=installation.code))
    installation.closed_on = closed_on
    return installation
