"""Reference data: who is signed in may read all of it."""

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, NotFound
from registry.models import (
    Fact,
    Jurisdiction,
    Registry,
    Scheme,
    Source,
    TransactionType,
    UnitType,
)


def jurisdictions():
    return Jurisdiction.objects.select_related("parent").order_by("code")


def schemes():
    return Scheme.objects.select_related("jurisdiction").order_by("code")


def registries():
    return Registry.objects.select_related("jurisdiction", "scheme").order_by("code")


def unit_types():
    return (
        UnitType.objects.select_related("registry", "converts_to")
        .prefetch_related("aliases")
        .order_by("code")
    )


def unit_type_names() -> dict:
    """The names of all unit types in the reader's language, by their codes."""
    return {row.code: row.name for row in UnitType.objects.all()}


def facts():
    return Fact.objects.select_related("jurisdiction").order_by("pk")


def sources():
    return Source.objects.order_by("code")


def unit_type(name) -> UnitType:
    """The unit type with this code or, failing that, alias.

    Raises: NotFound (UNKNOWN_UNIT_TYPE).
    """
    found = list(unit_types().filter(Q(code=name) | Q(aliases__alias=name)).distinct())
    if not found:
        raise _not_found("UNKNOWN_UNIT_TYPE", name)
    return next((each for each in found if each.code == name), found[0])


def registry(code) -> Registry:
    """Raises: NotFound (UNKNOWN_REGISTRY)."""
    found = registries().filter(code=code).first()
    if found is None:
        raise _not_found("UNKNOWN_REGISTRY", code)
    return found


def find(queryset, code, failure):
    """The row with a code, or the failure that is named.   Raises: NotFound."""
    found = queryset.filter(code=code).first()
    if found is None:
        raise _not_found(failure, code)
    return found


def transaction_types(at):
    """The versions in force at an instant."""
    return (
        TransactionType.objects.select_related("registry")
        .filter(Q(valid_to=None) | Q(valid_to__gt=at), valid_from__lte=at)
        .order_by("code", "registry__code", "-version")
    )


def transaction_type(code, place, at) -> TransactionType:
    """The version in force at an instant, in a registry that may have its own; `latest_version` is
    the number of the version that the next one follows.

    Raises: NotFound (UNKNOWN_REGISTRY, UNKNOWN_TRANSACTION_TYPE).
    """
    there = None if place is None else registry(place).pk
    for registry_id in dict.fromkeys((there, None)):
        versions = TransactionType.objects.filter(code=code, registry_id=registry_id)
        found = transaction_types(at).filter(pk__in=versions).first()
        if found is not None:
            found.latest_version = versions.aggregate(latest=Max("version"))["latest"]
            return found
    raise _not_found("UNKNOWN_TRANSACTION_TYPE", code)


TEXTS = {
    "UNKNOWN_JURISDICTION": (
        _("There is no such jurisdiction."),
        _("See the list of jurisdictions."),
    ),
    "UNKNOWN_SCHEME": (_("There is no such scheme."), _("See the list of schemes.")),
    "UNKNOWN_REGISTRY": (_("There is no such registry."), _("See the list of registries.")),
    "UNKNOWN_TRANSACTION_TYPE": (
        _("No version of this transaction type is in force."),
        _("See the list of transaction types."),
    ),
    "UNKNOWN_UNIT_TYPE": (_("There is no such unit type."), _("See the list of unit types.")),
}


def failure(code, name, parameter=None) -> Failure:
    """The failure of a name that nothing has; `parameter` held it, if any did."""
    data = {"name": name} | ({"parameter": parameter} if parameter else {})
    return Failure(code, *TEXTS[code], data=data)


def _not_found(code, name):
    return NotFound(failure(code, name))
