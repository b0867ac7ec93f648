"""What the refusals of the gate say, and how to mend what they refuse, by their codes."""

from django.utils.translation import gettext_lazy as _

GATE_TEXTS = {
    "INSUFFICIENT_UNITS": (
        _("The account has fewer free units than asked."),
        _("Ask for at most the available quantity, or wait until marked units are released."),
    ),
    "SERIALS_NOT_HELD": (
        _("The source account does not hold all the named serials."),
        _("Look up where the serials are held."),
    ),
    "SERIALS_MARKED": (
        _("Some of the named serials are reserved, frozen or under a lien."),
        _("Choose other serials, or wait until the mark is released."),
    ),
    "SOURCE_ACCOUNT_BLOCKED": (
        _("The status of the source account does not allow this transaction."),
        _("Ask the registry administrator about the account's status."),
    ),
    "DESTINATION_ACCOUNT_BLOCKED": (
        _("The status of the destination account does not allow this transaction."),
        _("Ask the registry administrator about the account's status."),
    ),
    "FOREIGN_ISSUANCE_DIFFERS": (
        _("Another issuance of these serials is known here already."),
        _("Compare the certificates; the issuing registry says which one it has signed."),
    ),
    "DOCUMENT_DIFFERS": (
        _("The log has another document of this kind and subject."),
        _("A document that has changed is another one: give it a subject of its own."),
    ),
    "HOLDING_LIMIT_EXCEEDED": (
        _("The destination account would hold more than its limit."),
        _("Transfer fewer units, or have the limit raised."),
    ),
    "GROUP_LIMIT_EXCEEDED": (
        _("The corporate group would hold more than its limit."),
        _("Transfer fewer units, or have the limit of the group raised."),
    ),
    "IDEMPOTENCY_KEY_REUSED": (
        _("This idempotency key was used for another request."),
        _("Use a new key for a new request."),
    ),
    "UNKNOWN_TRANSACTION": (
        _("There is no such transaction."),
        _("Check the transaction's number."),
    ),
    "NOT_AWAITING_APPROVAL": (
        _("The transaction does not await approval."),
        _("Read the transaction again: someone may have decided it."),
    ),
    "PROPOSAL_EXPIRED": (
        _("The proposal has expired."),
        _("Propose it again."),
    ),
    "NOT_DELAYED": (
        _("The transaction is not delayed."),
        _("Read the transaction again: it may be completed or ended."),
    ),
    "VINTAGE_NOT_ALLOWED": (
        _("This type of transaction does not move units of this vintage."),
        _("Choose units of a vintage that the transaction type allows."),
    ),
    "DAILY_LIMIT_EXCEEDED": (
        _("More units would leave the account today than its daily limit allows."),
        _("Ask for fewer units, wait for the next day, or have the limit raised."),
    ),
    "ENTITLEMENT_EXCEEDED": (
        _("The entity is not entitled to so many units in this period."),
        _("Name the entity and the period, and ask for at most what is left."),
    ),
    "RECONCILIATION_PENDING": (
        _("The books of this unit type are being reconciled."),
        _("Wait until the reconciliation has ended."),
    ),
    "UNKNOWN_TYPE_PROPOSAL": (
        _("There is no such proposed version of a transaction type."),
        _("See the list of proposed versions."),
    ),
    "TYPE_PROPOSAL_DECIDED": (
        _("The proposed version has been decided already."),
        _("Read it again."),
    ),
    "UNKNOWN_REFERENCE_CHANGE": (
        _("There is no such change of reference data."),
        _("See the list of changes."),
    ),
    "REFERENCE_CHANGE_DECIDED": (
        _("The change has been decided already."),
        _("Read it again."),
    ),
    "REFERENCE_CHANGE_STALE": (
        _("The row has changed since this was proposed."),
        _("Reject or withdraw the change, and propose it anew from what the row says now."),
    ),
    "PAYLOAD_DIFFERS": (
        _("The payload hash is not that of the transaction."),
        _("Read the transaction again and approve what it says now."),
    ),
    "NOTHING_TO_CONSOLIDATE": (
        _("No adjacent blocks can be merged."),
        _("Blocks merge when they are adjacent, of one issuance and free of marks."),
    ),
    "NOTHING_TO_RELEASE": (
        _("The freeze has no standing mark."),
        _("It may have been released already."),
    ),
    "NOT_REVERSIBLE": (
        _("The transaction can not be reversed."),
        _("Only a completed transaction of a reversible type is reversed, and only once."),
    ),
}

# What nobody does of themself, by the code of the refusal.
ONESELF_TEXTS = {
    "RECOVERY_OF_ONESELF": (
        _("Nobody asks for their own recovery, or decides it."),
        _("Ask two other system administrators."),
    ),
    "CHANGE_OF_ONESELF": (
        _("Nobody asks for a change of themself, or decides it."),
        _("Ask two other system administrators."),
    ),
}
