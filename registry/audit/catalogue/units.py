"""Rules about units: each is in exactly one place of its registry."""

from django.utils.translation import gettext_lazy as _

from registry.audit.rules import Rule

RULES = (
    Rule(
        "ISSUED_ONCE",
        _("Issuances of a unit type share no serial and lie in range."),
        {
            "overlap": _(
                "Issuance %(row)s (serials %(first)s–%(last)s) overlaps issuance %(other)s."
            ),
            "range": _("Issuance %(row)s has serials out of range: %(first)s–%(last)s."),
            "vintage": _("The vintage of issuance %(row)s ends before it begins."),
            "no_unit_type": _("Issuance %(row)s is of unit type %(unit_type)s, which is unknown."),
        },
    ),
    Rule(
        "HELD_ONCE",
        _("Open holdings of a registry share no serial."),
        {
            "overlap": _(
                "Holding %(row)s (serials %(first)s–%(last)s) overlaps holding %(other)s, which "
                "ends at %(other_last)s."
            ),
        },
    ),
    Rule(
        "ISSUED_IS_HELD",
        _("What a registry has issued is held in it: nothing is lost, nothing added."),
        {
            "lost": _("%(units)s %(unit_type)s of issuance %(row)s are lost: %(first)s–%(last)s."),
            "added": _(
                "%(units)s %(unit_type)s in holding %(row)s were never issued: %(first)s–%(last)s."
            ),
        },
    ),
    Rule(
        "HOLDING_FITS_ISSUANCE",
        _("Holdings lie inside their issuance and carry its unit type and vintage."),
        {
            "no_issuance": _("Holding %(row)s names issuance %(issuance)s, which is unknown."),
            "unit_type": _("Holding %(row)s has another unit type than issuance %(issuance)s."),
            "vintage": _(
                "Holding %(row)s has vintage %(vintage)s; issuance %(issuance)s has "
                "%(issued_vintage)s."
            ),
            "outside": _(
                "Holding %(row)s (serials %(first)s–%(last)s) is not inside issuance "
                "%(issuance)s (%(issued_first)s–%(issued_last)s)."
            ),
        },
    ),
    Rule(
        "HOLDING_IN_REGISTRY_OF_ACCOUNT",
        _("Holdings are in an account of their own registry."),
        {
            "no_account": _("Holding %(row)s is in account %(account)s, which is unknown."),
            "other_registry": _(
                "Holding %(row)s of registry %(registry)s is in account %(account)s of registry "
                "%(account_registry)s."
            ),
        },
    ),
    Rule(
        "FOREIGN_IS_FLAGGED",
        _("Holdings are flagged as foreign exactly when another registry issued the units."),
        {
            "home": _("Holding %(row)s is flagged as foreign, but %(unit_type)s is at home here."),
            "foreign": _("Holding %(row)s is not flagged as foreign, but %(unit_type)s is."),
            "no_unit_type": _("Holding %(row)s is of unit type %(unit_type)s, which is unknown."),
        },
    ),
    Rule(
        "ABROAD_IS_HELD_AT_HOME",
        _("Units held abroad on this node are at home in the account of that partner."),
        {
            "not_at_home": _(
                "At position %(position)s holding %(row)s has %(unit_type)s %(first)s–%(last)s "
                "abroad, and the account at home that stands for %(partner)s has not."
            ),
        },
    ),
    Rule(
        "CLOSED_ONCE_AND_LATER",
        _("Holdings are closed once, by a later posting than the one that opened them."),
        {
            "earlier": _(
                "Holding %(row)s was opened by posting %(opened_by)s and closed by posting "
                "%(closed_by)s, which is not later."
            ),
            "half": _("Holding %(row)s is closed by half: posting %(closed_by)s is incomplete."),
        },
    ),
    Rule(
        "CLOSED_ACCOUNT_IS_EMPTY",
        _("Closed accounts hold nothing and received nothing after their closing."),
        {
            "holds": _(
                "Holding %(row)s (serials %(first)s–%(last)s) is in the closed account %(account)s."
            ),
            "received": _(
                "Posting %(posting)s brought holding %(row)s to account %(account)s, which was "
                "closed before."
            ),
            "fewer": _(
                "Account %(row)s (%(account)s) had %(counted)s holdings when it was closed, and "
                "%(found)s are left."
            ),
        },
    ),
    Rule(
        "OPENINGS_TIE",
        _("What a registry moved here with is what its old books said."),
        {
            "total": _(
                "Opening balance %(row)s brought %(brought)s units to account %(account)s, and the "
                "old registry said %(total)s."
            ),
            "serials": _(
                "Old serials %(row)s stand for serials that opening balance %(opening)s did not "
                "issue."
            ),
        },
    ),
)
