"""What a registry lays down for accounts and people."""

from django.db.models import F, Q

from registry.models import RegistryRules


def rules_in_force(registry_id, at) -> RegistryRules:
    """The version that holds in a registry: its own, or else that of all registries."""
    rows = RegistryRules.objects.filter(
        Q(registry_id=registry_id) | Q(registry__isnull=True),
        Q(valid_to__isnull=True) | Q(valid_to__gt=at),
        valid_from__lte=at,
    )
    return rows.order_by(F("registry").asc(nulls_last=True), "-version").first()
