"""What can go wrong, as classes with stable codes. HTTP statuses are given in registry/api only.

An error carries one or more failures: every rule that the input broke, in the documented order.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from .gate_texts import GATE_TEXTS, ONESELF_TEXTS


@dataclass(frozen=True)
class Failure:
    """One broken rule: a stable code, what is wrong, how to mend it, and where."""

    code: str
    message: str
    hint: str = ""
    line: int | None = None
    data: dict = field(default_factory=dict)

    def as_dict(self):
        """Plain values, texts in the reader's language."""
        return {
            "code": self.code,
            "message": str(self.message),
            "hint": str(self.hint),
            "line": self.line,
            "data": self.data,
        }


class DomainError(Exception):
    """The request is understood and refused; nothing was written."""

    def __init__(self, *failures):
        self.failures = list(failures)
        super().__init__("; ".join(f"{f.code}: {f.message}" for f in self.failures))

    @property
    def code(self):
        return self.failures[0].code

    @property
    def codes(self):
        return [failure.code for failure in self.failures]


class InvalidInput(DomainError):
    """The request's form is wrong: a fraction for units, a missing field, a broken number."""


class NotPermitted(DomainError):
    """The actor may not do this here, or there is no actor."""


class NotFound(DomainError):
    """What the request names does not exist, or not for this actor."""


class Conflict(DomainError):
    """Someone was first, or the same key came with another request."""


class RuleViolated(DomainError):
    """A rule of the registry or of the ledger forbids it."""


class Unavailable(DomainError):
    """Nothing is wrong with the request: the same one succeeds when the node can do it."""


class KeyUnavailable(Unavailable):
    """A private key that the node needs is not to be had; whoever runs the node mends it."""


GATE_CLASSES = {
    "IDEMPOTENCY_KEY_REUSED": Conflict,
    "UNKNOWN_TRANSACTION": NotFound,
    "NOT_AWAITING_APPROVAL": Conflict,
    "PROPOSAL_EXPIRED": Conflict,
    "NOT_DELAYED": Conflict,
    "UNKNOWN_TYPE_PROPOSAL": NotFound,
    "TYPE_PROPOSAL_DECIDED": Conflict,
    "UNKNOWN_REFERENCE_CHANGE": NotFound,
    "REFERENCE_CHANGE_DECIDED": Conflict,
    "REFERENCE_CHANGE_STALE": Conflict,
    "PAYLOAD_DIFFERS": Conflict,
    "DOCUMENT_DIFFERS": Conflict,
}

# One constraint, one error. A constraint that is not listed is a defect and is raised as it is.
CONSTRAINT_TEXTS = {
    "approval_is_not_by_the_proposer": (
        NotPermitted,
        "PROPOSER_CAN_NOT_APPROVE",
        _("Who proposed a transaction does not approve it."),
        _("Ask another person; another key of the same person does not help."),
    ),
    "approval_is_one_per_person": (
        Conflict,
        "ALREADY_DECIDED",
        _("This person has already decided on the transaction."),
        _("Two approvals need two persons."),
    ),
    "approval_is_of_the_payload": (
        Conflict,
        "PAYLOAD_DIFFERS",
        _("The payload hash is not that of the transaction."),
        _("Read the transaction again and approve what it says now."),
    ),
    **dict.fromkeys(
        ("recovery_is_of_another_person", "recovery_is_decided_by_another_person"),
        (NotPermitted, "RECOVERY_OF_ONESELF", *ONESELF_TEXTS["RECOVERY_OF_ONESELF"]),
    ),
    **dict.fromkeys(
        ("person_is_changed_by_others", "person_change_is_decided_by_others"),
        (NotPermitted, "CHANGE_OF_ONESELF", *ONESELF_TEXTS["CHANGE_OF_ONESELF"]),
    ),
    **dict.fromkeys(
        ("approval_comes_before_expiry", "transaction_completes_before_it_expires"),
        (Conflict, "PROPOSAL_EXPIRED", *GATE_TEXTS["PROPOSAL_EXPIRED"]),
    ),
    "type_proposal_is_decided_by_another": (
        NotPermitted,
        "PROPOSER_CAN_NOT_APPROVE",
        _("Who proposed a transaction does not approve it."),
        _("Ask another person; another key of the same person does not help."),
    ),
    "batch_is_not_decided_by_its_proposer": (
        NotPermitted,
        "PROPOSER_CAN_NOT_APPROVE",
        _("Who proposed a transaction does not approve it."),
        _("Ask another person; another key of the same person does not help."),
    ),
    "batch_decision_is_of_the_payload": (
        Conflict,
        "PAYLOAD_DIFFERS",
        _("The payload hash is not that of the batch."),
        _("Read the batch again and approve what it says now."),
    ),
    "batch_is_decided_once_by_a_person": (
        Conflict,
        "ALREADY_DECIDED",
        _("This person has already decided on the batch."),
        _("Two approvals need two persons."),
    ),
    "batch_has_transactions_that_wait_alike": (
        Unavailable,
        "REFERENCE_DATA_CHANGES",
        _("Transaction types, unit types or accounts are being changed all the time."),
        _("Repeat the request with the same key when the changes have ended."),
    ),
    "approval_is_of_the_whole_batch": (
        Conflict,
        "BATCH_DECIDES",
        _("The transaction belongs to a batch, which is decided as one."),
        _("Say it of the batch."),
    ),
    "type_proposal_waits_alone": (
        Conflict,
        "TYPE_PROPOSAL_EXISTS",
        _("Another version of this type awaits a decision."),
        _("Have it decided or withdrawn first."),
    ),
    "reference_change_is_decided_by_another": (
        NotPermitted,
        "REQUESTER_CAN_NOT_DECIDE",
        _("Who asks for something does not decide it."),
        _("Ask another person; another key of the same person does not help."),
    ),
    "reference_change_waits_alone": (
        Conflict,
        "REFERENCE_CHANGE_EXISTS",
        _("Another change of this row awaits a decision."),
        _("Have it decided or withdrawn first."),
    ),
    "reference_data_change_by_approval": (
        RuleViolated,
        "REFERENCE_DATA_NEED_APPROVAL",
        _("Reference data change by a proposal that another person approves."),
        _("Propose the change; a loading is done by the owner of the database."),
    ),
    "transaction_waits_as_its_type_asks": (
        Conflict,
        "DELAY_BEGINS",
        _("What is trusted has changed meanwhile: the transaction has to wait."),
        _("Repeat the request; the delay will then begin."),
    ),
    "issuance_stays_within_its_caps": (
        RuleViolated,
        "ISSUANCE_CAP_EXCEEDED",
        _("More units would be issued than the cap allows."),
        _("Issue at most what the cap leaves."),
    ),
    "issuance_serials_are_issued_once": (
        RuleViolated,
        "SERIALS_ALREADY_ISSUED",
        _("Some of these serials were issued before."),
        _("Leave out the first serial to continue after the last one issued."),
    ),
    "issuance_serials_are_in_range": (
        RuleViolated,
        "SERIALS_EXHAUSTED",
        _("The issuance would go past the last serial that a unit type can have."),
        _("A unit type has 1,000,000,000,000 serials."),
    ),
    "transaction_reverses_a_reversible_one": (
        RuleViolated,
        "NOT_REVERSIBLE",
        *GATE_TEXTS["NOT_REVERSIBLE"],
    ),
    "transaction_is_reversed_once": (
        Conflict,
        "REVERSAL_EXISTS",
        _("A reversal of this transaction is completed or waiting."),
        _("Look at the reversal that exists."),
    ),
    "account_is_closed_empty": (
        RuleViolated,
        "ACCOUNT_NOT_EMPTY",
        _("An account that holds units can not be closed."),
        _("Transfer the units first."),
    ),
    "account_of_a_partner_is_one": (
        RuleViolated,
        "PARTNER_ACCOUNT_EXISTS",
        _("The registry has an account for this partner already."),
        _("Use the account that exists."),
    ),
    "account_stays_closed": (
        RuleViolated,
        "ACCOUNT_CLOSED",
        _("A closed account is not opened again."),
        _("Open another account."),
    ),
    "posting_opens_no_holding_in_a_closed_account": (
        RuleViolated,
        "DESTINATION_ACCOUNT_BLOCKED",
        *GATE_TEXTS["DESTINATION_ACCOUNT_BLOCKED"],
    ),
    "posting_leaves_terminal_accounts_by_reversal_only": (
        RuleViolated,
        "TERMINAL_ACCOUNT",
        _("Units leave a terminal account only by reversing what brought them there."),
        _("Reverse the transaction that brought the units."),
    ),
    "posting_leaves_marked_units_alone": (
        RuleViolated,
        "SERIALS_MARKED",
        *GATE_TEXTS["SERIALS_MARKED"],
    ),
    "mark_reserves_only_free_units": (
        RuleViolated,
        "SERIALS_MARKED",
        *GATE_TEXTS["SERIALS_MARKED"],
    ),
    "account_class_suits_the_account": (
        RuleViolated,
        "UNKNOWN_ACCOUNT_CLASS",
        _("The registry has no such class for accounts of this kind."),
        _("See the account classes of the registry."),
    ),
    "account_class_has_room_for_the_holder": (
        RuleViolated,
        "ACCOUNT_CLASS_FULL",
        _("The holder has as many accounts of this class as the registry allows."),
        _("Use the account that exists, or close it first."),
    ),
    "representative_is_one_at_a_time": (
        RuleViolated,
        "REPRESENTATIVE_EXISTS",
        _("This person represents the account already."),
        _("End the present right first: a person has one at a time."),
    ),
    "representative_ends_once": (
        Conflict,
        "REPRESENTATIVE_NOT_IN_FORCE",
        _("The representative has ended, or is in this state already."),
        _("Read the list of the account's representatives again."),
    ),
    "request_is_closed_once": (
        Conflict,
        "REQUEST_IS_CLOSED",
        _("The request is decided or was taken back."),
        _("Ask anew."),
    ),
    "request_is_decided_while_it_waits": (
        Conflict,
        "REQUEST_IS_CLOSED",
        _("The request is decided or was taken back."),
        _("Ask anew."),
    ),
    "request_is_not_decided_by_who_asks": (
        NotPermitted,
        "REQUESTER_CAN_NOT_DECIDE",
        _("Who asks for something does not decide it."),
        _("Ask another person; another key of the same person does not help."),
    ),
    "request_is_decided_once_by_a_person": (
        Conflict,
        "ALREADY_DECIDED",
        _("This person has already decided on the request."),
        _("Two approvals need two persons."),
    ),
    "request_decision_is_of_the_payload": (
        Conflict,
        "PAYLOAD_DIFFERS",
        _("The payload hash is not that of the request."),
        _("Read the request again and approve what it says now."),
    ),
    "request_has_a_document_once": (
        Conflict,
        "DOCUMENT_EXISTS",
        _("The request has this document already."),
        _("Nothing needs to be added."),
    ),
    "trusted_account_is_listed_once": (
        RuleViolated,
        "TRUSTED_ACCOUNT_LISTED",
        _("The account is on the list already."),
        _("See the list for the moment from which it counts."),
    ),
    "stop_is_placed_once": (
        Conflict,
        "STOP_STANDS",
        _("A stop of this stands already."),
        _("See the list of stops."),
    ),
    "stop_is_not_lifted_by_who_placed_it": (
        NotPermitted,
        "STOPPER_CAN_NOT_LIFT",
        _("Who placed a stop does not decide that it ends."),
        _("Ask others: the registry's rules say how many."),
    ),
    "transaction_is_not_completed_while_stopped": (
        RuleViolated,
        "EMERGENCY_STOP_STANDS",
        _("An emergency stop of the registry or of the unit type stands."),
        _("Wait until the stop is lifted; what waits for approval goes on waiting."),
    ),
    "task_is_not_for_who_asks": (
        NotPermitted,
        "TASK_IS_OF_WHO_ASKS",
        _("Who asks for something does not get the task of it."),
        _("Leave it to another person, or assign it to one."),
    ),
    "task_is_for_who_keeps_accounts": (
        RuleViolated,
        "NOT_A_COLLEAGUE",
        _("This person is no administrator of the registry."),
        _("Name an administrator or a junior administrator of the registry."),
    ),
    "mark_freeze_is_exclusive": (
        RuleViolated,
        "SERIALS_ALREADY_FROZEN",
        _("Some of these serials are frozen already."),
        _("Freeze the others only."),
    ),
}


def from_gate(failures):
    """The error for the failures that the gate returned, as dictionaries with a code."""
    built = []
    for item in failures:
        data = dict(item)
        code, line = data.pop("code"), data.pop("line", None)
        message, hint = GATE_TEXTS[code]
        built.append(Failure(code, message, hint, line, data))
    return GATE_CLASSES.get(built[0].code, RuleViolated)(*built)


def unknown_transaction(transaction_id):
    """The error for a transaction that does not exist, or not for this actor."""
    return from_gate([{"code": "UNKNOWN_TRANSACTION", "transaction": str(transaction_id)}])


def unknown_account(account):
    """The error for an account that does not exist, or not for this actor."""
    return NotFound(
        Failure(
            "UNKNOWN_ACCOUNT",
            _("There is no such account."),
            _("Check the account number and its check digits."),
            data={"account": str(account)},
        )
    )


def from_constraint(name):
    """The error that explains a constraint, or None for a constraint no user can break."""
    if name not in CONSTRAINT_TEXTS:
        return None
    error, code, message, hint = CONSTRAINT_TEXTS[name]
    return error(Failure(code, message, hint))
