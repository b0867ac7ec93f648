"""Rules about the node's order."""

from django.utils.translation import gettext_lazy as _

from registry.audit.rules import Rule

RULES = (
    Rule(
        "POSITIONS_ARE_DENSE",
        _("Positions follow each other without a gap, and instants never go back."),
        {
            "gap": _("Position %(row)s follows position %(before)s."),
            "instant": _("The instant of position %(row)s is before that of the one before."),
            "twice": _("Position %(row)s is of posting %(posting)s, which has one already."),
            "no_posting": _("Position %(row)s is of posting %(posting)s, which does not exist."),
        },
    ),
    Rule(
        "POSTINGS_ARE_PLACED",
        _("Postings have a position within a minute."),
        {
            "late": _("Posting %(row)s of %(recorded_at)s still has no position."),
            "hidden": _(
                "Posting %(row)s has no position and never gets one: the sequencer has finished "
                "up to %(watermark)s."
            ),
            "sequencers": _("The sequencer's table has %(rows)s rows instead of one."),
        },
    ),
    Rule(
        "CAUSES_COME_FIRST",
        _("In the order of positions, causes come before effects."),
        {
            "unplaced": _(
                "Holding %(row)s was closed at position %(closed_at)s; posting %(opened_by)s, "
                "which opened it, has no position."
            ),
            "later": _(
                "Holding %(row)s was closed at position %(closed_at)s and opened at %(opened_at)s."
            ),
            "reversal": _(
                "Reversal %(row)s has position %(closed_at)s; transaction %(original)s, which it "
                "undoes, has %(opened_at)s."
            ),
        },
    ),
)
