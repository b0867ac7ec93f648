"""Words for what nodes say to each other, and for what their keys are for."""

from django.utils.translation import pgettext_lazy

from registry.models import KeyRecord

# The kinds of messages of docs/protocol.md.
KINDS = {
    "propose": pgettext_lazy("message between nodes", "proposal of a transfer"),
    "accepted": pgettext_lazy("message between nodes", "acceptance"),
    "rejected": pgettext_lazy("message between nodes", "rejection"),
    "committed": pgettext_lazy("message between nodes", "commit"),
    "completed": pgettext_lazy("message between nodes", "completion"),
    "abort": pgettext_lazy("message between nodes", "request to abort"),
    "aborted": pgettext_lazy("message between nodes", "abort"),
    "status": pgettext_lazy("message between nodes", "question about the state"),
    "unknown": pgettext_lazy("message between nodes", "transfer is not known"),
    "used": pgettext_lazy("message between nodes", "use of units"),
    "retire-for": pgettext_lazy("message between nodes", "retirement for somebody elsewhere"),
    "card": pgettext_lazy("message between nodes", "card of the node"),
    "test": pgettext_lazy("message between nodes", "test message"),
    "notice": pgettext_lazy("message between nodes", "notice"),
    "version": pgettext_lazy("message between nodes", "text of an agreement"),
    "signature": pgettext_lazy("message between nodes", "signature under an agreement"),
    "edge-change": pgettext_lazy("message between nodes", "change of a link"),
}
NOTICES = {
    "maintenance": pgettext_lazy("notice of a peer", "maintenance"),
    "incident": pgettext_lazy("notice of a peer", "incident"),
}


def kind(code):
    """What a message is, in the reader's language; its code where there is no word."""
    return KINDS.get(code, code)


def notice(code):
    """What a notice is about."""
    return NOTICES.get(code, code)


def purpose(code):
    """What a key signs; its code where it is not known here."""
    return dict(KeyRecord.Purpose.choices).get(code, code)
