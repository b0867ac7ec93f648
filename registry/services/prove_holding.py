"""State, for others to verify, who held a block at a position of the node's order."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from registry import canonical
from registry.certificates import holding
from registry.errors import Failure, NotFound, RuleViolated
from registry.keys import signing, text_forms
from registry.models import LogLeaf, Position
from registry.selectors import history, log, positions

from .make_receipt import leaf_hash_of

# Of a block that was held in more parts than this, not all are told.
PARTS_TOLD = 20


@dataclass(frozen=True)
class Block:
    """Serials of a unit type in the ledger of a registry."""

    registry_id: int
    registry: str
    unit_type_id: int
    unit_type: str
    first: int
    last: int


def prove_holding(block: Block, *, position: int | None = None, at) -> dict:
    """The holding proof of a block that one account held at a position (the head if not given).

    The account's number is in it, so it is for whoever may read the ledger of the registry, which
    the caller has asked. The proof that the posting is in the log is in it once a checkpoint
    covers the posting.

    Raises: NotFound (UNKNOWN_POSITION, BLOCK_NOT_HELD), RuleViolated (BLOCK_HELD_IN_PARTS),
    KeyUnavailable.
    """
    place = positions.find(position) if position is not None else positions.head()
    stay = _held(block, (place or positions.find(1)).position)
    key = signing.usable_key("receipt", at=at)
    statement = {
        "format": holding.FORMAT,
        "node": key.node,
        "registry": block.registry,
        "unit_type": block.unit_type,
        "first": str(block.first),
        "last": str(block.last),
        "account": stay.account_number,
        "position": str(place.position),
        "instant": canonical.instant(place.instant),
        "since": holding.since(_since(stay)),
        "inclusion": holding.inclusion(_inclusion(stay.opened_by)),
        "key_id": key.key_id,
        "algorithm": key.algorithm,
        "signed_at": canonical.instant(at),
    }
    signature = signing.sign(key, canonical.encode(statement))
    return {**statement, "signature": text_forms.encode(signature)}


def _held(block, position) -> history.Stay:
    """The one stay of the whole block at a position.

    Raises: NotFound (BLOCK_NOT_HELD), RuleViolated (BLOCK_HELD_IN_PARTS).
    """
    stays = history.history(
        registry_id=block.registry_id,
        unit_type_id=block.unit_type_id,
        first=block.first,
        last=block.last,
    )
    ends = dict(
        Position.objects.filter(
            posting__in=[stay.closed_by for stay in stays if stay.closed_by]
        ).values_list("posting_id", "position")
    )
    then = [
        stay
        for stay in stays
        if stay.position is not None
        and stay.position <= position
        and ends.get(stay.closed_by, position + 1) > position
    ]
    if sum(stay.last - stay.first + 1 for stay in then) != block.last - block.first + 1:
        raise NotFound(
            Failure(
                "BLOCK_NOT_HELD",
                _("Not all of these serials were held in this registry at that position."),
                _("Ask for a position from which on they were held; see their history."),
                data={"position": str(position)},
            )
        )
    parts = _merged(then)
    if len(parts) > 1:
        raise RuleViolated(
            Failure(
                "BLOCK_HELD_IN_PARTS",
                _("The block was held in parts, which came at different times or to others."),
                _("Ask for a proof of each part."),
                data={
                    "parts": [
                        {"first": str(stay.first), "last": str(stay.last)}
                        for stay in parts[:PARTS_TOLD]
                    ]
                },
            )
        )
    return parts[0]


def _merged(stays):
    """The stays in the order of serials; what came together and parted later is one again."""
    parts = []
    for stay in sorted(stays, key=lambda stay: stay.first):
        before = parts[-1] if parts else None
        if before and (before.account_number, before.opened_by) == (
            stay.account_number,
            stay.opened_by,
        ):
            parts[-1] = replace(before, last=stay.last)
        else:
            parts.append(stay)
    return parts


def _since(stay):
    return holding.Since(
        posting=stay.opened_by,
        transaction=stay.transaction_id,
        position=stay.position,
        recorded_at=stay.recorded_at,
        leaf_hash=leaf_hash_of(stay.opened_by),
    )


def _inclusion(posting_id):
    """The proof in the tree of the last checkpoint, if that has the leaf."""
    last = log.latest()
    leaf = LogLeaf.objects.filter(posting=posting_id).first()
    if last is None or leaf is None or leaf.index >= last.size:
        return None
    return holding.Inclusion(leaf.index, log.inclusion(leaf, last.size).hashes, last.note)
