"""What one installation is entitled to, and what is still to be allocated or to be returned. Pure.

A result is a derivation down to the inputs and the values of the plan: it answers why an operator
was given so many allowances.
"""

from datetime import date
from fractions import Fraction

from mrv.emissions.derivation import Derivation, Input, derive
from mrv.emissions.formula import names_of

from .rule import AUCTION, FINAL, OPERATING, TONNES, Rule


def entitled(rule: Rule, inputs, *, stage=FINAL, operating=None, subject=None) -> Derivation:
    """Tonnes by the formula of a rule for a stage, less the auctioned share, not yet rounded.

    `inputs` are by name, in any unit of the dimension that the rule asks; `operating` as
    `operating_share` gives it.

    Raises: QuantityError.
    """
    given = {each.name: each for each in (*rule.constants(), *inputs)}
    if operating is not None:
        given[OPERATING] = Input(OPERATING, operating, "1", {"kind": "installation"})
    formula = rule.formula(stage)
    computed = derive(
        formula,
        [given[name] for name in names_of(formula) if name in given],
        TONNES,
        subject=subject,
    )
    if AUCTION not in rule.values:
        return computed
    parts = [Input("computed", computed.result, TONNES, of=computed), given[AUCTION]]
    return derive(f"computed * (1 - {AUCTION})", parts, TONNES, subject=subject)


def corrected(free: Derivation, correction: Fraction) -> Derivation:
    """By the factor that keeps the sum of all within what can be allocated."""
    parts = [
        Input("free", free.result, TONNES, of=free),
        Input("correction", correction, "1", {"kind": "correction"}),
    ]
    return derive("free * correction", parts, TONNES, subject=free.subject)


def whole(derivation: Derivation, rounding: str, *, remainder=0) -> Derivation:
    """Whole tonnes; `remainder` is the one that the largest remainders receive besides."""
    parts = [Input("tonnes", derivation.result, TONNES, of=derivation)]
    formula = "tonnes"
    if remainder:
        formula = "tonnes + remainder"
        parts.append(Input("remainder", Fraction(remainder), TONNES, {"kind": "correction"}))
    return derive(formula, parts, TONNES, rounding=(rounding, 0), subject=derivation.subject)


def difference(final: Derivation, before: int) -> Derivation:
    """What the true-up moves: allocated further where positive, owed back where negative."""
    parts = [
        Input("final", final.result, TONNES, of=final),
        Input("before", Fraction(before), TONNES, {"kind": "allocated"}),
    ]
    return derive("final - before", parts, TONNES, subject=final.subject)


def operating_share(started_on, closed_on, starts_on, ends_before) -> Fraction:
    """The share of a period's days in which an installation operated.

    `closed_on` is the last day of operation or None; `ends_before` the first day after the period.
    """
    first = max(started_on, starts_on)
    after = ends_before if closed_on is None else min(_after(closed_on), ends_before)
    days = max((after - first).days, 0)
    return Fraction(days, (ends_before - starts_on).days)


def _after(day):
    return date.fromordinal(day.toordinal() + 1)
