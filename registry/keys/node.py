"""The node's name: the origin, without a scheme, by which it signs."""

from django.conf import settings

from registry.models import KeyRecord


def node_name() -> str:
    """The name that the first key fixed; before that, the one that the settings give.

    Checkpoints and receipts stay with the name under which they were signed, so a node never has
    two: the address at which it is reached may change, this does not.
    """
    first = KeyRecord.objects.order_by("pk").values_list("node", flat=True).first()
    return first or configured_name() or settings.CONCORD["NODE_NAME_FALLBACK"]


def configured_name() -> str:
    """What NODE_NAME says; empty where nobody has set it."""
    return settings.CONCORD["NODE_NAME"]
