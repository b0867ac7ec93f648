"""Attacks on the log: on its leaves, its tree, and its checkpoints."""

from registry.keys.jwk import thumbprint
from tests.database.attack import attack
from tests.database.attacker import Expression

DENSE = {"trigger": "log_leaf_is_dense"}
GROWS = {"trigger": "log_tile_only_grows"}
FORWARD = {"trigger": "checkpoint_goes_forward"}
LAST_LEAF = "index = (SELECT max(index) FROM registry_logleaf)"
FIRST_TILE = "level = 0 AND number = 0"
LAST_CHECKPOINT = "size = (SELECT max(size) FROM registry_checkpoint)"


def _without_guards(db, table):
    """What a constraint holds is attacked without the triggers that would refuse first."""
    db.execute(f"ALTER TABLE registry_{table} DISABLE TRIGGER USER")


def _size(db):
    return db.one("SELECT count(*) FROM registry_logleaf")


def _unlogged(db, skip=0):
    """A posting that has a position and no leaf: the next one, or one after it."""
    return db.one(
        "SELECT q.posting_id FROM registry_position q WHERE NOT EXISTS ("
        " SELECT FROM registry_logleaf l WHERE l.posting_id = q.posting_id)"
        " ORDER BY q.position OFFSET %s LIMIT 1",
        skip,
    )


def _leaf(db, **changes):
    """The next leaf, of the posting whose turn it is, with changes."""
    values = {"index": _size(db), "posting_id": _unlogged(db), **changes}
    return db.copy("logleaf", LAST_LEAF, **values)


def _checkpoint(db, **changes):
    """A checkpoint of the log as it is, with changes; it need not be signed to be refused."""
    size = changes.get("size", _size(db))
    values = {
        "size": size,
        "root": Expression(f"registry_log_root({size})"),
        "note": Expression(
            "(SELECT format(E'%%s\\n%%s\\n%%s\\n\\n— %%1$s AAAAAAAA', node, "
            f"{size}, encode(registry_log_root({size}), 'base64'))"
            " FROM registry_keyrecord WHERE purpose = 'log' LIMIT 1)"
        ),
        **changes,
    }
    return db.copy("checkpoint", LAST_CHECKPOINT, **values)


@attack("log_leaf_of_a_posting_names_it")
def leaf_of_a_posting_under_another_kind(db):
    _leaf(db, kind="wish")


@attack("log_leaf_of_a_posting_names_it")
def leaf_of_a_posting_that_names_none(db):
    _without_guards(db, "logleaf")
    _leaf(db, posting_id=None)


@attack("log_leaf_has_hashes_of_32_bytes")
def leaf_with_half_a_hash(db):
    _leaf(db, leaf_hash=bytes(16))


@attack("log_leaf_has_hashes_of_32_bytes")
def leaf_with_a_long_digest(db):
    _leaf(db, digest=bytes(33))


@attack("log_leaf_is_dense", **DENSE)
def leaf_after_a_gap(db):
    _leaf(db, index=_size(db) + 1)


@attack("log_leaf_is_dense", **DENSE)
def leaf_before_the_others(db):
    _leaf(db, index=-1)


@attack("log_leaf_is_dense", **DENSE)
def two_leaves_with_a_gap_in_one_statement(db):
    db.execute(
        "INSERT INTO registry_logleaf"
        " SELECT l.index + x.step, l.kind, l.digest, l.leaf_hash, l.appended_at, x.posting"
        " FROM registry_logleaf l, (VALUES (1, %s), (3, %s)) AS x (step, posting)"
        f" WHERE l.{LAST_LEAF}",
        _unlogged(db),
        _unlogged(db, skip=1),
    )


@attack("log_leaf_follows_the_order_of_positions", **DENSE)
def leaf_of_a_posting_whose_turn_has_not_come(db):
    _leaf(db, posting_id=_unlogged(db, skip=1))


@attack("log_leaf_follows_the_order_of_positions", **DENSE)
def leaf_of_a_posting_without_a_position(db):
    _leaf(db, posting_id=db.one("SELECT max(id) FROM registry_posting"))


@attack("log_leaf_follows_the_order_of_positions", **DENSE)
def leaves_of_two_postings_exchanged(db):
    db.execute(
        "INSERT INTO registry_logleaf"
        " SELECT l.index + x.step, l.kind, l.digest, l.leaf_hash, l.appended_at, x.posting"
        " FROM registry_logleaf l, (VALUES (2, %s), (1, %s)) AS x (step, posting)"
        f" WHERE l.{LAST_LEAF}",
        _unlogged(db),
        _unlogged(db, skip=1),
    )


@attack("ledger_is_written_at_read_committed", stale=True, **DENSE)
def leaf_from_an_old_snapshot(db):
    _leaf(db)


@attack("log_tile_only_grows", **GROWS)
def tile_cut_short(db):
    db.execute(
        f"UPDATE registry_logtile SET hashes = substring(hashes FROM 1 FOR 32) WHERE {FIRST_TILE}"
    )


@attack("log_tile_only_grows", **GROWS)
def tile_with_another_beginning(db):
    _leaf(db)
    db.execute(
        "UPDATE registry_logtile SET hashes = set_byte(hashes, 5, 255 - get_byte(hashes, 5))"
        f" || (SELECT leaf_hash FROM registry_logleaf WHERE {LAST_LEAF}) WHERE {FIRST_TILE}"
    )


@attack("log_tile_only_grows", **GROWS)
def tile_written_as_it_is(db):
    db.execute("UPDATE registry_logtile SET hashes = hashes")


@attack("log_tile_only_grows", **GROWS)
def tile_moved(db):
    db.execute("UPDATE registry_logtile SET number = number + 1")


@attack("log_tile_hashes_what_is_below", **GROWS)
def tile_with_a_hash_of_nothing(db):
    db.execute(f"UPDATE registry_logtile SET hashes = hashes || %s WHERE {FIRST_TILE}", bytes(32))


@attack("log_tile_hashes_what_is_below", **GROWS)
def tile_with_another_hash_than_its_leaf(db):
    _leaf(db)
    db.execute(f"UPDATE registry_logtile SET hashes = hashes || %s WHERE {FIRST_TILE}", bytes(32))


@attack("log_tile_hashes_what_is_below", **GROWS)
def tile_over_a_tile_that_is_not_full(db):
    db.copy("logtile", FIRST_TILE, id=Expression("id + 1000"), level=1)


@attack("ledger_is_written_at_read_committed", stale=True, **GROWS)
def tile_from_an_old_snapshot(db):
    db.copy("logtile", FIRST_TILE, id=Expression("id + 1000"), level=1)


@attack("log_tile_holds_whole_hashes")
def tile_with_half_a_hash(db):
    _without_guards(db, "logtile")
    db.execute("UPDATE registry_logtile SET hashes = hashes || %s", bytes(16))


@attack("log_tile_holds_whole_hashes")
def tile_with_nothing(db):
    _without_guards(db, "logtile")
    db.execute("UPDATE registry_logtile SET hashes = ''")


@attack("log_tile_is_at_a_place_of_the_tree")
def tile_below_the_leaves(db):
    _without_guards(db, "logtile")
    db.copy("logtile", FIRST_TILE, id=Expression("id + 1000"), level=-1)


@attack("log_tile_has_its_own_place")
def two_tiles_in_one_place(db):
    db.copy("logtile", FIRST_TILE, id=Expression("id + 1000"))


@attack("checkpoint_goes_forward", **FORWARD)
def checkpoint_of_a_smaller_log(db):
    _checkpoint(db, size=1)


@attack("checkpoint_goes_forward", **FORWARD)
def second_checkpoint_of_a_size(db):
    db.copy("checkpoint", LAST_CHECKPOINT)


@attack("checkpoint_has_the_root_of_the_tree", **FORWARD)
def checkpoint_with_another_root(db):
    _grown(db)
    _checkpoint(db, root=bytes(32))


@attack("checkpoint_has_the_root_of_the_tree", **FORWARD)
def checkpoint_of_leaves_that_are_not_there(db):
    _grown(db)
    _checkpoint(db, size=_size(db) + 1, root=bytes(32), note="")


@attack("checkpoint_is_signed_by_a_key_for_the_log", **FORWARD)
def checkpoint_by_the_key_for_receipts(db):
    _grown(db)
    receipt = db.one("SELECT id FROM registry_keyrecord WHERE purpose = 'receipt'")
    _checkpoint(db, key_id=receipt)


@attack("checkpoint_is_signed_by_a_key_for_the_log", **FORWARD)
def checkpoint_by_a_key_that_is_revoked(db):
    _grown(db)
    db.execute(
        "UPDATE registry_keyrecord SET revoked_at = now() - interval '1 second',"
        " revocation_reason = 'lost' WHERE purpose = 'log'"
    )
    _checkpoint(db)


@attack("checkpoint_keeps_the_name_of_the_log", **FORWARD)
def checkpoint_under_another_name(db):
    _grown(db)
    db.execute(
        "UPDATE registry_keyrecord SET revoked_at = now() - interval '1 second',"
        " revocation_reason = 'lost' WHERE purpose = 'log'"
    )
    public = bytes(31) + b"\x01"
    other = db.copy(
        "keyrecord",
        "purpose = 'log'",
        node="other.example",
        public_key=public,
        key_id=thumbprint("Ed25519", public),
        valid_from=Expression("now() - interval '1 second'"),
        revoked_at=None,
        revocation_reason="",
    )
    _checkpoint(db, key_id=other)


@attack("checkpoint_says_what_its_note_says", **FORWARD)
def checkpoint_with_the_note_of_another(db):
    _grown(db)
    _checkpoint(db, note=Expression("note"))


@attack("ledger_is_written_at_read_committed", stale=True, **FORWARD)
def checkpoint_from_an_old_snapshot(db):
    db.copy("checkpoint", LAST_CHECKPOINT)


def _grown(db):
    """One more leaf in the log and in its tree, so that a checkpoint may follow."""
    _leaf(db)
    db.execute(
        "UPDATE registry_logtile SET hashes = hashes"
        f" || (SELECT leaf_hash FROM registry_logleaf WHERE {LAST_LEAF}) WHERE {FIRST_TILE}"
    )


@attack("account_holder_keeps_its_code", trigger="accountholder_keeps_its_code", permitted=True)
def entity_under_another_code(db):
    db.execute("UPDATE registry_accountholder SET code = code || 'X'")


def _stays(table, verb, statement, rule):
    def run(db):
        db.execute(statement)

    run.__name__ = f"{verb}_{table}"
    attack(f"{table}_{rule}", trigger=f"{table}_{rule}")(run)


for name, column in (("logleaf", "index"), ("checkpoint", "size")):
    _stays(name, "update", f"UPDATE registry_{name} SET {column} = {column}", "is_append_only")
for name in ("logleaf", "loggeddocument", "logtile", "checkpoint"):
    _stays(name, "delete", f"DELETE FROM registry_{name}", "is_append_only")
    _stays(name, "truncate", f"TRUNCATE registry_{name} CASCADE", "is_never_truncated")
