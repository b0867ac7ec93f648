"""Delays that were not kept, and versions of types that nobody approved."""

from tests.audit.corruption import corruption


def _set(hand, id_, assignment):
    hand.run(f"UPDATE registry_transaction SET {assignment} WHERE id = %s", id_)
    return "registry_transaction", id_


@corruption("DELAYS_ARE_KEPT", "no_moment", "transaction")
def delayed_for_ever(hand):
    return _set(hand, hand.ledger.delayed, "due_at = NULL, execute_at = NULL")


@corruption("DELAYS_ARE_KEPT", "before_asked", "transaction")
def due_before_the_moment_asked(hand):
    return _set(hand, hand.ledger.delayed, "execute_at = due_at + interval '1 second'")


@corruption("DELAYS_ARE_KEPT", "not_delayed", "transaction")
def completed_without_its_delay(hand):
    return _set(hand, hand.ledger.waited, "due_at = NULL")


@corruption("DELAYS_ARE_KEPT", "early", "transaction")
def completed_before_it_was_due(hand):
    return _set(hand, hand.ledger.waited, "due_at = clock_timestamp() + '1 day', expires_at = NULL")


@corruption("DELAYS_ARE_KEPT", "late", "transaction")
def completed_after_it_expired(hand):
    return _set(hand, hand.ledger.waited, "expires_at = proposed_at")


@corruption("TYPES_WERE_APPROVED", "not_approved", "typeproposal")
def version_approved_by_its_proposer(hand):
    hand.run(
        "ALTER TABLE registry_typeproposal DROP CONSTRAINT type_proposal_is_decided_by_another"
    )
    hand.run("UPDATE registry_typeproposal SET decider_id = proposer_id WHERE status = 4")
    return "registry_transactiontype", hand.ledger.version


@corruption("TYPES_WERE_APPROVED", "not_approved", "transactiontype")
def version_brought_by_hand(hand):
    return "registry_transactiontype", hand.copy(
        "transactiontype", "code = 'transfer'", version=2, digest="decode('00', 'hex')"
    )


@corruption("TYPES_WERE_APPROVED", "not_made", "typeproposal", "transactiontype")
def version_of_other_rules_than_approved(hand):
    hand.run(
        "UPDATE registry_transactiontype SET digest = decode('00', 'hex') WHERE id = %s",
        hand.ledger.version,
    )
    proposal = "SELECT id FROM registry_typeproposal WHERE version_id = %s"
    return "registry_typeproposal", hand.one(proposal, hand.ledger.version)


@corruption("REFERENCE_AS_APPROVED", "not_approved", "referencechange")
def change_approved_by_its_proposer(hand):
    hand.run(
        "ALTER TABLE registry_referencechange"
        " DROP CONSTRAINT reference_change_is_decided_by_another"
    )
    hand.run("UPDATE registry_referencechange SET decider_id = proposer_id")
    found = "SELECT id FROM registry_referencehistory WHERE change_id IS NOT NULL"
    return "registry_referencehistory", hand.one(found)


@corruption("REFERENCE_AS_APPROVED", "not_remembered", "jurisdiction")
def row_changed_behind_its_history(hand):
    hand.run("UPDATE registry_jurisdiction SET name_en = 'x' WHERE code = 'KR'")
    found = "SELECT id FROM registry_jurisdiction WHERE code = 'KR'"
    return "registry_jurisdiction", hand.one(found)


@corruption("REFERENCE_AS_APPROVED", "not_remembered", "issuancecap")
def row_brought_by_hand(hand):
    hand.run(
        "INSERT INTO registry_issuancecap (unit_type_id, units, source_codes, confidence)"
        " SELECT id, 1, '{}', '' FROM registry_unittype WHERE code = 'KAU'"
    )
    return "registry_issuancecap", hand.one("SELECT max(id) FROM registry_issuancecap")


@corruption("REFERENCE_AS_APPROVED", "not_remembered", "accountholder", superuser=True)
def row_removed_behind_its_history(hand):
    found = hand.one("SELECT max(id) FROM registry_accountholder")
    hand.run("DELETE FROM registry_accountholder WHERE id = %s", found)
    return "registry_accountholder", found
