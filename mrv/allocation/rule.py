"""One rule of an allocation plan, as data: what installations of a kind are entitled to.

A rule is a formula with its values (a benchmark, a reduction rate, shares) and the inputs that it
asks of an installation (output, base emissions, emissions). A plan is added by rows alone. Pure.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from mrv.emissions.derivation import Input
from mrv.emissions.formula import bind, names_of
from mrv.emissions.rounding import RULES
from mrv.quantities import QuantityError

TONNES = "tCO2e"
# Known to every formula without being a value: the share of the period's days in which the
# installation operated, by which new entrants and closures count.
OPERATING = "operating"
# A value of this name is what is not given free of charge, and is taken off in a step of its own.
AUCTION = "auction"
# What was determined, of the period and of the year before it; other inputs are declared.
EMISSIONS = "emissions"
EMISSIONS_BEFORE = "emissions_before"
# The two times at which a plan allocates: what is expected, and what is known afterwards.
ADVANCE = "advance"
FINAL = "final"
STAGES = (ADVANCE, FINAL)


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

    `advance` is the formula of what is allocated before the period is over; empty where nothing
    is. `rounding` is the rule by which tonnes become whole. `sectors` are those that the rule is
    for, all where none is named; one without `entrants` is not for what began in the period.
    """

    code: str
    method: str
    formula: str
    rounding: str = "down"
    advance: str = ""
    sectors: tuple[str, ...] = ()
    entrants: bool = True


@dataclass(frozen=True)
class Rule:
    """Terms with their values, and the unit of each input that is asked of an installation."""

    terms: Terms
    values: dict[str, Value] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.terms.code

    def formula(self, stage) -> str:
        """The formula of a stage; empty where the rule has none for it."""
        return self.terms.advance if stage == ADVANCE else self.terms.formula

    def asked(self, stage) -> list[str]:
        """The inputs that the formula of a stage needs, in its order."""
        text = self.formula(stage)
        return [name for name in names_of(text) if name in self.inputs] if text else []

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
    auction = rule.values.get(AUCTION)
    if auction is not None and not 0 <= auction.value <= 1:
        found.append(("SHARE_NOT_POSSIBLE", AUCTION, {}))
    units = {name: each.unit for name, each in rule.values.items()} | rule.inputs
    used = {AUCTION}
    texts = {"formula": rule.terms.formula, "advance": rule.terms.advance}
    for field_name, text in texts.items():
        if text or field_name == "formula":
            try:
                used |= {*bind(text, tuple({**units, OPERATING: "1"}.items()), TONNES).names}
            except QuantityError as error:
                found.append((error.code, field_name, error.data))
                used |= units.keys()
    unused = sorted(units.keys() - used)
    twice = sorted(rule.inputs.keys() & rule.values.keys())
    found += [("VALUE_NOT_USED", name, {}) for name in unused]
    return found + [("VALUE_IS_GIVEN_AND_ASKED", name, {}) for name in twice]
