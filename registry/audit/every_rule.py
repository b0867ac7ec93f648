"""All rules, in the order in which they are run: what others rest on comes first."""

from .catalogue import guards, marks, order, postings, transactions, units

RULES = (
    *guards.RULES,
    *units.RULES,
    *postings.RULES,
    *transactions.RULES,
    *marks.RULES,
    *order.RULES,
)
CODES = tuple(rule.code for rule in RULES)
