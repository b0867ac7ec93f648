"""Operators, installations and verifiers as rows, and who may see them."""

from django.db.models import Q

from mrv.errors import failure
from mrv.models import Installation, Operator, Verifier
from registry import permissions
from registry.errors import NotFound


def operators(actor):
    """The operators that the actor may see: those of registries whose ledger they read, and of
    holders whose accounts they represent.   Raises: NotPermitted (NO_ACTOR)."""
    rows = Operator.objects.select_related("holder", "registry__scheme").order_by("pk")
    return rows.filter(_seen(actor, ""))


def installations(actor):
    """The installations that the actor may see.   Raises: NotPermitted (NO_ACTOR)."""
    rows = Installation.objects.select_related(
        "operator__holder", "operator__registry__scheme", "jurisdiction"
    )
    return rows.filter(_seen(actor, "operator__")).order_by("code")


def _seen(actor, prefix):
    """What lies behind `prefix` is an operator that the actor may see, or verifies for."""
    readable = permissions.readable_registries(actor)
    if readable is None:
        return Q()
    own = permissions.represented(actor)
    return Q(**{f"{prefix}registry_id__in": readable}) | Q(
        pk__in=Operator.objects.filter(holder__accounts__in=own).values("pk")
        if not prefix
        else Installation.objects.filter(operator__holder__accounts__in=own).values("pk")
    )


def operator(actor, number) -> Operator:
    """Raises: NotPermitted, NotFound (UNKNOWN_OPERATOR)."""
    found = operators(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_OPERATOR", operator=str(number)[:40]))
    return found


def installation(actor, code) -> Installation:
    """Raises: NotPermitted, NotFound (UNKNOWN_INSTALLATION)."""
    found = installations(actor).filter(code=code).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_INSTALLATION", installation=str(code)[:40]))
    return found


def verifiers(actor):
    """All verifiers: whoever signs in may choose among them.   Raises: NotPermitted (NO_ACTOR)."""
    permissions.require_actor(actor)
    return Verifier.objects.select_related("jurisdiction").order_by("code")


def verifier(actor, code) -> Verifier:
    """Raises: NotPermitted, NotFound (UNKNOWN_VERIFIER)."""
    found = verifiers(actor).filter(code=code).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_VERIFIER", verifier=str(code)[:40]))
    return found
