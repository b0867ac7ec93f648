"""A decision the slow way: unit by unit, with fractions, from the sentences of the rules.

It shares no code with linking/decide.py and is obviously right rather than fast.
"""

from fractions import Fraction
from math import floor


def limits(document, place, bases, used):
    """(what one unit costs, what is left) of each quota that binds at a place, exact."""
    value = Fraction(document["factor"]["value"])
    for number, quota in enumerate(document["quotas"]):
        if quota["at"] != place:
            continue
        limit = Fraction(quota["value"])
        if quota["base"] != "absolute":
            limit *= bases[quota["base"]]
        cost = 1 if quota["measure"] == "source_units" else value
        yield quota, cost, floor(limit) - used.get(number, 0)


def import_(document, quantity, bases, used):
    """(accepted, credited, code): the most units that all quotas leave."""
    bound = list(limits(document, "import", bases, used))
    fits = [all(n * cost <= left for _q, cost, left in bound) for n in range(quantity + 1)]
    accepted = max((n for n in range(quantity + 1) if fits[n]), default=0)
    code = None
    for quota, cost, left in bound:
        if quantity * cost > left and quota["on_exceed"] == "reject":
            return 0, 0, "QUOTA_EXCEEDED"
    if accepted < quantity:
        code = "QUOTA_PARTIAL" if accepted else "QUOTA_EXHAUSTED"
    return accepted, floor(accepted * Fraction(document["factor"]["value"])), code


def use(document, quantity, bases, used, before):
    """(accepted, credited, consumed, code), with `before` units used in the period already."""
    value = Fraction(document["factor"]["value"])

    def credited(n):
        if document["rounding"] == "per_batch_floor":
            return floor(n * value)
        return floor((before + n) * value) - floor(before * value)

    accepted = quantity
    for quota, _cost, left in limits(document, "use", bases, used):
        if quota["measure"] == "source_units":
            accepted = min(accepted, left)
        else:
            # The fewest units that reach the most tonnes within the limit.
            within = [n for n in range(25 * (left + 2)) if credited(n) <= left]
            most = max(credited(n) for n in within)
            accepted = min(accepted, min(n for n in within if credited(n) == most))
    refused = [
        quota
        for quota, cost, left in limits(document, "use", bases, used)
        if quota["on_exceed"] == "reject" and accepted < quantity
    ]
    code = None
    if accepted < quantity:
        code = "QUOTA_PARTIAL" if accepted else "QUOTA_EXHAUSTED"
    tonnes = credited(accepted)
    consumed = accepted
    if document["residue"] == "return":
        consumed = min(n for n in range(accepted + 1) if credited(n) == tonnes)
    return accepted, tonnes, consumed, code, bool(refused)
