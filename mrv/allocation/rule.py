"""One rule of an allocation plan, as data: what installations of a kind are entitled to.

A rule is a formula with its values (a benchmark, a reduction rate, shares) and the inputs that it
asks of an installation (output, base emissions, emissions). A plan is added by rows alone. Pure.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from mrv.emissions.derivation import Input
from mrv.emissions.formula import bind
from mrv.emissions.rounding import RULES
from mrv.quantities import QuantityError, number

TONNES = "tCO2e"
# Known to every formula without being a value: the share of the period's days in which the
# installation operated, by which new entrants and closures count.
OPERATING = "operating"
# A value of this name is what is not given free of charge, and is taken off in a step of its own.
AUCTION = "auction"
# What was determined, rather than declared; other inputs are declared.
EMISSIONS = "emissions"


@dataclass(frozen=True)
class Value:
    """What the plan itself lays down; `confidence` as of all data that were read somewhere."""

    value: Fraction
    unit: str
    source: str = ""
    confidence: str = "medium"


@dataclass(frozen=True)
class Terms:
    """`formula` gives tonnes for a period; `method` says only of which kind it is.

    `in_advance` is the share that is allocated before the period is over, by the inputs that are
    expected; None where nothing is. `rounding` is the rule by which tonnes become whole.
    """

    code: str
    method: str
    formula: str
    rounding: str = "down"
    in_advance: Fraction | None = None


@dataclass(frozen=True)
class Rule:
    """Terms with their values, and the unit of each input that is asked of an installation."""

    terms: Terms
    values: dict[str, Value] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.terms.code

    def constants(self) -> list[Input]:
        """The values as inputs of a derivation."""
        return [
            Input(
                name,
                each.value,
                each.unit,
                {"kind": "plan", "source": each.source, "confidence": each.confidence},
            )
            for name, each in self.values.items()
        ]


def findings(rule: Rule) -> list[tuple[str, str, dict]]:
    """All that is wrong with a rule, as (code, field, data)."""
    found = []
    if rule.terms.rounding not in RULES:
        found.append(("FIELD_WRONG", "rounding", {}))
    if not _is_share(rule.terms.in_advance, optional=True):
        found.append(("SHARE_NOT_POSSIBLE", "in_advance", {}))
    auction = rule.values.get(AUCTION)
    if auction is not None and not _is_share(auction.value):
        found.append(("SHARE_NOT_POSSIBLE", AUCTION, {}))
    units = {name: each.unit for name, each in rule.values.items()} | rule.inputs
    try:
        bound = bind(rule.terms.formula, tuple({**units, OPERATING: "1"}.items()), TONNES)
    except QuantityError as error:
        return [*found, (error.code, "formula", error.data)]
    unused = sorted(units.keys() - {*bound.names, AUCTION})
    twice = sorted(rule.inputs.keys() & rule.values.keys())
    found += [("VALUE_NOT_USED", name, {}) for name in unused]
    return found + [("VALUE_IS_GIVEN_AND_ASKED", name, {}) for name in twice]


def read_number(text) -> Fraction | None:
    """A number as text; None where there is none.   Raises: QuantityError (NUMBER_NOT_EXACT)."""
    return number(text) if text else None


def _is_share(value, *, optional=False):
    if value is None:
        return optional
    return 0 <= value <= 1
