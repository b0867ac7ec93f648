"""What somebody does to a sound ledger of links, and what the audit then says."""

CORRUPTIONS = {}


def corruption(rule, what):
    """Register a function (hand, built) that returns the table and the row that must be named."""

    def keep(function):
        CORRUPTIONS[rule, what] = function
        return function

    return keep


VERSION = "linking_agreementversion"
SIGNATURE = "linking_versionsignature"
CHANGE = "linking_edgechange"
COUNTER = "registry_limitcounter"
NOW = "period = '2026'"
PART = "linking_transferpart"
TRANSFER = "linking_transfer"


def changed(hand, table, assignment, where):
    """The table, and the first row that was changed."""
    sql = f"UPDATE {table} SET {assignment} WHERE {where} RETURNING id"
    return table, hand.one(f"WITH changed AS ({sql}) SELECT min(id) FROM changed")


def copied(hand, table, where, **changes):
    """The table, and a copy of a row of it with changes (to SQL)."""
    rows = hand.run(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attname <> 'id'",
        table,
    ).fetchall()
    names = [f'"{name}"' for (name,) in rows]
    values = [str(changes.get(name, f'"{name}"')) for (name,) in rows]
    return table, hand.one(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table}"
        f" WHERE {where} ORDER BY id DESC LIMIT 1 RETURNING id"
    )


@corruption("AGREEMENTS_ARE_SIGNED", "unsigned")
def signature_vanishes(hand, built):
    hand.run(f"DELETE FROM {SIGNATURE} WHERE id = (SELECT max(id) FROM {SIGNATURE})")
    return VERSION, built.version


@corruption("AGREEMENTS_ARE_SIGNED", "stranger")
def signed_by_another_agreements_party(hand, built):
    return changed(hand, SIGNATURE, "party_id = 0", f"id = (SELECT max(id) FROM {SIGNATURE})")


@corruption("AGREEMENTS_ARE_SIGNED", "digest")
def digest_of_another_text(hand, built):
    hand.run(f"ALTER TABLE {VERSION} DROP CONSTRAINT agreement_version_digest_is_of_its_text")
    return changed(hand, VERSION, "digest = sha256('x')", "status = 'in_force'")


@corruption("AGREEMENTS_ARE_SIGNED", "not_kept")
def first_version_vanishes(hand, built):
    hand.run(f"DELETE FROM {VERSION} WHERE number = 1")
    return "linking_agreement", hand.one("SELECT id FROM linking_agreement")


@corruption("AGREEMENTS_ARE_SIGNED", "several")
def first_version_comes_back(hand, built):
    hand.run("DROP INDEX agreement_has_one_version_in_force")
    hand.run(f"UPDATE {VERSION} SET status = 'in_force'")
    return "linking_agreement", hand.one("SELECT id FROM linking_agreement")


@corruption("SIGNED_TEXTS_HOLD", "signature")
def signature_of_the_version_before(hand, built):
    return changed(
        hand,
        SIGNATURE,
        f"signature = (SELECT signature FROM {SIGNATURE} ORDER BY id LIMIT 1)",
        f"id = (SELECT max(id) FROM {SIGNATURE})",
    )


@corruption("SIGNED_TEXTS_HOLD", "edge")
def factor_raised_behind_the_signatures(hand, built):
    return changed(
        hand,
        "linking_linkedge",
        "document = jsonb_set(document, '{factor,value}', '\"1\"')",
        f"version_id = {built.version} AND edge_id = 'CN>KR'",
    )


@corruption("EDGES_FOLLOW_THEIR_CHANGES", "order")
def suspended_twice(hand, built):
    return changed(hand, CHANGE, "state = 'suspended'", "state = 'active' AND cause = 'manual'")


@corruption("EDGES_FOLLOW_THEIR_CHANGES", "no_edge")
def change_of_no_edge(hand, built):
    return copied(hand, CHANGE, "cause = 'security'", edge_id="'X'")


@corruption("EDGES_FOLLOW_THEIR_CHANGES", "by")
def suspended_by_the_source(hand, built):
    other = "(SELECT id FROM linking_agreementparty p WHERE p.id <> by_id)"
    return changed(hand, CHANGE, f"by_id = {other}", "cause = 'security'")


@corruption("EDGES_FOLLOW_THEIR_CHANGES", "alone")
def partner_follows_nobody(hand, built):
    return changed(
        hand, CHANGE, "at = at + interval '1 hour'", "cause = 'reciprocity' AND state = 'suspended'"
    )


@corruption("EDGES_FOLLOW_THEIR_CHANGES", "no_phase")
def phase_that_nobody_agreed(hand, built):
    return changed(hand, "linking_phasestart", "n = 2", "true")


@corruption("DECISIONS_REST_ON_WHAT_HELD", "not_in_force")
def decided_by_the_version_before(hand, built):
    first = f"(SELECT min(id) FROM {VERSION})"
    edge = f"(SELECT id FROM linking_linkedge WHERE version_id = {first} AND edge_id = 'CN>KR')"
    return changed(hand, "linking_storeddecision", f"edge_id = {edge}", f"id = {built.use}")


@corruption("DECISIONS_REST_ON_WHAT_HELD", "stands")
def use_that_stands_is_given_back(hand, built):
    hand.run(
        "UPDATE registry_transaction SET lines[1].factor = %s WHERE id ="
        " (SELECT min(id) FROM registry_transaction WHERE status = 4)",
        f"{built.undone} CN>KR v2 4/5",
    )
    where = f"decision_id = {built.undone}"
    return "linking_release", hand.one(f"SELECT id FROM linking_release WHERE {where}")


@corruption("LIMITS_ARE_WHAT_DECISIONS_TOOK", "capacity")
def slot_of_a_larger_limit(hand, built):
    hand.run(f"UPDATE {COUNTER} SET capacity_t = capacity_t + 1 WHERE slot = 3 AND {NOW}")
    return COUNTER, hand.one(f"SELECT min(id) FROM {COUNTER} WHERE pool = 'link:CN>KR:0'"
                             " AND period = '2026'")  # fmt: skip


@corruption("LIMITS_ARE_WHAT_DECISIONS_TOOK", "differs")
def tonne_taken_by_nobody(hand, built):
    hand.run(f"UPDATE {COUNTER} SET used_t = used_t + 1 WHERE slot = 3 AND {NOW}")
    return COUNTER, hand.one(f"SELECT min(id) FROM {COUNTER} WHERE pool = 'link:CN>KR:0'"
                             " AND period = '2026'")  # fmt: skip


@corruption("LIMITS_ARE_WHAT_DECISIONS_TOOK", "missing")
def limit_vanishes(hand, built):
    hand.run(f"DELETE FROM {COUNTER} WHERE pool = 'link:CN>KR:1'")
    return COUNTER, "link:CN>KR:1"


@corruption("UNITS_USED_ADD_UP", "differs")
def unit_used_by_nobody(hand, built):
    return changed(hand, "linking_unitsused", "units = units + 1", "true")


@corruption("UNITS_USED_ADD_UP", "missing")
def sum_vanishes(hand, built):
    hand.run("DELETE FROM linking_unitsused")
    return "linking_unitsused", "CN>KR"


@corruption("USES_ABROAD_ARE_KEPT_AT_HOME", "not_abroad")
def use_of_units_that_are_at_home(hand, built):
    return changed(
        hand, "linking_usedabroad", "first = first + 100, last = last + 100", "use = 'surrender'"
    )


@corruption("USES_ABROAD_ARE_KEPT_AT_HOME", "posting")
def use_of_units_that_were_not_used(hand, built):
    return changed(hand, "linking_usedabroad", "last = last + 1", "use = 'cancellation'")


@corruption("USES_ABROAD_ARE_KEPT_AT_HOME", "undone")
def use_undone_by_nobody(hand, built):
    return changed(
        hand, "linking_usedabroad", "undone_at = now(), undone_by = posting", "undone_at IS NULL"
    )


@corruption("USES_ABROAD_ARE_KEPT_AT_HOME", "not_kept")
def use_that_home_never_heard_of(hand, built):
    hand.run("DELETE FROM linking_usedabroad")
    found = "SELECT t.id FROM registry_transaction t JOIN registry_use u USING (posting_id)"
    return "registry_transaction", hand.one(f"{found} ORDER BY 1 LIMIT 1")


@corruption("TRANSFERS_HAVE_TWO_HALVES", "parts")
def transfer_of_more_than_its_parts(hand, built):
    return changed(hand, TRANSFER, "quantity = quantity + 1", f"id = {built.waiting}")


@corruption("TRANSFERS_HAVE_TWO_HALVES", "decision")
def more_than_was_decided(hand, built):
    return changed(hand, PART, "quantity = quantity + 1", f"transfer_id = {built.waiting}")


@corruption("TRANSFERS_HAVE_TWO_HALVES", "half")
def completed_before_it_was_sent(hand, built):
    other = f"(SELECT destination_transaction_id FROM {TRANSFER} WHERE id = {built.completed})"
    hand.run(f"ALTER TABLE {TRANSFER} DROP CONSTRAINT transfer_is_completed_by_its_destination")
    state = f"state = 'completed', ended_at = now(), destination_transaction_id = {other}"
    hand.run(f"UPDATE {TRANSFER} SET destination_transaction_id = NULL WHERE id = %s"
             " AND false", built.completed)  # fmt: skip
    hand.run(
        f"ALTER TABLE {TRANSFER} DROP CONSTRAINT linking_transfer_destination_transaction_id_key"
    )
    return changed(hand, TRANSFER, state, f"id = {built.waiting}")


@corruption("TRANSFERS_HAVE_TWO_HALVES", "brought")
def fewer_units_arrive(hand, built):
    other = f"(SELECT destination_transaction_id FROM {TRANSFER} WHERE id = {built.completed})"
    hand.run(f"UPDATE registry_transaction SET lines[1].quantity = 1 WHERE id = {other}")
    return TRANSFER, built.completed


@corruption("TRANSFERS_HAVE_TWO_HALVES", "given_back")
def what_was_sent_is_given_back(hand, built):
    found = f"SELECT id FROM {PART} WHERE transfer_id = {built.completed}"
    hand.run(
        "INSERT INTO linking_release (decision_id, at)"
        f" SELECT decision_id, now() FROM {PART} WHERE transfer_id = {built.completed}"
    )
    return PART, hand.one(found)


@corruption("TRANSFERS_HAVE_TWO_HALVES", "not_given_back")
def what_never_came_about_is_kept(hand, built):
    decision = f"SELECT decision_id FROM {PART} WHERE transfer_id = {built.aborted}"
    hand.run(f"DELETE FROM linking_release WHERE decision_id = ({decision})")
    return PART, hand.one(f"SELECT id FROM {PART} WHERE transfer_id = {built.aborted}")
