"""What has happened to a transfer between nodes, as both see it: their messages in order."""

import json
from dataclasses import dataclass
from datetime import datetime

from linking.models import InboxMessage, OutboxMessage, Transfer
from registry.certificates import moments
from registry.keys.node import node_name


@dataclass(frozen=True)
class Said:
    """One message. `arrived_at` is None while it is under way, and `problem` says why."""

    at: datetime
    by: str
    kind: str
    body: dict
    arrived_at: datetime | None
    problem: str = ""


def timeline(transfer: Transfer) -> list[Said]:
    """The messages about a transfer, in the order in which they were said; none for one whose
    registries are both on this node."""
    if transfer.peer_id is None:
        return []
    about = {"transfer": transfer.uuid, "peer_id": transfer.peer_id}
    own, peer = node_name(), transfer.peer.name
    said = [
        _said(row, own, row.delivered_at, row.problem)
        for row in OutboxMessage.objects.filter(**about)
    ]
    said += [_said(row, peer, row.received_at) for row in InboxMessage.objects.filter(**about)]
    return sorted(said, key=lambda each: each.at)


def _said(row, by, arrived_at, problem=""):
    message = json.loads(row.text)
    at = moments.read(message["sent_at"])
    return Said(at, by, row.kind, message["body"], arrived_at, problem)
