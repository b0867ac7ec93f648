"""Assessments of pairs, from the scores that were recorded."""

from dataclasses import dataclass

from linking.lifecycle.phases import Standing
from linking.models import ReadinessScore
from linking.readiness.assessment import Assessment, agreed, assess, disagreements, ranges


@dataclass(frozen=True)
class Pair:
    """`scores` are by assessor; `assessment` is made from the lowest of them."""

    scores: dict
    ranges: dict
    disagreements: tuple
    assessment: Assessment


def pair(one_id, other_id) -> Pair:
    """What is known of two jurisdictions, in either order; the latest score of each assessor."""
    given = _latest([one_id, other_id])
    return Pair(given, ranges(given), disagreements(given), assess(agreed(given)))


def pairs() -> list:
    """(one code, other code, Pair) of every two jurisdictions that somebody has scored."""
    given, codes = {}, {}
    rows = ReadinessScore.objects.select_related("one", "other").order_by("on", "id")
    for row in rows:
        ids = frozenset((row.one_id, row.other_id))
        codes.setdefault(ids, (row.one.code, row.other.code))
        given.setdefault(ids, {}).setdefault(row.assessor, {})[row.criterion] = row.score
    return [
        (*codes[ids], Pair(by, ranges(by), disagreements(by), assess(agreed(by))))
        for ids, by in given.items()
    ]


def scores(one_id, other_id):
    """What was recorded of two jurisdictions, in either order, the latest first."""
    rows = ReadinessScore.objects.filter(
        one_id__in=[one_id, other_id], other_id__in=[one_id, other_id]
    )
    return rows.select_related("recorded_by").order_by("-on", "assessor")


def standings(pairs) -> dict:
    """The standing of each pair of ids, by the set of the two."""
    found = {}
    for ids in {frozenset(pair) for pair in pairs}:
        given = _latest(list(ids))
        if given:
            made = assess(agreed(given))
            found[ids] = Standing(made.index, made.blockers, made.lowest_must)
    return found


def _latest(ids):
    given = {}
    rows = ReadinessScore.objects.filter(one_id__in=ids, other_id__in=ids).order_by("on", "id")
    for row in rows:
        given.setdefault(row.assessor, {})[row.criterion] = row.score
    return given
