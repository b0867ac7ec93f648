"""Who has read what, for auditors and regulators of the registries that were read, alone."""

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, OuterRef

from registry import permissions
from registry.models import Reading, Registry


def visible(actor):
    """Readings of data of the registries that the actor audits, each with `codes`: those of its
    registries. Whoever audits all registries sees the readings of none as well.

    Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED).
    """
    audited = permissions.require_audited(actor)
    rows = Reading.objects.select_related("person", "api_key").annotate(
        codes=ArraySubquery(_named().order_by("code").values("code"))
    )
    return rows if audited is None else rows.filter(registries__overlap=sorted(audited))


def _named():
    """The registries of a reading."""
    alone = Func(
        F("pk"), template="ARRAY[%(expressions)s]", output_field=ArrayField(BigIntegerField())
    )
    return Registry.objects.alias(alone=alone).filter(alone__contained_by=OuterRef("registries"))


def by(rows, *, person=None, registry=None, route=None, since=None, until=None):
    """Those of a person (by username), of a registry, of a route, and of the time from `since` to
    before `until`."""
    filters = {
        "person__username": person,
        "registries__contains": None if registry is None else [registry.pk],
        "route": route,
        "at__gte": since,
        "at__lt": until,
    }
    return rows.filter(**{name: value for name, value in filters.items() if value is not None})
