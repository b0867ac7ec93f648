"""A log that is not that of the ledger, a tree that is not that of the log, broken promises."""

from tests.audit.corruption import corruption

LAST = "(SELECT max(index) FROM registry_logleaf)"
LAST_CHECKPOINT = "(SELECT max(size) FROM registry_checkpoint)"


def _size(hand):
    return hand.one("SELECT count(*) FROM registry_logleaf")


def _leaf_of(hand, posting):
    return hand.one("SELECT index FROM registry_logleaf WHERE posting_id = %s", posting)


def _copy_of_the_last_leaf(hand, posting):
    return hand.one(
        "INSERT INTO registry_logleaf (index, kind, posting_id, digest, leaf_hash, appended_at)"
        " SELECT index + 1, kind, %s, digest, leaf_hash, appended_at"
        f" FROM registry_logleaf WHERE index = {LAST} RETURNING index",
        posting,
    )


@corruption("LEAVES_FOLLOW_POSITIONS", "gap", "logleaf")
def leaf_is_missing(hand):
    hand.run("DELETE FROM registry_logleaf WHERE index = 3")
    return "registry_logleaf", 4


@corruption("LEAVES_FOLLOW_POSITIONS", "no_position", "position")
def leaf_of_a_posting_that_lost_its_position(hand):
    hand.run("DELETE FROM registry_position WHERE position = 3")
    return "registry_logleaf", 2


@corruption("LEAVES_FOLLOW_POSITIONS", "no_position", "logleaf", superuser=True)
def leaf_of_nothing(hand):
    return "registry_logleaf", _copy_of_the_last_leaf(hand, 999_999_999)


@corruption("LEAVES_FOLLOW_POSITIONS", "twice", "logleaf")
def posting_is_logged_twice(hand):
    hand.without("logleaf", "registry_logleaf_posting_id_key")
    posting = hand.one("SELECT posting_id FROM registry_logleaf WHERE index = 6")
    return "registry_logleaf", _copy_of_the_last_leaf(hand, posting)


@corruption("LEAVES_FOLLOW_POSITIONS", "order", "logleaf")
def leaves_are_exchanged(hand):
    hand.without("logleaf", "registry_logleaf_posting_id_key")
    hand.run(
        "UPDATE registry_logleaf l SET posting_id = o.posting_id, digest = o.digest,"
        " leaf_hash = o.leaf_hash FROM registry_logleaf o"
        " WHERE (l.index, o.index) IN ((6, 7), (7, 6))"
    )
    return "registry_logleaf", 6


@corruption("LEAVES_FOLLOW_POSITIONS", "missing", "logleaf", "position")
def posting_is_not_logged(hand):
    posting = hand.one(f"DELETE FROM registry_logleaf WHERE index = {LAST} RETURNING posting_id")
    hand.run(
        "UPDATE registry_position SET instant = now() - interval '2 minutes' WHERE posting_id = %s",
        posting,
    )
    return "registry_posting", posting


@corruption("LEAF_IS_OF_ITS_POSTING", "digest", "logleaf")
def digest_is_replaced(hand):
    hand.run("UPDATE registry_logleaf SET digest = sha256('') WHERE index = 7")
    return "registry_logleaf", 7


@corruption("LEAF_IS_OF_ITS_POSTING", "digest", "holding")
def closed_holding_is_put_into_another_account(hand):
    holding, posting = hand.run(
        "UPDATE registry_holding SET account_id = %s WHERE id = ("
        " SELECT min(id) FROM registry_holding WHERE closed_by_id IS NOT NULL)"
        " RETURNING id, closed_by_id",
        hand.world.at_home.auction,
    ).fetchone()
    assert holding
    return "registry_logleaf", _leaf_of(hand, posting)


@corruption("LEAF_IS_OF_ITS_POSTING", "digest", "holding")
def holding_ends_a_serial_earlier(hand):
    posting = hand.one(
        "UPDATE registry_holding SET last = last - 1 WHERE id = ("
        " SELECT max(id) FROM registry_holding WHERE last > first) RETURNING opened_by_id"
    )
    return "registry_logleaf", _leaf_of(hand, posting)


@corruption("LEAF_IS_OF_ITS_POSTING", "digest", "use")
def surrender_is_for_another_entity(hand):
    posting = hand.one(
        "UPDATE registry_use SET entity_id = %s WHERE id = (SELECT min(id) FROM registry_use)"
        " RETURNING posting_id",
        hand.world.holder_b.pk,
    )
    return "registry_logleaf", _leaf_of(hand, posting)


@corruption("LEAF_IS_OF_ITS_POSTING", "digest", "issuance")
def issuance_gets_another_legal_basis(hand):
    posting = hand.one(
        "UPDATE registry_issuance SET legal_basis = 'another' WHERE id = ("
        " SELECT min(id) FROM registry_issuance) RETURNING posting_id"
    )
    return "registry_logleaf", _leaf_of(hand, posting)


@corruption("LEAF_IS_OF_ITS_POSTING", "digest", "posting")
def posting_is_dated_back(hand):
    posting = hand.one(
        "UPDATE registry_posting SET recorded_at = recorded_at - interval '1 microsecond'"
        " WHERE id = (SELECT min(id) FROM registry_posting) RETURNING id"
    )
    return "registry_logleaf", _leaf_of(hand, posting)


@corruption("LEAF_IS_OF_ITS_POSTING", "leaf_hash", "logleaf")
def leaf_hash_is_replaced(hand):
    hand.run("UPDATE registry_logleaf SET leaf_hash = sha256('') WHERE index = 7")
    return "registry_logleaf", 7


@corruption("DOCUMENTS_ARE_LOGGED", "missing", "loggeddocument")
def document_is_not_logged(hand):
    return "registry_loggeddocument", hand.one(
        "INSERT INTO registry_loggeddocument (kind, subject, digest, recorded_at)"
        " VALUES ('report', '2', sha256(''), now() - interval '2 minutes') RETURNING id"
    )


@corruption("DOCUMENTS_ARE_LOGGED", "differs", "loggeddocument")
def document_has_another_digest(hand):
    return "registry_loggeddocument", hand.one(
        "UPDATE registry_loggeddocument SET digest = sha256('') RETURNING id"
    )


@corruption("DOCUMENTS_ARE_LOGGED", "leaf_hash", "loggeddocument")
def document_is_about_something_else(hand):
    return "registry_logleaf", hand.one(
        "UPDATE registry_loggeddocument SET subject = '9' RETURNING leaf_id"
    )


@corruption("DOCUMENTS_ARE_LOGGED", "no_document", "loggeddocument")
def logged_document_is_gone(hand):
    return "registry_logleaf", hand.one("DELETE FROM registry_loggeddocument RETURNING leaf_id")


@corruption("TREE_IS_OF_THE_LEAVES", "missing", "logtile")
def tile_is_missing(hand):
    hand.run("DELETE FROM registry_logtile WHERE level = 0 AND number = 0")
    return "registry_logtile", "0/0"


@corruption("TREE_IS_OF_THE_LEAVES", "unknown", "logtile")
def tile_over_no_full_tile(hand):
    hand.run(
        "INSERT INTO registry_logtile (level, number, hashes)"
        " SELECT 1, 0, substring(hashes FROM 1 FOR 32) FROM registry_logtile"
        " WHERE level = 0 AND number = 0"
    )
    return "registry_logtile", "1/0"


@corruption("TREE_IS_OF_THE_LEAVES", "differs", "logtile")
def one_bit_of_a_tile_is_flipped(hand):
    hand.run(
        "UPDATE registry_logtile SET hashes = set_bit(hashes, 1000, 1 - get_bit(hashes, 1000))"
        " WHERE level = 0 AND number = 0"
    )
    return "registry_logtile", "0/0"


@corruption("TREE_IS_OF_THE_LEAVES", "differs", "logtile")
def tile_ends_early(hand):
    hand.run(
        "UPDATE registry_logtile SET hashes = substring(hashes FROM 1 FOR length(hashes) - 32)"
        " WHERE level = 0 AND number = 0"
    )
    return "registry_logtile", "0/0"


@corruption("CHECKPOINTS_ARE_TRUE", "beyond", "checkpoint")
def checkpoint_of_leaves_that_are_not_there(hand):
    size = _size(hand) + 7
    hand.run(
        f"UPDATE registry_checkpoint SET size = %s WHERE size = {LAST_CHECKPOINT}",
        size,
    )
    return "registry_checkpoint", size


@corruption("CHECKPOINTS_ARE_TRUE", "root", "checkpoint")
def checkpoint_has_another_root(hand):
    size = hand.one(
        f"UPDATE registry_checkpoint SET root = sha256('') WHERE size = {LAST_CHECKPOINT}"
        " RETURNING size"
    )
    return "registry_checkpoint", size


@corruption("CHECKPOINTS_ARE_TRUE", "root", "logleaf")
def leaf_under_a_checkpoint_is_replaced(hand):
    hand.run("UPDATE registry_logleaf SET leaf_hash = sha256('') WHERE index = 0")
    return "registry_checkpoint", hand.one(f"SELECT {LAST_CHECKPOINT}")


@corruption("CHECKPOINTS_ARE_TRUE", "note", "checkpoint")
def note_says_another_size(hand):
    size = hand.one(
        "UPDATE registry_checkpoint SET note = regexp_replace(note, '\\n\\d+\\n', E'\\n1\\n')"
        f" WHERE size = {LAST_CHECKPOINT} RETURNING size"
    )
    return "registry_checkpoint", size


@corruption("CHECKPOINTS_ARE_TRUE", "signature", "checkpoint")
def signature_is_that_of_the_checkpoint_before(hand):
    size = hand.one(
        "UPDATE registry_checkpoint c SET note = regexp_replace(c.note, '— .*', '')"
        " || substring(o.note FROM '— .*') FROM registry_checkpoint o"
        f" WHERE c.size = {LAST_CHECKPOINT} AND o.size < c.size RETURNING c.size"
    )
    return "registry_checkpoint", size


@corruption("CHECKPOINTS_ARE_TRUE", "key", "keyrecord")
def key_had_ended(hand):
    hand.run(
        "UPDATE registry_keyrecord SET valid_to = (SELECT min(at) FROM registry_checkpoint)"
        " WHERE purpose = 'log'"
    )
    return "registry_checkpoint", hand.one(f"SELECT {LAST_CHECKPOINT}")


@corruption("CHECKPOINTS_ARE_TRUE", "goes_back", "checkpoint")
def checkpoint_is_dated_back(hand):
    size = hand.one(
        "UPDATE registry_checkpoint SET at = at - interval '1 day'"
        f" WHERE size = {LAST_CHECKPOINT} RETURNING size"
    )
    return "registry_checkpoint", size


@corruption("CHECKPOINTS_ARE_TRUE", "renamed", "checkpoint", "keyrecord")
def log_has_another_name(hand):
    hand.without("keyrecord", "key_in_force_is_one", "key_id_is_the_thumbprint")
    key = hand.copy("keyrecord", "purpose = 'log'", node="'other.example'", key_id="'k'")
    size = hand.one(
        f"UPDATE registry_checkpoint SET key_id = %s WHERE size = {LAST_CHECKPOINT} RETURNING size",
        key,
    )
    return "registry_checkpoint", size


@corruption("PROMISES_ARE_KEPT", "uncovered", "checkpoint", "posting")
def checkpoints_are_missing(hand):
    hand.run("DELETE FROM registry_checkpoint")
    posting = hand.one(
        "UPDATE registry_posting SET recorded_at = now() - interval '61 seconds'"
        " WHERE id = (SELECT max(id) FROM registry_posting) RETURNING id"
    )
    return "registry_posting", posting


@corruption("PROMISES_ARE_KEPT", "late", "posting")
def posting_waited_too_long(hand):
    posting = hand.one(
        "UPDATE registry_posting SET recorded_at = recorded_at - interval '5 minutes'"
        " WHERE id = (SELECT max(id) FROM registry_posting) RETURNING id"
    )
    return "registry_posting", posting
