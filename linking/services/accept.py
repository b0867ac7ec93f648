"""Accept a request over a link: decide, take what limits it binds, and keep the decision.

Limits are the registry's counters. All that a decision takes are compared and taken in one
statement; when another request was first, everything is decided anew, so that no tonne is taken
twice and none is left that could have been taken.
"""

from contextlib import nullcontext
from dataclasses import asdict, dataclass

from django.db import connection, transaction

from linking.decide import Decision, Request, decide
from linking.decide import units_key as key_of_units
from linking.errors import failure, refused_decision
from linking.models import StoredDecision, UnitsUsed
from linking.route import Unit, route
from linking.selectors.graph import Links, links
from linking.selectors.limits import state_of, units_of
from registry import limits
from registry.errors import Conflict, RuleViolated
from registry.limits import Draw

# How often others may be first before the request is given up.
ATTEMPTS = 20


@dataclass(frozen=True)
class Wanted:
    """A movement of units from one jurisdiction to another; or, where both are one, their use."""

    unit: Unit
    source: str
    to: str
    request: Request


@dataclass(frozen=True)
class Accepted:
    """`factor_version` names the decision, the edge, its agreement's version and the factor."""

    decision: Decision
    stored: StoredDecision | None
    factor_version: str


def accept(wanted: Wanted, *, at, whole=False, known: Links | None = None) -> Accepted:
    """Decides and takes. `whole`: less than all that is wanted is refused. `known` are the links
    where the caller has read them.

    Call it inside the database transaction that uses what was accepted.

    Raises: RuleViolated with the codes of the decision, Conflict (LIMIT_MOVES).
    """
    # Within the caller's database transaction nothing has to be undone apart: what is refused has
    # written nothing.
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        return _accept(wanted, at, whole, known or links())


def _accept(wanted, at, whole, known):
    way = route(known.graph, wanted.unit, wanted.source, wanted.to, at)
    row = known.rows.get(way.edge.edge_id) if way.edge else None
    for _attempt in range(ATTEMPTS):
        state = state_of(way, wanted.request, at)
        decision = decide(way, wanted.request, state, at)
        if decision.accepted == 0 or (whole and decision.rejected):
            raise _refused(decision)
        try:
            # Limits are taken all or none; the sum of a use can have moved after that.
            with transaction.atomic() if way.kind == "use" else nullcontext():
                _take(way, wanted.request, decision, state)
                break
        except (RuleViolated, _Moved):
            continue
    else:
        raise Conflict(failure("LIMIT_MOVES"))
    told = {
        **outcome(decision),
        "factor": f"{way.numerator}/{way.denominator}",
        "units_before": str(next(iter(state.units.values()), 0)),
    }
    stored = StoredDecision.objects.create(
        edge=row, at=at, kind=way.kind, request=_said(wanted), outcome=told
    )
    return Accepted(decision, stored, _version(stored, way, row))


def _refused(decision):
    if decision.returned and not decision.codes:
        return RuleViolated(failure("UNITS_FOR_NOTHING", consumed=str(decision.consumed)))
    return refused_decision(decision)


class _Moved(Exception):
    """Another request has changed what the decision rested on."""


def _take(way, request, decision, state):
    """Takes from the counters what the decision says, and gives back what flows the other way.

    Raises: RuleViolated where a limit was taken meanwhile, _Moved where units were.
    """
    if decision.takes:
        limits.take([_draw(take, state) for take in decision.takes])
    if decision.restores:
        # Beyond what was used, a counter-flow makes room for as much more.
        limits.give_back([_back(restore) for restore in decision.restores], beyond=True)
    if way.kind == "use":
        _add_units(way, request, decision, state)


def _draw(take, state):
    """What a decision takes from one counter, whose limit is by now what the decision read: an
    amendment or a phase changes it. A pool that others share keeps the limit that it has."""
    key = take.key
    limit = take.before + state.used.get(key, 0) - state.carried.get(key, 0)
    known = {"limit": limit} if key.pool.startswith("link:") else {"initial": limit}
    return Draw(key.pool, key.period, take.amount, key.entity, **known)


def _back(restore):
    return Draw(restore.key.pool, restore.key.period, restore.amount)


def _add_units(way, request, decision, state):
    """Adds to the sum by which credits are rounded, if it is still what was read."""
    edge_id, factor, entity, period = key_of_units(way, request)
    before = state.units[edge_id, factor, entity, period]
    UnitsUsed.objects.get_or_create(edge_id=edge_id, factor=factor, entity_id=entity, period=period)
    if not units_of(way, request).filter(units=before).update(units=before + decision.consumed):
        raise _Moved


def _version(stored, way, row):
    if row is None:
        return ""
    factor = f"{way.numerator}/{way.denominator}"
    return f"{stored.pk} {row.edge_id} v{row.version.number} {factor}"[:64]


def _said(wanted):
    unit = {name: _plain(value) for name, value in asdict(wanted.unit).items()}
    request = {name: _plain(value) for name, value in asdict(wanted.request).items()}
    return {"unit": unit, "source": wanted.source, "to": wanted.to, "request": request}


def _plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def outcome(decision: Decision) -> dict:
    """A decision as a plain document, with each limit before and after."""
    return {
        "accepted": str(decision.accepted),
        "rejected": str(decision.rejected),
        "codes": list(decision.codes),
        "credited_t": str(decision.credited),
        "consumed": str(decision.consumed),
        "returned": str(decision.returned),
        "withheld": str(decision.withheld),
        "remainder": {place: str(units) for place, units in decision.remainder.items()},
        "limits": [
            {
                "pool": take.key.pool,
                "entity": take.key.entity,
                "period": take.key.period,
                "scale": take.scale,
                "before": str(take.before),
                "after": str(take.after),
            }
            for take in decision.takes
        ],
        "restored": [
            {
                "pool": back.key.pool,
                "period": back.key.period,
                "scale": back.scale,
                "amount": str(back.amount),
            }
            for back in decision.restores
        ],
        "edge": decision.edge_id,
        "phase": decision.phase,
        "events": list(decision.events),
        "notes": list(decision.notes),
    }
