"""What scores say about a pair: index, blockers, obstacles, the form of link to begin with. Pure.

Assessors may disagree: each has an assessment, and `agreed` takes the lowest score of all, so
that nobody's doubt is outvoted; `ranges` shows where they differ.
"""

from dataclasses import dataclass
from fractions import Fraction

from .criteria import BLOCKER, CRITERIA, GREATEST_SCORE, MAJOR_OBSTACLE

FORMAL_DIRECT = "formal_direct"
RECIPROCAL = "reciprocal"
RESTRICTED = "restricted"
INDIRECT = "indirect"
# The least index of each form, and the least score of what must align.
FORMS = (
    (FORMAL_DIRECT, Fraction(85, 100), 2),
    (RECIPROCAL, Fraction(65, 100), 1),
    (RESTRICTED, Fraction(45, 100), 1),
)
# The highest over the lowest price of twelve months, in one currency: up to each, the score.
PRICE_GAPS = ((Fraction(3, 2), 3), (Fraction(3), 2), (Fraction(6), 1))


@dataclass(frozen=True, slots=True)
class Assessment:
    """`index` is exact, from 0 to 1; `lowest_must` the least score of what must align."""

    index: Fraction
    lowest_must: int
    blockers: tuple
    obstacles: tuple
    form: str
    unknown: tuple = ()


def assess(scores: dict[str, int]) -> Assessment:
    """The assessment of scores by criterion. A criterion that counts and has none scores 0."""
    weighed = {code: c for code, c in CRITERIA.items() if c.weight}
    total = sum(c.weight * scores.get(code, 0) for code, c in weighed.items())
    most = GREATEST_SCORE * sum(c.weight for c in weighed.values())
    must = {code: scores.get(code, 0) for code, c in weighed.items() if c.alignment == "MUST"}
    blockers = tuple(code for code, score in must.items() if score == BLOCKER)
    index = Fraction(total, most)
    return Assessment(
        index,
        min(must.values()),
        blockers,
        tuple(code for code, score in must.items() if score == MAJOR_OBSTACLE),
        _form(index, min(must.values())),
        tuple(code for code in weighed if code not in scores),
    )


def _form(index, lowest_must):
    for form, least, must in FORMS:
        if index >= least and lowest_must >= must:
            return form
    return INDIRECT


def agreed(given: dict[str, dict[str, int]]) -> dict[str, int]:
    """The lowest score of each criterion among the assessors who scored it."""
    return {code: low for code, (low, _high) in ranges(given).items()}


def ranges(given: dict[str, dict[str, int]]) -> dict[str, tuple[int, int]]:
    """The lowest and the highest score of each criterion; `given` is by assessor."""
    found = {}
    for code in CRITERIA:
        scores = [scored[code] for scored in given.values() if code in scored]
        if scores:
            found[code] = (min(scores), max(scores))
    return found


def disagreements(given) -> tuple:
    """The criteria that assessors score differently."""
    return tuple(code for code, (low, high) in ranges(given).items() if low != high)


def what_if(scores: dict[str, int], **changes: int) -> tuple[Assessment, Assessment]:
    """The assessment as it is, and as it would be if a rule changed the named scores."""
    return assess(scores), assess({**scores, **changes})


def price_gap_score(lowest: Fraction, highest: Fraction) -> int:
    """The score of the price gap: volume-weighted means of twelve months, in one currency."""
    if lowest <= 0:
        return 0
    ratio = Fraction(highest, lowest)
    return next((score for most, score in PRICE_GAPS if ratio <= most), 0)
