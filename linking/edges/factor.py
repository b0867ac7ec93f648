"""What one unit of the source counts for in the acceptor: an exact fraction. Pure."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from . import kinds
from .reader import Reader

KINDS = ("par", "discount", "exchange", "mitigation_value")


@dataclass(frozen=True, slots=True)
class Factor:
    """`value` in tonnes for one unit; `review` is the day by which it is to be looked at again."""

    kind: str
    value: Fraction
    review: date | None = None

    def overdue(self, on: date) -> bool:
        return self.review is not None and on >= self.review


def read(given, where, findings):
    """A factor from its document.

    Par is 1, a discount lies below 1, a mitigation value is at most 1; only a rate of exchange
    may exceed 1.
    """
    reader = Reader(given, where, findings)
    kind = reader.take("kind", kinds.choice(*KINDS))
    value = reader.take("value", kinds.exact)
    review = reader.take("review", kinds.optional(kinds.day), None)
    reader.close()
    if value is not None and kind is not None:
        if not _suits(kind, value):
            reader.add("FACTOR_DOES_NOT_SUIT_KIND", "value", kind=kind, value=str(value))
        return Factor(kind, value, review)
    return None


def _suits(kind, value):
    if kind == "par":
        return value == 1
    if kind == "discount":
        return 0 < value < 1
    if kind == "mitigation_value":
        return 0 < value <= 1
    return value > 0


def from_mitigation_values(source: Fraction, acceptor: Fraction) -> Fraction:
    """The factor that two assessments of mitigation give: never above 1."""
    return min(Fraction(1), Fraction(source, acceptor))
