"""What other nodes have told of their maintenance and their incidents."""

from datetime import timedelta

from django.db.models import JSONField, Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from linking.models import PeerNotice
from registry import canonical

from . import peers

# A notice that names no end is looked at for so long after it began.
WITHOUT_END = timedelta(days=7)


def visible(actor):
    """Notices of all peers, the newest first.   Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED)."""
    peers.visible(actor)
    return said().order_by("-received_at", "-pk")


def said():
    """Notices with the members of their bodies; moments are texts that sort as they do."""
    body = KeyTransform("body", Cast("text", JSONField()))
    return PeerNotice.objects.select_related("peer").annotate(
        notice_kind=KeyTextTransform("kind", body),
        begins=KeyTextTransform("from", body),
        ends=KeyTextTransform("to", body),
    )


def current(rows, at):
    """Those that are not over at `at`, or begin later; without an end, for a week."""
    earliest = canonical.instant(at - WITHOUT_END)
    lasting = Q(ends__isnull=True, begins__gt=earliest)
    return rows.filter(Q(ends__gt=canonical.instant(at)) | lasting)
