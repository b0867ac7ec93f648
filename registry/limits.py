"""Taking from limits and giving back. The last tonne is never taken twice: one statement reads,
compares and writes the counter, under its row lock."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from .errors import Failure, RuleViolated
from .models import LimitCounter


@dataclass(frozen=True)
class Draw:
    """An amount of a pool for an entity (None: for all together) and a period, in tonnes."""

    pool: str
    period: str
    tonnes: int
    entity: int | None = None


@transaction.atomic
def take(draws):
    """Takes all the draws, in a fixed order of counters, or none of them.

    Call it inside the database transaction that uses what was taken.

    Raises: RuleViolated (LIMIT_UNKNOWN, LIMIT_EXCEEDED), with every draw that does not fit.
    """
    failures = []
    for draw in sorted(draws, key=lambda d: (d.pool, d.period, d.entity or 0)):
        counter = _counter(draw)
        if counter.filter(used_t__lte=F("capacity_t") - draw.tonnes).update(
            used_t=F("used_t") + draw.tonnes
        ):
            continue
        found = counter.values_list("capacity_t", "used_t").first()
        failures.append(_unknown(draw) if found is None else _exceeded(draw, *found))
    if failures:
        raise RuleViolated(*failures)


@transaction.atomic
def give_back(draws):
    """Returns what was taken.   Raises: RuleViolated (LIMIT_UNKNOWN)."""
    for draw in sorted(draws, key=lambda d: (d.pool, d.period, d.entity or 0)):
        if not _counter(draw).update(used_t=F("used_t") - draw.tonnes):
            raise RuleViolated(_unknown(draw))


def left(pool, period, entity=None):
    """Tonnes that can still be taken, or None where there is no such limit."""
    found = _counter(Draw(pool, period, 0, entity)).values_list("capacity_t", "used_t").first()
    return found and found[0] - found[1]


def _counter(draw):
    return LimitCounter.objects.filter(pool=draw.pool, period=draw.period, entity_id=draw.entity)


def _unknown(draw):
    return Failure(
        "LIMIT_UNKNOWN",
        _("No limit is stated for this pool, entity and period."),
        _("State the limit's capacity first."),
        data={"pool": draw.pool, "period": draw.period, "entity": draw.entity},
    )


def _exceeded(draw, capacity_t, used_t):
    return Failure(
        "LIMIT_EXCEEDED",
        _("The limit does not leave as much as is asked."),
        _("Ask for at most what is left."),
        data={
            "pool": draw.pool,
            "period": draw.period,
            "asked_t": str(draw.tonnes),
            "left_t": str(capacity_t - used_t),
        },
    )
