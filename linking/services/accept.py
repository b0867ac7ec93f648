"""Accept a request over a link: decide, take what limits it binds, and keep the decision.

Limits are the registry's counters. All that a decision takes are compared and taken in one
statement; when another request was first, everything is decided anew, so that no tonne is taken
twice and none is left that could have been taken.
"""

from collections import Counter
from contextlib import nullcontext
from dataclasses import asdict, dataclass

from django.db import connection, transaction

from linking.decide import PEOPLE_ACCEPT, Decision, Request, State, decide
from linking.decide import units_key as key_of_units
from linking.errors import failure, refused_decision
from linking.models import StoredDecision, UnitsUsed
from linking.route import Route, Unit, route
from linking.selectors.graph import Links, links
from linking.selectors.limits import state_of, units_of
from registry.errors import Conflict, RuleViolated
from registry.limits import Draw

from .move_limits import Moves, move_limits

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
    (accepted,) = accept_all([wanted], at=at, whole=whole, known=known)
    return accepted


def accept_all(wanted, *, at, whole=True, known: Links | None = None) -> list[Accepted]:
    """Decides on each after those before it, and takes at once what all of them take.

    So each limit is visited once, and in one order: two transfers of several parts never hold
    what the other waits for.

    Raises: as accept.
    """
    # Within the caller's database transaction nothing has to be undone apart: what is refused has
    # written nothing.
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        return _accept(wanted, at, whole, known or links())


def asks_people(accepted: list[Accepted]) -> bool:
    """Whether people of the acceptor have to accept besides what the rules have decided."""
    return any(PEOPLE_ACCEPT in each.decision.notes for each in accepted)


def _accept(wanted, at, whole, known):
    ways = [route(known.graph, each.unit, each.source, each.to, at) for each in wanted]
    for _attempt in range(ATTEMPTS):
        decided = _decided(wanted, ways, at, whole)
        # Limits are taken all or none; what was given back before, and the sum of a use, can be
        # there by then.
        several = any(each.decision.restores or each.way.kind == "use" for each in decided)
        try:
            with transaction.atomic() if several else nullcontext():
                _take(decided)
                break
        except (RuleViolated, _Moved):
            continue
    else:
        raise Conflict(failure("LIMIT_MOVES"))
    rows = [known.rows.get(way.edge.edge_id) if way.edge else None for way in ways]
    stored = StoredDecision.objects.bulk_create(
        StoredDecision(
            edge=row, at=at, kind=each.way.kind, request=_said(each.wanted), outcome=each.told()
        )
        for row, each in zip(rows, decided, strict=True)
    )
    return [
        Accepted(each.decision, kept, _version(kept, each.way, row))
        for each, kept, row in zip(decided, stored, rows, strict=True)
    ]


@dataclass(frozen=True)
class _Decided:
    """A decision, and what it rests on."""

    wanted: Wanted
    way: Route
    state: State
    decision: Decision

    def told(self):
        """As it is kept."""
        return {
            **outcome(self.decision),
            "factor": f"{self.way.numerator}/{self.way.denominator}",
            "units_before": str(next(iter(self.state.units.values()), 0)),
        }


def _decided(wanted, ways, at, whole):
    """Raises: RuleViolated with the codes of the first that is refused."""
    taken, units, found = Counter(), Counter(), []
    for each, way in zip(wanted, ways, strict=True):
        state = state_of(way, each.request, at)
        for key in taken.keys() & state.used.keys():
            state.used[key] += taken[key]
        for key in units.keys() & state.units.keys():
            state.units[key] += units[key]
        decision = decide(way, each.request, state, at)
        if decision.accepted == 0 or (whole and decision.rejected):
            raise _refused(decision)
        for take in decision.takes:
            taken[take.key] += take.amount
        for key in state.units:
            units[key] += decision.consumed
        found.append(_Decided(each, way, state, decision))
    return found


def _refused(decision):
    if decision.returned and not decision.codes:
        return RuleViolated(failure("UNITS_FOR_NOTHING", consumed=str(decision.consumed)))
    return refused_decision(decision)


class _Moved(Exception):
    """Another request has changed what the decision rested on."""


def _take(decided):
    """Takes from the counters what decisions say, and gives back what flows the other way: beyond
    what was used, a counter-flow makes room for as much more.

    Raises: RuleViolated where a limit was taken meanwhile, _Moved where units were.
    """
    moves = Moves()
    for each in decided:
        moves.takes.extend(_draw(take, each.state) for take in each.decision.takes)
        moves.beyond.extend(_back(restore) for restore in each.decision.restores)
    move_limits(moves)
    # By their keys, as limits are: two uses of several lines never hold what the other waits for.
    uses = [each for each in decided if each.way.kind == "use"]
    for each in sorted(uses, key=lambda use: key_of_units(use.way, use.wanted.request)):
        _add_units(each.way, each.wanted.request, each.decision, each.state)


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
