"""Rules about postings: each conserves, does what its kind says, and belongs to a transaction."""

from django.utils.translation import gettext_lazy as _

from registry.audit.rules import Rule

RULES = (
    Rule(
        "ROWS_ARE_POSTED",
        _("What names a posting was written together with it."),
        {
            "opened_by_nothing": _(
                "Holding %(row)s (serials %(first)s–%(last)s) was opened by posting %(posting)s, "
                "which does not exist."
            ),
            "opened_elsewhere": _(
                "Holding %(row)s was opened in database transaction %(xid)s, its posting "
                "%(posting)s written in %(posting_xid)s."
            ),
            "closed_by_nothing": _(
                "Holding %(row)s (serials %(first)s–%(last)s) was closed by posting %(posting)s, "
                "which does not exist."
            ),
            "closed_elsewhere": _(
                "Holding %(row)s was closed in database transaction %(xid)s, its posting "
                "%(posting)s written in %(posting_xid)s."
            ),
            "issued_without": _("Issuance %(row)s of a registry of this node has no posting."),
            "issued_by_nothing": _(
                "Issuance %(row)s names posting %(posting)s, which does not exist."
            ),
            "issued_elsewhere": _(
                "Issuance %(row)s was written in database transaction %(xid)s, its posting "
                "%(posting)s in %(posting_xid)s."
            ),
            "used_by_nothing": _("Use %(row)s names posting %(posting)s, which does not exist."),
        },
    ),
    Rule(
        "POSTING_CONSERVES",
        _("Postings open exactly the serials that they close or issue."),
        {
            "added": _(
                "Posting %(row)s opened %(units)s units that it did not close: unit type "
                "%(unit_type)s, %(first)s–%(last)s."
            ),
            "lost": _(
                "Posting %(row)s closed %(units)s units that it did not open: unit type "
                "%(unit_type)s, %(first)s–%(last)s."
            ),
        },
    ),
    Rule(
        "POSTING_KEEPS_TO_ITS_KIND",
        _("Postings write the rows of their kind, which is that of their transaction's type."),
        {
            "type": _("Posting %(row)s is of kind %(kind)s, its transaction of %(effect)s."),
            "message": _("Posting %(row)s of kind %(kind)s has a message too many or too few."),
            "home_units": _("Posting %(row)s takes home units across the border."),
            "rows": _(
                "Posting %(row)s of kind %(kind)s: opens %(opens)s, closes %(closes)s, issues "
                "%(issues)s."
            ),
        },
    ),
    Rule(
        "POSTING_EQUALS_MESSAGE",
        _("Postings across borders are exactly their message, and use it once."),
        {
            "not_in_message": _(
                "Posting %(row)s moved unit type %(unit_type)s, %(first)s–%(last)s across the "
                "border, which its message does not name."
            ),
            "not_posted": _(
                "Posting %(row)s did not move unit type %(unit_type)s, %(first)s–%(last)s, which "
                "its message names."
            ),
            "used_twice": _("Posting %(row)s uses message %(message)s, as posting %(other)s did."),
            "no_message": _("Posting %(row)s names message %(message)s, which does not exist."),
        },
    ),
    Rule(
        "POSTING_COMPLETES_TRANSACTION",
        _("Completed transactions and postings belong together one to one."),
        {
            "no_transaction": _(
                "Posting %(row)s names transaction %(transaction)s, which does not exist."
            ),
            "not_completed": _(
                "Posting %(row)s belongs to transaction %(transaction)s, which is in state "
                "%(status)s."
            ),
            "other_posting": _(
                "Posting %(row)s names transaction %(transaction)s, which names posting %(other)s."
            ),
            "without": _("Transaction %(row)s (%(type)s) is completed without a posting."),
            "posting_missing": _(
                "Transaction %(row)s names posting %(posting)s, which does not exist."
            ),
            "needs_none": _("Transaction %(row)s (%(type)s) has posting %(posting)s needlessly."),
            "unfinished": _(
                "Transaction %(row)s has posting %(posting)s and is in state %(status)s."
            ),
        },
    ),
    Rule(
        "CONVERTED_ONE_FOR_ONE",
        _("Conversions issue as many units as they end."),
        {
            "unequal": _("Posting %(row)s ended %(ended)s and issued %(issued)s %(unit_type)s."),
            "not_ended": _(
                "Posting %(row)s leaves %(units)s units of unit type %(unit_type)s alive that it "
                "should have ended."
            ),
        },
    ),
    Rule(
        "TERMINAL_IS_FINAL",
        _("Units leave terminal accounts only by reversing what brought them there."),
        {
            "left": _(
                "Posting %(row)s took unit type %(unit_type)s, %(first)s–%(last)s out of the "
                "terminal account %(account)s without reversing anything."
            ),
            "not_returned": _(
                "Posting %(row)s took unit type %(unit_type)s, %(first)s–%(last)s out of the "
                "terminal account %(account)s, but not to where transaction %(reverses)s had "
                "taken them from."
            ),
        },
    ),
    Rule(
        "REVERSAL_RETURNS",
        _("Reversals move exactly what they reverse, back."),
        {
            "moved_more": _(
                "Reversal %(row)s moved unit type %(unit_type)s, %(first)s–%(last)s from account "
                "%(source)s to %(destination)s, which undoes nothing."
            ),
            "not_returned": _(
                "Reversal %(row)s did not move unit type %(unit_type)s, %(first)s–%(last)s from "
                "account %(source)s back to %(destination)s."
            ),
            "no_original": _(
                "Reversal %(row)s names transaction %(original)s, which does not exist."
            ),
            "not_reversed": _(
                "Reversal %(row)s is completed, but transaction %(original)s is in state "
                "%(status)s."
            ),
            "irreversible": _(
                "Reversal %(row)s undoes transaction %(original)s, whose type can not be reversed."
            ),
            "twice": _(
                "Reversal %(row)s undoes transaction %(original)s, as reversal %(other)s did."
            ),
            "not_by_reversal": _("Transaction %(row)s is reversed, but no reversal did it."),
        },
    ),
)
