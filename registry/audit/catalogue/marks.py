"""Rules about marks: what holds units in their place."""

from django.utils.translation import gettext_lazy as _

from registry.audit.rules import Rule

RULES = (
    Rule(
        "MARK_STANDS_ON_HELD_UNITS",
        _("Accounts still hold the units on which blocking marks stand."),
        {
            "not_held": _(
                "Mark %(row)s (%(kind)s) stands on %(first)s–%(last)s, which account %(account)s "
                "does not hold."
            ),
        },
    ),
    Rule(
        "MARK_IS_EXCLUSIVE",
        _("Standing marks of an exclusive kind share no serial."),
        {
            "overlap": _(
                "Mark %(row)s (%(kind)s, serials %(first)s–%(last)s) overlaps mark %(other)s."
            ),
        },
    ),
    Rule(
        "MARK_BELONGS_TO_TRANSACTION",
        _("Marks stand and end as the state of their transaction says."),
        {
            "no_transaction": _(
                "Mark %(row)s is of transaction %(transaction)s, which does not exist."
            ),
            "line": _(
                "Mark %(row)s is not on the account and unit type of line %(line)s of transaction "
                "%(transaction)s."
            ),
            "not_waiting": _(
                "Mark %(row)s reserves %(first)s–%(last)s for transaction %(transaction)s, which "
                "does not wait (state %(status)s)."
            ),
            "not_frozen": _(
                "Mark %(row)s freezes %(first)s–%(last)s by transaction %(transaction)s, which is "
                "not completed (state %(status)s)."
            ),
            "released": _("Mark %(row)s was not released rightly (by %(released_by)s)."),
            "effect": _(
                "Mark %(row)s is a %(kind)s, which transaction %(transaction)s does not place."
            ),
        },
    ),
    Rule(
        "MARKED_AS_ASKED",
        _("What waits is reserved, what is frozen is marked, as the lines ask."),
        {
            "quantity": _(
                "%(marked)s units are marked for line %(line)s of transaction %(row)s, which asks "
                "%(minimum)s to %(quantity)s."
            ),
            "serials": _(
                "Other serials are marked than those that line %(line)s of transaction %(row)s "
                "names."
            ),
            "not_released": _(
                "Mark %(row)s of freeze %(freeze)s still stands after release %(transaction)s."
            ),
        },
    ),
)
