"""Take from limits and give back to them in one order, so that no two transactions wait in a ring.

All that a transaction does to limits goes by pool, period and entity, and each limit is visited
once. Whoever takes where another gives back would otherwise hold one limit and wait for the other,
as transfers both ways over a link with net quotas do.
"""

from dataclasses import dataclass, field, replace
from itertools import groupby

from registry import limits
from registry.limits import Draw


@dataclass
class Moves:
    """What one transaction does to limits, as draws: what it takes, what it gives back of what
    was taken or beyond that, and by how much it shifts what periods have beyond their limits."""

    takes: list = field(default_factory=list)
    backs: list = field(default_factory=list)
    beyond: list = field(default_factory=list)
    shifts: list = field(default_factory=list)


def move_limits(moves: Moves) -> None:
    """Call it once in a database transaction that moves several; it waits for limits in order.

    What precedes a draw that does not fit has been done: undo it by a savepoint where there are
    moves of several kinds.

    Raises: RuleViolated (LIMIT_UNKNOWN, LIMIT_EXCEEDED).
    """
    acts = [
        *((_key(draw), 0, draw) for draw in _summed(moves.takes)),
        *((_key(draw), 1, draw) for draw in _summed(moves.backs)),
        *((_key(draw), 2, draw) for draw in _summed(moves.beyond)),
        *((_key(draw), 3, draw) for draw in _summed(moves.shifts)),
    ]
    for kind, run in groupby(_ordered(acts), key=lambda act: act[1]):
        ACTS[kind]([draw for _at, _kind, draw in run])


def _ordered(acts):
    return sorted(acts, key=lambda act: act[:2])


def _key(draw: Draw):
    return draw.pool, draw.period, draw.entity or 0


def _summed(draws):
    """One draw for each limit: one that is visited twice can be held by another in between."""
    found = {}
    for draw in draws:
        known = found.get(_key(draw))
        found[_key(draw)] = replace(
            known or draw, tonnes=draw.tonnes + (known.tonnes if known else 0)
        )
    return found.values()


def _shift(draws):
    for draw in draws:
        limits.shift(draw.pool, draw.period, draw.tonnes)


ACTS = (
    lambda draws: limits.take(draws),
    lambda draws: limits.give_back(draws),
    lambda draws: limits.give_back(draws, beyond=True),
    _shift,
)
