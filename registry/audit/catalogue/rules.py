"""Rules about rules: what has to wait has waited, and versions of types were approved."""

from django.utils.translation import gettext_lazy as _

from registry.audit.rules import Rule

RULES = (
    Rule(
        "DELAYS_ARE_KEPT",
        _("What has to wait is completed when it is due, and before it expires."),
        {
            "no_moment": _("Transaction %(row)s is delayed without a moment when it is due."),
            "before_asked": _(
                "Transaction %(row)s is due at %(due)s, before the moment %(asked)s that its "
                "proposer asked for."
            ),
            "not_delayed": _("Transaction %(row)s was completed without the delay of its type."),
            "early": _(
                "Transaction %(row)s was completed at %(completed)s and was due at %(due)s."
            ),
            "late": _(
                "Transaction %(row)s was completed at %(completed)s and had expired at %(expires)s."
            ),
        },
    ),
    Rule(
        "TYPES_WERE_APPROVED",
        _("Versions of transaction types are what another person than the proposer approved."),
        {
            "not_approved": _(
                "Version %(version)s of transaction type %(type)s, row %(row)s, was approved by "
                "nobody."
            ),
            "not_made": _(
                "Proposal %(row)s of transaction type %(type)s was approved, and its version does "
                "not exist."
            ),
        },
    ),
)
