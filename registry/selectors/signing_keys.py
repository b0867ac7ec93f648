"""Signing keys for whoever verifies, and for people."""

from registry.models import KeyRecord


def every_key():
    """All key records that ever were, the oldest first, with their registries.

    None is left out when it ends: what it signed is verified for ever.
    """
    return KeyRecord.objects.select_related("registry").order_by("pk")


def log_keys():
    """The keys that signed the node's log, the oldest first."""
    return every_key().filter(purpose=KeyRecord.Purpose.LOG)
