"""Taking from limits and giving back. The last tonne is never taken twice.

Counters are compared and written by one statement, under their rows' locks. A limit that many
draw on at the same moment can be divided into slots: whoever takes needs one of them, and only
where none has enough are all of them visited.
"""

import json
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _

from .errors import Failure, RuleViolated
from .prepared import Prepared, rows

# Slots of a limit are told together.
STANDINGS = Prepared(
    "registry_standings",
    ("text[]", "text[]", "bigint[]", "boolean"),
    """
SELECT pool, entity_id, period,
    sum(capacity_t)::bigint, sum(used_t)::bigint, sum(extra_t)::bigint
FROM registry_limitcounter
WHERE pool = ANY ($1) AND period = ANY ($2)
    AND (entity_id = ANY ($3) OR $4 AND entity_id IS NULL)
GROUP BY pool, entity_id, period
""",
)


@dataclass(frozen=True)
class Draw:
    """An amount of a pool for an entity (None: for all together) and a period, in tonnes.

    `limit` is what the limit is now, where whoever draws knows it: an amendment or a phase changes
    it. `initial` is what a limit that is not there yet is made with.
    """

    pool: str
    period: str
    tonnes: int
    entity: int | None = None
    limit: int | None = None
    initial: int | None = None


@dataclass(frozen=True)
class Standing:
    """What a limit stands at. `extra_t` is what its period has beyond the limit itself."""

    capacity_t: int
    used_t: int
    extra_t: int = 0

    @property
    def left_t(self) -> int:
        return self.capacity_t - self.used_t


def take(draws) -> None:
    """Takes all the draws, in a fixed order of counters, or none of them.

    Call it inside the database transaction that uses what was taken.

    Raises: RuleViolated (LIMIT_UNKNOWN, LIMIT_EXCEEDED), with every draw that does not fit.
    """
    ordered = _ordered(draws)
    said = _call("registry_take_limits", _told(ordered))
    if said:
        raise RuleViolated(
            *(
                _exceeded(ordered[each["place"]], each["left"])
                if each["known"]
                else unknown(ordered[each["place"]])
                for each in said
            )
        )


def give_back(draws, *, beyond=False) -> None:
    """Returns what was taken. With `beyond`, what is more than was used makes room for as much more
    in that period.

    Raises: RuleViolated (LIMIT_UNKNOWN).
    """
    ordered = _ordered(draws)
    places = _call("registry_give_back_limits", _told(ordered, beyond=beyond))
    if places:
        raise RuleViolated(*(unknown(ordered[place]) for place in places))


def shift(pool, period, tonnes) -> None:
    """Adds to what a period has beyond its limit, or takes from it."""
    _call("registry_shift_limit", pool, period, tonnes)


def close(pool, period, limit) -> int:
    """Takes away what is left of a period, so that nothing can be taken there; how much it was."""
    return _call("registry_close_limit", pool, period, limit)


def restate(pool, before, after) -> None:
    """Counts a pool, and those of its routes, in `after` parts of a tonne instead of `before`: what
    is used is rounded up, what is beyond the limit down."""
    _call("registry_restate_limits", pool, before, after)


def divide(pool, period, slots) -> bool:
    """Divides the limit of all together into so many slots; whether there is one.

    Raises: IntegrityError (limit_slots_are_told_by_the_first) for less than 1 or too many.
    """
    return _call("registry_divide_limit", pool, period, slots)


def standings(keys) -> dict:
    """What limits stand at, by (pool, entity, period); limits that are not there are left out."""
    wanted = set(keys)
    if not wanted:
        return {}
    pools, entities, periods = (list(set(each)) for each in zip(*wanted, strict=True))
    named = [entity for entity in entities if entity is not None]
    found = rows(STANDINGS, [pools, periods, named, None in entities])
    return {tuple(row[:3]): Standing(*row[3:]) for row in found if tuple(row[:3]) in wanted}


def left(pool, period, entity=None):
    """Tonnes that can still be taken, or None where there is no such limit."""
    found = standings([(pool, entity, period)])
    return next((standing.left_t for standing in found.values()), None)


def _ordered(draws):
    return sorted(draws, key=lambda d: (d.pool, d.period, d.entity or 0))


def _told(draws, **more):
    return json.dumps(
        [
            {
                "pool": draw.pool,
                "period": draw.period,
                "entity": draw.entity,
                "amount": draw.tonnes,
                "limit": draw.limit,
                "initial": draw.limit if draw.initial is None else draw.initial,
                **more,
            }
            for draw in draws
        ]
    )


def _call(function, *values):
    """The answer of one of the functions that write counters."""
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({places})", values)
        (answer,) = cursor.fetchone()
    return json.loads(answer) if isinstance(answer, str) and answer else answer


def unknown(draw) -> Failure:
    """That there is no such limit."""
    return Failure(
        "LIMIT_UNKNOWN",
        _("No limit is stated for this pool, entity and period."),
        _("State the limit's capacity first."),
        data={"pool": draw.pool, "period": draw.period, "entity": draw.entity},
    )


def _exceeded(draw, left_t):
    return Failure(
        "LIMIT_EXCEEDED",
        _("The limit does not leave as much as is asked."),
        _("Ask for at most what is left."),
        data={
            "pool": draw.pool,
            "period": draw.period,
            "asked_t": str(draw.tonnes),
            "left_t": left_t,
        },
    )
