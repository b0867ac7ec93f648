"""Comparisons and their cases, as those see them who read the registry."""

from django.db.models import Q

from linking.errors import failure
from linking.models import ReconciliationCase, ReconciliationRun
from registry import permissions
from registry.errors import NotFound

UNDER_WAY = (ReconciliationCase.State.OPEN, ReconciliationCase.State.PROPOSED)


def visible(actor):
    """The cases of registries that the actor reads, the newest first.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = ReconciliationCase.objects.select_related(
        "registry", "partner", "unit_type__registry", "run", "proposed_by", "decided_by"
    ).order_by("-pk")
    registries = permissions.readable_registries(actor)
    return rows if registries is None else rows.filter(registry__in=registries)


def find(actor, number) -> ReconciliationCase:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_CASE)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_CASE", case=str(number)))
    return found


def under_way(actor):
    """The cases that somebody has to go on with."""
    return visible(actor).filter(state__in=UNDER_WAY)


def runs(actor):
    """The comparisons of registries that the actor reads, the newest first.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = ReconciliationRun.objects.select_related("unit_type__registry", "partner")
    registries = permissions.readable_registries(actor)
    if registries is not None:
        rows = rows.filter(Q(unit_type__registry__in=registries) | Q(partner__in=registries))
    return rows.order_by("-pk")


def find_run(actor, number) -> ReconciliationRun:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_COMPARISON)."""
    found = runs(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_COMPARISON", comparison=str(number)))
    return found


def latest_runs(actor):
    """The last comparison of each pair and unit type."""
    return (
        runs(actor)
        .order_by("unit_type_id", "partner_id", "-pk")
        .distinct("unit_type_id", "partner_id")
    )
