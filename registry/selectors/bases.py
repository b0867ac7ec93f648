"""Tonnes that limits and obligations are measured by, as uploaded."""

from registry.models import Basis


def uploaded(entity_id, kind, period):
    """The uploaded tonnes, or None where nothing was uploaded."""
    return (
        Basis.objects.filter(entity_id=entity_id, kind=kind, period=period)
        .values_list("tonnes", flat=True)
        .first()
    )
