"""Panels of the work queue about other nodes (see the PANELS port)."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linking.models import Peer
from linking.selectors import peer_notices, peers
from registry.admin.panels import SHOWN, Entry, Panel

from . import peer_words

LONGEST_SHOWN = 200


def troubled_peers(actor) -> Panel:
    """Nodes that wait for a confirmation, that do not answer, or that have refused a message."""
    rows = []
    if peers.reads_peers(actor):
        found = peers.with_messages(Peer.objects.exclude(state="ended"))
        wanting = Q(refused__gt=0) | Q(failing_since__isnull=False) | Q(state="introduced")
        rows = list(found.filter(wanting).order_by("name"))
    return Panel(
        title=gettext_lazy("Other nodes that need attention"),
        entries=[
            Entry(row.name, _told(row), reverse("admin:linking_peer_change", args=[row.pk]))
            for row in rows[:SHOWN]
        ],
        empty=gettext_lazy("Every other node answers, and has refused nothing."),
        more_url=reverse("admin:linking_peer_changelist") if len(rows) > SHOWN else "",
        late=any(row.refused or row.failing_since for row in rows),
    )


def notices_of_peers(actor) -> Panel:
    """Maintenance and incidents that other nodes have told of, and that are not over."""
    at, rows = timezone.now(), []
    if peers.reads_peers(actor):
        rows = list(peer_notices.current(peer_notices.visible(actor), at)[: SHOWN + 1])
    return Panel(
        title=gettext_lazy("Notices of other nodes"),
        entries=[_noticed(row, at) for row in rows[:SHOWN]],
        empty=gettext_lazy("No other node tells of maintenance or an incident."),
        more_url=reverse("admin:linking_peernotice_changelist") if len(rows) > SHOWN else "",
        late=any(row.notice_kind == "incident" for row in rows),
        is_state=True,
    )


def _noticed(row, at):
    begins, ends = (value and datetime.fromisoformat(value) for value in (row.begins, row.ends))
    until = ""
    if begins > at:
        until = _("begins in %(time)s") % {"time": timeuntil(begins, at)}
    elif ends:
        until = _("%(time)s left") % {"time": timeuntil(ends, at)}
    return Entry(
        f"{row.peer.name}: {peer_words.notice(row.notice_kind)}",
        Truncator(row.said).chars(LONGEST_SHOWN),
        reverse("admin:linking_peernotice_change", args=[row.pk]),
        until=until,
        late=row.notice_kind == "incident",
    )


def _told(row):
    if row.state == Peer.State.INTRODUCED:
        return _("waits for a person to compare the fingerprint")
    if row.failing_since is None:
        return _("messages refused: %(refused)s") % {"refused": row.refused}
    return _("messages refused: %(refused)s · no answer for %(time)s") % {
        "refused": row.refused,
        "time": timesince(row.failing_since, timezone.now()),
    }
