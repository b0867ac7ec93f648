"""Peers, their keys and their registries, as rows."""

import json

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from linking import cards
from linking.errors import failure
from linking.models import InboxMessage, OutboxMessage, Peer, PeerKey, PeerRegistry
from registry import permissions
from registry.certificates.key_list import PublicKey
from registry.errors import NotFound, NotPermitted, RuleViolated
from registry.keys.algorithms import ALGORITHMS
from registry.models import Role

# Who sees other nodes, and who keeps them.
KEEPERS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SYSTEM})
READERS = KEEPERS | {
    *(Role.ADMINISTRATOR, Role.JUNIOR_ADMINISTRATOR, Role.READ_ONLY_ADMINISTRATOR),
    *(Role.AUDITOR, Role.REGULATOR),
}


def reads_peers(actor) -> bool:
    """Whether the actor may see the node's peers: who has a role in any of its registries."""
    return actor is not None and any(roles & READERS for roles in actor.roles.values())


def visible(actor):
    """All peers for who may see them, by name.   Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED)."""
    permissions.require_actor(actor)
    if not reads_peers(actor):
        permissions.require_role(actor, READERS, None)
    return Peer.objects.select_related("introduced_by", "pinned_by").order_by("name")


def find(actor, name) -> Peer:
    """Raises: NotPermitted, NotFound (UNKNOWN_PEER)."""
    return _one(visible(actor).filter(name=name), name)


def by_name(name) -> Peer:
    """Raises: NotFound (UNKNOWN_PEER)."""
    return _one(Peer.objects.filter(name=name), name)


def _one(rows, name):
    found = rows.first()
    if found is None:
        raise NotFound(failure("UNKNOWN_PEER", peer=str(name)[:200]))
    return found


def peer_of(registry) -> Peer:
    """The pinned peer that keeps a registry; it may be paused, and its messages then wait.

    Raises: RuleViolated (REGISTRY_WITHOUT_PEER).
    """
    found = Peer.objects.filter(
        registries__registry=registry, state__in=(Peer.State.PINNED, Peer.State.PAUSED)
    ).first()
    if found is None:
        raise RuleViolated(failure("REGISTRY_WITHOUT_PEER", registry=registry.code))
    return found


def keeps(peer, registry_code) -> bool:
    """Whether the peer keeps the registry with this code."""
    return PeerRegistry.objects.filter(peer=peer, registry__code=registry_code).exists()


def signing_key(key_id) -> PeerKey:
    """The key of a peer by which messages are signed, whatever its state.

    Raises: NotPermitted (PEER_UNKNOWN).
    """
    found = (
        PeerKey.objects.filter(key_id=str(key_id)[:200], purpose="message")
        .select_related("peer")
        .first()
    )
    if found is None:
        raise NotPermitted(failure("PEER_UNKNOWN", key=str(key_id)[:200]))
    return found


def verifies(key, message: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's over the message."""
    return ALGORITHMS[key.algorithm].verify(bytes(key.public_key), signature, message)


def published_keys(peer) -> dict[str, PublicKey]:
    """All keys that a peer has shown, as documents are verified by them."""
    rows = PeerKey.objects.filter(peer=peer).select_related("registry")
    return {
        row.key_id: PublicKey(
            key_id=row.key_id,
            algorithm=row.algorithm,
            public_key=bytes(row.public_key),
            node=peer.name,
            registry=row.registry and row.registry.code,
            purpose=row.purpose,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            revoked_at=row.revoked_at,
        )
        for row in rows
    }


def with_messages(rows):
    """Peers with how many messages wait for them (`waiting`), how many they have refused
    (`refused`), and when one last came (`heard_at`). Each is looked up on its own: a join of what
    was sent and what came would multiply both.
    """
    came = InboxMessage.objects.filter(peer=OuterRef("pk")).order_by("-received_at")
    return rows.annotate(
        waiting=_sent(OutboxMessage.State.WAITING),
        refused=_sent(OutboxMessage.State.REFUSED),
        heard_at=Subquery(came.values("received_at")[:1]),
    )


def _sent(state):
    rows = OutboxMessage.objects.filter(peer=OuterRef("pk"), state=state).order_by()
    return Coalesce(Subquery(rows.values("peer").annotate(number=Count("pk")).values("number")), 0)


def card_of(peer) -> cards.Card:
    """The card by which the peer is known."""
    return cards.read(json.loads(peer.card))


def outbox(actor, name):
    """What was sent to a peer, the newest first.   Raises: NotPermitted, NotFound."""
    return OutboxMessage.objects.filter(peer=find(actor, name)).order_by("-created_at", "-pk")


def inbox(actor, name):
    """What a peer has sent, the newest first.   Raises: NotPermitted, NotFound."""
    return InboxMessage.objects.filter(peer=find(actor, name)).order_by("-received_at", "-pk")


def with_due_messages(at) -> list[int]:
    """The peers to which something is to be sent now."""
    rows = Peer.objects.filter(
        Q(outbox__state="waiting", outbox__next_attempt_at__lte=at),
        state=Peer.State.PINNED,
        not_before__lte=at,
        leased_until__lte=at,
    )
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())
