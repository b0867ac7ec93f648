"""Keep what home is told of its units that were used abroad: by message, or by this ledger."""

from django.db import transaction

from linking.errors import failure
from linking.messages import values
from linking.models import PeerRegistry, UsedAbroad
from linking.ranges import merged, without
from linking.selectors import uses
from registry import turns
from registry.errors import Conflict, RuleViolated, Unavailable
from registry.models import Holding, UnitType

from .crossing.settle import require_receipt


def hear_used(peer, row, message, at):
    """Keeps that a registry of the peer has used units of this node.

    Raises: RuleViolated (NOT_OF_THIS_PEER, UNKNOWN_UNIT_TYPE, NOT_BOOKED_ABROAD), Conflict
    (USED_ALREADY), Unavailable (RECEIPT_DOES_NOT_HOLD).
    """
    body = message.body
    registry, unit_type = _ends(peer, body)
    require_receipt(peer, body)
    _lock(unit_type.pk)
    told = {
        "unit_type": unit_type,
        "registry": registry,
        "use": body["use"],
        "period": body["period"] or "",
        "entity": body["entity"] or "",
        "posting": body["posting"],
        "used_at": values.moment(body["at"]),
        "message": row,
        "kept_at": at,
    }
    _keep([(int(first), int(last)) for first, last in body["blocks"]], told)


def hear_use_undone(peer, _row, message, at):
    """Keeps that a use was undone: the units are held abroad again, and may come home.

    Raises: RuleViolated, Unavailable (USE_IS_UNDER_WAY) while the use itself was not told.
    """
    body = message.body
    registry, unit_type = _ends(peer, body)
    require_receipt(peer, body)
    _lock(unit_type.pk)
    _undo(registry.pk, unit_type.pk, body["used"], body["posting"], values.moment(body["at"]))


@transaction.atomic
def keep_use(used: uses.Used, *, at) -> None:
    """Keeps what a registry of this node has used of another one's units.

    Raises: RuleViolated (NOT_BOOKED_ABROAD), Conflict (USED_ALREADY).
    """
    _lock(used.unit_type)
    told = {
        "unit_type_id": used.unit_type,
        "registry_id": used.registry,
        "use": used.use,
        "period": used.period,
        "entity": used.entity,
        "posting": str(used.posting),
        "used_at": used.at,
        "kept_at": at,
    }
    _keep(used.blocks, told)


@transaction.atomic
def keep_undone(undone: uses.Undone, *, at) -> None:
    """Keeps that a use of this node's ledger was undone.

    Raises: Unavailable (USE_IS_UNDER_WAY).
    """
    _lock(undone.unit_type)
    _undo(undone.registry, undone.unit_type, str(undone.used), str(undone.posting), undone.at)


def _ends(peer, body):
    """The registry abroad and the unit type.   Raises: RuleViolated, with all that is wrong."""
    kept = PeerRegistry.objects.filter(peer=peer, registry__code=body["registry"])
    kept = kept.select_related("registry").first()
    unit_type = UnitType.objects.filter(code=body["unit_type"], registry__hosted=True).first()
    wrong = []
    if kept is None:
        wrong.append(failure("NOT_OF_THIS_PEER", registry=body["registry"]))
    if unit_type is None:
        wrong.append(failure("UNKNOWN_UNIT_TYPE", unit_type=body["unit_type"]))
    if wrong:
        raise RuleViolated(*wrong)
    return kept.registry, unit_type


def _lock(unit_type_id):
    turns.take(f"linking_used_{unit_type_id}")


def _keep(blocks, told):
    rows = [UsedAbroad(first=first, last=last, **told) for first, last in blocks]
    _require_booked(rows)
    standing = uses.used_of(rows[0].unit_type_id, blocks)
    if standing:
        raise Conflict(*(failure("USED_ALREADY", **_run(row)) for row in standing))
    UsedAbroad.objects.bulk_create(rows)


def _require_booked(rows):
    """Home has booked the units with that registry once: before, as they may be on their way home
    from there when this comes late.   Raises: RuleViolated (NOT_BOOKED_ABROAD)."""
    failures = []
    for row in rows:
        booked = Holding.objects.filter(
            unit_type_id=row.unit_type_id,
            account__stands_for_id=row.registry_id,
            first__lte=row.last,
            last__gte=row.first,
        )
        runs = _covered(booked.values_list("first", "last"))
        failures += [
            failure("NOT_BOOKED_ABROAD", first=str(first), last=str(last))
            for first, last in without([(row.first, row.last)], runs)
        ]
    if failures:
        raise RuleViolated(*failures)


def _covered(runs):
    """The runs once each, also where they overlap because they were booked more than once."""
    found = []
    for run in sorted(runs):
        found += without([run], found)
    return merged(found)


def _undo(registry_id, unit_type_id, posting, by, at):
    rows = UsedAbroad.objects.filter(
        registry_id=registry_id, unit_type_id=unit_type_id, posting=posting
    )
    if not rows.exists():
        raise Unavailable(failure("USE_IS_UNDER_WAY", posting=posting))
    rows.filter(undone_at=None).update(undone_by=by, undone_at=at)


def _run(row):
    return {"first": str(row.first), "last": str(row.last), "posting": row.posting}
