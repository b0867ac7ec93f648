"""Maintenance and incidents: what other nodes tell, and what they are told."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from rest_framework.response import Response

from linking.api import forms, peer_documents, queries
from linking.selectors import peer_notices
from linking.services.give_notice import Notice, give_notice
from registry.api import pages
from registry.api import schema as described
from registry.api.reading import read_form
from registry.api.schema import listed, written
from registry.api.views.base import Collection

FILTERS = {"peer": "peer__name", "kind": "notice_kind"}


@described.extend_schema_view(
    get=listed(
        "listPeerNotices",
        "What other nodes have told of maintenance and incidents, the newest first",
        peer_documents.PeerNoticeDocument,
        queries.PeerNotices,
    ),
    post=written(
        "givePeerNotice",
        "Tell other nodes of maintenance or of an incident here",
        peer_documents.SentNoticesDocument,
        forms.NoticeForm,
        description="A node that was told the same before is not told again.",
    ),
)
class PeerNotices(Collection):
    document = peer_documents.PeerNoticeDocument
    scope = "manage"
    listed_by = queries.PeerNotices
    is_of_registries = False
    key_form = (str, str)

    def rows(self, actor, *, after, limit):
        rows = peer_notices.visible(actor)
        given = {column: self.asked[name] for name, column in FILTERS.items() if name in self.asked}
        rows = rows.filter(**given)
        if "current" in self.asked:
            rows = peer_notices.current(rows, timezone.now())
        if after is not None:
            at, pk = _place(after)
            rows = rows.filter(Q(received_at__lt=at) | Q(received_at=at, pk__lt=pk))
        return list(rows[: limit + 1])

    def key(self, row):
        return [row.received_at.isoformat(), str(row.pk)]

    def post(self, request):
        said = read_form(forms.NoticeForm, request)
        notice = Notice(said["kind"], said["begins_at"], said.get("ends_at"), said["text"])
        sent = give_notice(
            actor=request.actor, notice=notice, names=said.get("peers"), at=timezone.now()
        )
        document = peer_documents.SentNoticesDocument({"items": sent})
        headers = {"Location": "/api/v1/peer-notices"}
        return Response(document.data, status=201, headers=headers)


def _place(after):
    """Where the page before ended.   Raises: InvalidInput (CURSOR_INVALID)."""
    try:
        return datetime.fromisoformat(after[0]), UUID(after[1])
    except ValueError as error:
        raise pages.invalid_cursor() from error
