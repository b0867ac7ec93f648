"""Keep the digests of what crosses the border up with the ledger, behind the sequencer."""

from collections import defaultdict

from django.db import transaction

from linking.digests.grid import ROOT, contributions
from linking.digests.points import MODULUS, written
from linking.models import DigestNode, DigestPass
from linking.selectors import digests
from registry import turns
from registry.models import Position, Registry, UnitType

# Positions of one database transaction.
BATCH = 2000


def keep_digests() -> int:
    """Takes in every posting that has a position; the position that the digests have reached.

    A batch is one database transaction, so a run that is killed has done none of it or all.
    """
    while True:
        reached, is_done = _batch()
        if is_done:
            return reached


@transaction.atomic
def _batch():
    turns.take(digests.TURN)
    kept, _is_new = DigestPass.objects.get_or_create(pk=1)
    head = Position.objects.order_by("-position").values_list("position", flat=True).first() or 0
    until = min(head, kept.position + BATCH)
    if until == kept.position:
        return until, True
    found = defaultdict(list)
    for *key, first, last, sign in digests.changes(kept.position, until):
        found[*key,].append((first, last, sign))
    for key, changes in found.items():
        _add(key, changes)
    kept.position = until
    kept.save(update_fields=["position"])
    return until, until == head


def _add(key, changes):
    keeper, partner, unit_type = key
    pair = digests.Pair(
        Registry.objects.get(pk=keeper),
        Registry.objects.get(pk=partner),
        UnitType.objects.get(pk=unit_type),
    )
    added = contributions(changes, pair.points)
    rows = pair.rows().filter(
        level__in={level for level, _number in added},
        number__in={number for _level, number in added},
    )
    known = {(row.level, row.number): row for row in rows}
    for (level, number), (digest, ends) in added.items():
        row = known.get((level, number))
        if row is None:
            row = known[level, number] = DigestNode(
                keeper_id=keeper,
                partner_id=partner,
                unit_type_id=unit_type,
                level=level,
                number=number,
                digest=bytes(256),
                ends=0,
            )
        row.digest = written((int.from_bytes(row.digest, "big") + digest) % MODULUS)
        row.ends += ends
        if (level, number) == ROOT:
            row.units += sum(sign * (last - first + 1) for first, last, sign in changes)
    DigestNode.objects.bulk_create(
        [known[node] for node in added],
        update_conflicts=True,
        unique_fields=["keeper", "partner", "unit_type", "level", "number"],
        update_fields=["digest", "ends", "units"],
    )
