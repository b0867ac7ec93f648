"""How much of a link may be used, by whom, measured how, in which period. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from . import kinds
from .reader import Reader

SCOPES = ("jurisdiction", "entity")
BASES = ("absolute", "obligation", "emissions", "shortfall", "allocation", "cap")
OF_ENTITIES = ("obligation", "emissions", "shortfall", "allocation")
MEASURES = ("source_units", "compliance_tonnes")
PLACES = ("import", "use")
DIRECTIONS = ("gross", "net")
PERIODS = ("calendar_year", "fiscal_year_april", "acceptor_compliance_year", "lifetime")
# Those whose end the calendar knows, so that what they leave can be carried forward.
CALENDAR = ("calendar_year", "fiscal_year_april")
ALLOCATIONS = ("fcfs", "pro_rata", "auction", "per_entity")
EXCESSES = ("partial", "reject")
KEYS = ("origin", "route")
POOLS = ("own", "shared_with_domestic_offsets")


@dataclass(frozen=True, slots=True)
class Quota:
    """`value` is tonnes (or units) for an absolute quota, else a share of the base."""

    scope: str
    base: str
    value: Fraction
    measure: str
    at: str
    direction: str
    period: str
    carry_forward_max: Fraction
    allocation: str
    on_exceed: str
    key: str
    pool: str

    def limit(self, base_t: int | None) -> int:
        """The whole tonnes (or units) that the quota allows in one period: always rounded down.

        `base_t` are the tonnes of the base; an absolute quota needs none.
        """
        value = self.value if self.base == "absolute" else self.value * base_t
        return value.numerator // value.denominator

    def carried(self, unused: int) -> int:
        """What of an unused limit is added to that of the next period."""
        most = self.carry_forward_max * unused
        return most.numerator // most.denominator


def read(given, where, findings):
    reader = Reader(given, where, findings)
    if reader.is_object and given.get("period") is None:
        reader.add("QUOTA_WITHOUT_PERIOD", "period")
    taken = {
        "scope": reader.take("scope", kinds.choice(*SCOPES)),
        "base": reader.take("base", kinds.choice(*BASES)),
        "value": reader.take("value", kinds.exact),
        "measure": reader.take("measure", kinds.choice(*MEASURES), "compliance_tonnes"),
        "at": reader.take("at", kinds.choice(*PLACES)),
        "direction": reader.take("direction", kinds.choice(*DIRECTIONS), "gross"),
        "period": reader.take("period", kinds.optional(kinds.choice(*PERIODS)), None),
        "carry_forward_max": reader.take("carry_forward_max", kinds.share, Fraction(0)),
        "allocation": reader.take("allocation", kinds.choice(*ALLOCATIONS), "fcfs"),
        "on_exceed": reader.take("on_exceed", kinds.choice(*EXCESSES), "partial"),
        "key": reader.take("key", kinds.choice(*KEYS), "origin"),
        "pool": reader.take("pool", kinds.choice(*POOLS), "own"),
    }
    reader.close()
    if any(value is None for value in taken.values()):
        return None
    quota = Quota(**taken)
    for name in _unsuited(quota):
        reader.add("QUOTA_DOES_NOT_FIT", name, value=str(taken[name]))
    return quota


def _unsuited(quota):
    """The fields that make no sense beside the others."""
    if quota.base == "absolute":
        if quota.value.denominator != 1:
            yield "value"
    elif quota.value > 1:
        yield "value"
    if quota.base in OF_ENTITIES and quota.scope != "entity":
        yield "base"
    if quota.base == "cap" and quota.scope != "jurisdiction":
        yield "base"
    # Only imports have a counter-flow, and only of all together.
    if quota.direction == "net" and (quota.at != "import" or quota.scope != "jurisdiction"):
        yield "direction"
    # A jurisdiction's quota can be given out beforehand; an entity's is its own already.
    if quota.allocation != "fcfs" and quota.scope != "jurisdiction":
        yield "allocation"
    # What is carried is what all together left of a period that has an end of its own.
    if quota.carry_forward_max and (quota.scope != "jurisdiction" or quota.period not in CALENDAR):
        yield "carry_forward_max"
    # The pool of domestic offsets counts what entities use, in tonnes.
    if quota.pool != "own" and (
        quota.scope != "entity" or quota.at != "use" or quota.measure != "compliance_tonnes"
    ):
        yield "pool"
