"""Rules about transactions: what was asked, approved and done is the same."""

from django.utils.translation import gettext_lazy as _

from registry.audit.rules import Rule

RULES = (
    Rule(
        "TRANSACTION_IS_WHOLE",
        _("Transactions have all their lines, and refer to what exists."),
        {
            "no_type": _("Transaction %(row)s is of type %(type)s, which does not exist."),
            "no_registry": _("Transaction %(row)s is of registry %(registry)s, which is unknown."),
            "no_proposer": _("Transaction %(row)s was proposed by person %(person)s, who is none."),
            "key_of_another": _(
                "Transaction %(row)s was proposed with key %(key)s, which is not its proposer's."
            ),
            "no_lines": _("Transaction %(row)s has no lines."),
            "no_account": _(
                "Line %(line)s of transaction %(row)s names an account that does not exist."
            ),
            "no_unit_type": _(
                "Line %(line)s of transaction %(row)s names a unit type that does not exist."
            ),
            "no_entity": _(
                "Line %(line)s of transaction %(row)s names an entity that does not exist."
            ),
            "form": _(
                "Line %(line)s of transaction %(row)s is broken: quantity "
                "%(quantity)s, minimum %(minimum)s."
            ),
        },
    ),
    Rule(
        "STATES_FOLLOW_THE_TABLE",
        _("Events lead from state to state as the table allows, to today's state."),
        {
            "no_transaction": _(
                "Event %(row)s names transaction %(transaction)s, which does not exist."
            ),
            "step": _(
                "Event %(row)s: transaction %(transaction)s goes from state %(before)s to "
                "%(status)s."
            ),
            "other_state": _(
                "Transaction %(row)s is in state %(status)s; its events lead to %(event)s."
            ),
            "no_person": _("Event %(row)s is by person %(person)s, who does not exist."),
        },
    ),
    Rule(
        "APPROVED_BY_OTHERS",
        _("Enough other persons have approved exactly the payload of what is completed."),
        {
            "no_transaction": _(
                "Approval %(row)s names transaction %(transaction)s, which does not exist."
            ),
            "own": _(
                "Approval %(row)s of transaction %(transaction)s is by its proposer, person "
                "%(person)s."
            ),
            "payload": _(
                "Approval %(row)s is of another payload than that of transaction %(transaction)s."
            ),
            "twice": _(
                "Approval %(row)s: person %(person)s decided on transaction %(transaction)s before."
            ),
            "too_few": _(
                "Transaction %(row)s is completed with %(approvals)s of %(needed)s approvals."
            ),
            "asked_too_few": _(
                "Transaction %(row)s asks for %(asked)s approvals; its type and amount ask for "
                "%(needed)s."
            ),
            "rejected": _(
                "Transaction %(row)s is in state %(status)s, which does not agree with its "
                "rejections."
            ),
        },
    ),
    Rule(
        "MOVED_AS_ASKED",
        _("Postings move what the lines of their transaction ask, and nothing else."),
        {
            "not_moved": _(
                "Posting %(row)s moved no %(unit_type)s from %(source)s to %(destination)s; its "
                "lines ask %(minimum)s to %(quantity)s."
            ),
            "not_asked": _(
                "Posting %(row)s moved %(moved)s %(unit_type)s from %(source)s to "
                "%(destination)s, which no line asks."
            ),
            "quantity": _(
                "Posting %(row)s moved %(moved)s %(unit_type)s from %(source)s to "
                "%(destination)s; its lines ask %(minimum)s to %(quantity)s."
            ),
            "touched": _(
                "Posting %(row)s cut blocks of unit type %(unit_type)s in account %(source)s, "
                "which no line names."
            ),
        },
    ),
    Rule(
        "NAMED_SERIALS_MOVED",
        _("Lines that name serials or a vintage moved these."),
        {
            "serials": _(
                "Posting %(posting)s moved %(moved)s of the serials %(first)s–%(last)s that line "
                "%(line)s of transaction %(row)s names."
            ),
            "vintage": _(
                "Posting %(row)s moved %(moved)s units of vintage %(vintage)s; its lines ask at "
                "least %(minimum)s."
            ),
        },
    ),
    Rule(
        "ISSUED_AS_APPROVED",
        _("Issuances are those of the payload that was approved."),
        {
            "not_issued": _("Posting %(row)s lacks an issuance that was approved."),
            "not_approved": _("Issuance %(row)s of posting %(posting)s was not approved."),
            "quantity": _(
                "Issuance %(row)s has %(issued)s units of its type; %(approved)s were approved."
            ),
            "attributes": _("Issuance %(row)s has other attributes than those approved."),
        },
    ),
    Rule(
        "TYPE_ALLOWS",
        _("Transactions move units between accounts as their type allows."),
        {
            "source": _(
                "Line %(line)s of transaction %(row)s: %(type)s takes no "
                "units from accounts of kind %(source)s."
            ),
            "destination": _(
                "Line %(line)s of transaction %(row)s: %(type)s brings no "
                "units to accounts of kind %(destination)s."
            ),
            "unit_kind": _(
                "Line %(line)s of transaction %(row)s: %(type)s does not "
                "move units of kind %(unit_kind)s."
            ),
        },
    ),
    Rule(
        "USE_IS_WHAT_MOVED",
        _("Use is recorded for exactly the ranges that were surrendered, retired or cancelled."),
        {
            "not_recorded": _(
                "Posting %(row)s moved unit type %(unit_type)s, %(first)s–%(last)s and recorded "
                "no use of it."
            ),
            "not_moved": _(
                "Posting %(row)s recorded a use of unit type %(unit_type)s, %(first)s–%(last)s, "
                "which it did not move."
            ),
            "not_foreseen": _(
                "Use %(row)s (serials %(first)s–%(last)s) is of posting %(posting)s, whose type "
                "records none."
            ),
            "kind": _("Use %(row)s is a %(kind)s; the type of posting %(posting)s says otherwise."),
        },
    ),
    Rule(
        "CREDITS_ADD_UP",
        _("Units used and tonnes credited add up to what the lines ask."),
        {
            "units": _(
                "Posting %(row)s used %(units)s units for entity %(entity)s, period “%(period)s”; "
                "its lines ask %(asked)s."
            ),
            "tonnes": _(
                "Posting %(row)s credited %(tonnes)s t to entity %(entity)s, period "
                "“%(period)s”; its lines say %(expected)s t."
            ),
            "negative": _("Use %(row)s is credited with %(tonnes)s t."),
        },
    ),
)
