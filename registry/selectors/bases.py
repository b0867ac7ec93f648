"""Tonnes that limits and obligations are measured by, as uploaded."""

from registry.models import Basis


def uploaded(whose, kind, period):
    """The uploaded tonnes of an entity, by its id, or of a jurisdiction, by its code; None where
    nothing was uploaded."""
    of = {"jurisdiction__code": whose} if isinstance(whose, str) else {"entity_id": whose}
    return (
        Basis.objects.filter(kind=kind, period=period, **of)
        .values_list("tonnes", flat=True)
        .first()
    )
