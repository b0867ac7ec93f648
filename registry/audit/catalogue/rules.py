"""Rules about rules: what has to wait has waited, and what others decide was decided by them."""

from django.utils.translation import gettext_lazy as _

from registry.audit import requests
from registry.audit.rules import ComputedRule, Rule

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
    Rule(
        "REFERENCE_AS_APPROVED",
        _("Reference data say what another person than the proposer approved, or was loaded."),
        {
            "not_approved": _(
                "Change %(row)s of the history, of row %(of)s of %(name)s, was approved by nobody."
            ),
            "not_remembered": _("Row %(row)s of %(name)s is not what its history says."),
        },
    ),
    Rule(
        "BATCHES_ARE_DECIDED_AS_ONE",
        _("The transactions of a batch are decided together, by its hash, and by others."),
        {
            "not_alike": _(
                "Row %(row)s: transaction %(transaction)s is not proposed or approved as batch "
                "%(batch)s is."
            ),
            "alone": _(
                "Approval %(row)s is of transaction %(transaction)s alone, and not of batch "
                "%(batch)s."
            ),
            "own": _("Decision %(row)s on batch %(batch)s is by its proposer, person %(person)s."),
            "payload": _("Decision %(row)s on batch %(batch)s is of another payload."),
            "apart": _(
                "Batch %(row)s is all or nothing: %(completed)s of its transactions are "
                "completed, and %(others)s are not."
            ),
        },
    ),
    ComputedRule(
        "REQUESTS_WERE_APPROVED",
        _("Requests are what enough others have decided, each once and by the request's hash."),
        {
            "no_request": _("Decision %(row)s is on request %(request)s, which does not exist."),
            "hash": _("The hash of request %(row)s is not that of what it says."),
            "own": _("Decision %(row)s on request %(request)s is by who asked, person %(person)s."),
            "stopper": _(
                "Decision %(row)s on request %(request)s is by person %(person)s, who placed the "
                "stop."
            ),
            "twice": _(
                "Decision %(row)s on request %(request)s is the second one of person %(person)s."
            ),
            "payload": _("Decision %(row)s on request %(request)s is of another payload."),
            "time": _(
                "Decision %(row)s on request %(request)s was made before it was asked or after "
                "it was closed."
            ),
            "status": _(
                "Request %(row)s is %(status)s, with %(approved)s of %(needed)s approvals."
            ),
        },
        judge=requests.recounted,
    ),
)
