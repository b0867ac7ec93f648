"""All rules, in the order in which they are run: what others rest on comes first."""

from . import above
from .catalogue import guards, keys, log, marks, order, postings, rules, transactions, units

# The ledger's own; then those of the apps above it.
OWN = (
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
RULES = (*OWN, *(rule for module in above.modules() for rule in module.RULES))
CODES = tuple(rule.code for rule in RULES)
