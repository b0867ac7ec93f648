"""What a peer's card says, as rows: its keys and their ends, its registries, its address."""

from linking.errors import failure
from linking.models import Peer, PeerKey, PeerRegistry
from registry.errors import Conflict
from registry.models import Registry


def keep_card(peer, card, *, at) -> None:
    """Writes what a confirmed card tells: new keys, ends and revocations of known ones, registries
    that this node knows. Nothing that was known is forgotten.

    Raises: Conflict (KEY_OF_ANOTHER_PEER, REGISTRY_OF_ANOTHER_PEER).
    """
    registries = {
        row.code: row for row in Registry.objects.filter(code__in=card.registries, hosted=False)
    }
    for row in registries.values():
        _keep_registry(peer, row)
    known = PeerKey.objects.in_bulk(list(card.keys), field_name="key_id")
    for key in card.keys.values():
        if key.registry is not None and key.registry not in registries:
            continue
        if key.key_id in known:
            _end(peer, known[key.key_id], key)
        else:
            PeerKey.objects.create(
                peer=peer,
                registry=registries.get(key.registry),
                purpose=key.purpose,
                key_id=key.key_id,
                algorithm=key.algorithm,
                public_key=key.public_key,
                valid_from=key.valid_from,
                valid_to=key.valid_to,
                revoked_at=key.revoked_at,
            )
    Peer.objects.filter(pk=peer.pk).update(card=card.text)


def _end(peer, row, key):
    if row.peer_id != peer.pk:
        raise Conflict(failure("KEY_OF_ANOTHER_PEER", key=row.key_id))
    changed = {}
    for name in ("valid_to", "revoked_at"):
        if getattr(row, name) is None and getattr(key, name) is not None:
            changed[name] = getattr(key, name)
    if changed:
        PeerKey.objects.filter(pk=row.pk).update(**changed)


def _keep_registry(peer, registry):
    found = PeerRegistry.objects.filter(registry=registry).select_related("peer").first()
    if found is None:
        PeerRegistry.objects.create(peer=peer, registry=registry)
    elif found.peer_id != peer.pk:
        if found.peer.state != Peer.State.ENDED:
            raise Conflict(failure("REGISTRY_OF_ANOTHER_PEER", registry=registry.code))
        PeerRegistry.objects.filter(pk=found.pk).update(peer=peer)
