"""All rules, in the order in which they are run: what others rest on comes first."""

from .catalogue import guards, keys, log, marks, order, postings, rules, transactions, units

RULES = (
    *guards.RULES,
    *units.RULES,
    *postings.RULES,
    *transactions.RULES,
    *rules.RULES,
    *marks.RULES,
    *order.RULES,
    *keys.RULES,
    *log.RULES,
)
CODES = tuple(rule.code for rule in RULES)
