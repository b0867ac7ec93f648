"""Tell other nodes of maintenance or of an incident: their people know why one is silent."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import JSONField
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from linking.errors import failure
from linking.messages.kinds import Kind
from linking.models import OutboxMessage, Peer
from linking.selectors import peers
from registry import canonical, permissions, turns
from registry.errors import RuleViolated

from .keep_peer import say

TURN = "linking_notices"
LINKED = (Peer.State.PINNED, Peer.State.PAUSED)


@dataclass(frozen=True)
class Notice:
    """`kind` is `maintenance` or `incident`; `ends_at` is None where nobody knows yet."""

    kind: str
    begins_at: datetime
    ends_at: datetime | None
    text: str

    def body(self) -> dict:
        """As docs/protocol.md has it."""
        return {
            "kind": self.kind,
            "from": canonical.instant(self.begins_at),
            "to": self.ends_at and canonical.instant(self.ends_at),
            "text": self.text,
        }


@transaction.atomic
def give_notice(*, actor, notice, at, names=None) -> list[OutboxMessage]:
    """One message to each of the peers by name, or to all that are linked.

    Told twice, the same is said once: a peer that was sent it is not sent it again.

    Raises: NotPermitted, NotFound (UNKNOWN_PEER), RuleViolated (NOBODY_TO_TELL,
    NOTICE_ENDS_BEFORE_IT_BEGINS, PEER_NOT_PINNED), KeyUnavailable.
    """
    permissions.require_role(actor, peers.KEEPERS, None)
    if notice.ends_at is not None and notice.ends_at <= notice.begins_at:
        raise RuleViolated(failure("NOTICE_ENDS_BEFORE_IT_BEGINS"))
    turns.take(TURN)
    if names is None:
        names = linked().values_list("name", flat=True)
    names = list(dict.fromkeys(names))
    if not names:
        raise RuleViolated(failure("NOBODY_TO_TELL"))
    body = notice.body()
    by = {"actor": actor, "kind": Kind.NOTICE, "body": body, "at": at}
    return [_sent(name, body) or say(name=name, **by) for name in names]


def linked():
    """The peers that notices are for, by name."""
    return Peer.objects.filter(state__in=LINKED).order_by("name")


def _sent(name, body):
    """The same notice to this peer, if there is one."""
    rows = peers.by_name(name).outbox.filter(kind=Kind.NOTICE)
    told = KeyTransform("body", Cast("text", JSONField()))
    return rows.annotate(told=told).filter(told=body).first()
