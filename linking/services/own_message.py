"""What this node says to a peer, as a message that is not yet signed."""

import uuid

from linking.messages.envelope import Message
from registry.keys.node import node_name


def own_message(peer, kind, body, *, at, **refers) -> Message:
    """`refers` may hold `transfer` and `about` (UUIDs) and `article6`."""
    return Message(
        id=uuid.uuid4(),
        kind=str(kind),
        sender=node_name(),
        receiver=peer.name,
        sent_at=at,
        body=body,
        protocol=peer.protocol,
        **refers,
    )
