"""What a proposal leaves of the limits that it touches."""

from dataclasses import dataclass

from django.db.models import F, Sum

from registry import limits
from registry.models import (
    Account,
    AccountDay,
    AccountHolder,
    GroupLimit,
    Holding,
    Issuance,
    IssuanceCap,
    Transaction,
)


@dataclass(frozen=True)
class Left:
    """What would be left of one limit: `daily` and `holding` of an account, by its number, `group`
    of a corporate group, by its code, for a unit type or for all together, `pool` of an entity in a
    period, by the entity's code, `cap` of a unit type. All in units, but a pool's in tonnes."""

    what: str
    of: str
    limit: int
    left: int
    period: str = ""
    unit_type: str = ""


def limits_left(found: Transaction, lines) -> list[Left]:
    """The limits that a proposal touches, once it were completed. `lines` are its lines."""
    return [
        *_daily(found, lines),
        *_holdings(found, lines),
        *_groups(found, lines),
        *_pools(found, lines),
        *_caps(found, lines),
    ]


def _daily(found, lines):
    """The latest day is today's where the proposal itself has just counted."""
    if not found.type.counts_per_day:
        return
    sources = {line.source_id for line in lines} - {None}
    limited = Account.objects.filter(pk__in=sources, daily_limit__isnull=False).order_by("pk")
    days = AccountDay.objects.filter(account__in=limited).order_by("account", "-day")
    used = dict(days.distinct("account").values_list("account_id", "units"))
    for account in limited:
        left = account.daily_limit - used.get(account.pk, 0)
        yield Left("daily", account.number, account.daily_limit, left)


def _holdings(found, lines):
    destinations = {line.destination_id for line in lines} - {None}
    limited = Account.objects.filter(pk__in=destinations, holding_limit__isnull=False)
    for account in limited.order_by("pk"):
        held = _units(Holding.objects.filter(account=account, closed_by__isnull=True))
        coming = sum(line.quantity for line in lines if line.destination_id == account.pk)
        if found.posting_id is not None:
            coming = 0
        left = account.holding_limit - held - coming
        yield Left("holding", account.number, account.holding_limit, left)


def _groups(found, lines):
    """Units in terminal accounts are held by nobody; those that move within a group add nothing."""
    ends = {end for line in lines for end in (line.source_id, line.destination_id)} - {None}
    rows = Account.objects.filter(pk__in=ends, terminal=False, holder__group__isnull=False)
    places = {pk: place for pk, *place in rows.values_list("pk", "holder__group", "registry")}
    group_limits = GroupLimit.objects.filter(
        group__in={group for group, _registry in places.values()}
    ).select_related("group", "unit_type")
    for limit in group_limits.order_by("group__code", "unit_type__code"):
        place = [limit.group_id, limit.registry_id]
        coming = [
            line.quantity * sign
            for line in lines
            for end, sign in ((line.destination_id, 1), (line.source_id, -1))
            if places.get(end) == place and limit.unit_type_id in (None, line.unit_type_id)
        ]
        if not coming:
            continue
        held = Holding.objects.filter(
            account__holder__group=limit.group_id,
            account__registry=limit.registry_id,
            account__terminal=False,
            closed_by__isnull=True,
        )
        if limit.unit_type_id is not None:
            held = held.filter(unit_type=limit.unit_type_id)
        left = limit.units - _units(held) - (0 if found.posting_id is not None else sum(coming))
        unit_type = limit.unit_type.code if limit.unit_type else ""
        yield Left("group", limit.group.code, limit.units, left, unit_type=unit_type)


def _pools(found, lines):
    """A limit is told once, also one that is divided into slots."""
    if not found.type.pool:
        return
    drawn = {(line.entity_id or line.destination.holder_id, line.period) for line in lines}
    entities = AccountHolder.objects.in_bulk({entity for entity, _period in drawn} - {None})
    told = limits.standings(
        (found.type.pool, entity, period) for entity, period in drawn if entity in entities
    )
    for (_pool, entity, period), standing in sorted(told.items(), key=lambda each: each[0][1:]):
        code = entities[entity].code
        yield Left("pool", code, standing.capacity_t, standing.left_t, period)


def _caps(found, lines):
    asked = {}
    for issuance in found.attributes.get("issuances", ()):
        for line in lines:
            if issuance["first_line"] <= line.number <= issuance["last_line"]:
                place = line.unit_type_id, issuance["vintage_from"]
                asked[place] = asked.get(place, 0) + line.quantity
    caps = IssuanceCap.objects.filter(unit_type__in={unit_type for unit_type, _day in asked})
    for cap in caps.select_related("unit_type").order_by("pk"):
        vintage = cap.vintage_from and cap.vintage_from.isoformat()
        units = [
            quantity
            for (unit_type, day), quantity in asked.items()
            if unit_type == cap.unit_type_id and vintage in (None, day)
        ]
        if units:
            issued = Issuance.objects.filter(unit_type=cap.unit_type)
            if vintage:
                issued = issued.filter(vintage_from=cap.vintage_from)
            coming = 0 if found.posting_id is not None else sum(units)
            left = cap.units - _units(issued) - coming
            yield Left("cap", cap.unit_type.code, cap.units, left, vintage or "")


def _units(rows):
    """How many units rows with a first and a last serial have in all."""
    return rows.aggregate(units=Sum(F("last") - F("first") + 1))["units"] or 0
