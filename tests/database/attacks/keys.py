"""Attacks on signing keys, and on the signatures of issuances."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.keys.jwk import thumbprint
from tests.database.attack import attack
from tests.database.attacker import Expression

CHANGED = {"trigger": "key_keeps_its_identity", "permitted": True}
SIGNED = {"trigger": "issuance_signature_is_by_a_valid_key", "permitted": True}
LOG = "purpose = 'log'"


def _key(db, where=LOG, **changes):
    """A new key like another one, which had ended before the one that there is began."""
    public_key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    values = {
        "key_id": thumbprint("Ed25519", public_key),
        "public_key": public_key,
        "valid_from": db.world.at - timedelta(days=2),
        "valid_to": db.world.at - timedelta(days=1),
        **changes,
    }
    return db.copy("keyrecord", where, **values)


def _signature(db, **changes):
    """A second signature like the first one, with changes."""
    return db.copy("issuancesignature", "true", **changes)


@attack("key_algorithm_is_known", permitted=True)
def key_of_no_known_algorithm(db):
    _key(db, algorithm="ROT13")


@attack("key_has_the_length_of_its_algorithm", permitted=True)
def short_key(db):
    _key(db, public_key=bytes(31))


@attack("key_id_is_the_thumbprint", permitted=True)
def key_with_the_id_of_another(db):
    _key(db, key_id="k" * 43)


@attack("key_in_force_is_one", permitted=True)
def second_key_for_the_log(db):
    _key(db, valid_from=db.world.at + timedelta(days=1), valid_to=None)


@attack("key_in_force_is_one", permitted=True)
def key_that_overlaps_one_that_has_ended(db):
    _key(db)
    _key(db, valid_from=db.world.at - timedelta(hours=30), valid_to=db.world.at)


@attack("key_is_of_an_owner_that_suits_its_purpose", permitted=True)
def log_of_a_registry(db):
    _key(db, registry_id=db.world.home.pk)


@attack("key_is_of_an_owner_that_suits_its_purpose", permitted=True)
def key_for_an_unknown_purpose(db):
    _key(db, purpose="pleasure")


@attack("key_node_is_a_name_of_notes", permitted=True)
def node_with_a_space_in_its_name(db):
    _key(db, node="registry example")


@attack("key_revocation_has_a_time_and_a_reason", permitted=True)
def revoked_for_no_reason(db):
    db.execute(f"UPDATE registry_keyrecord SET revoked_at = now() WHERE {LOG}")


@attack("key_revocation_has_a_time_and_a_reason", permitted=True)
def revoked_before_it_was_valid(db):
    db.execute(
        "UPDATE registry_keyrecord SET revoked_at = valid_from - interval '1 second',"
        f" revocation_reason = 'lost' WHERE {LOG}"
    )


@attack("key_validity_is_an_interval", permitted=True)
def key_that_is_never_valid(db):
    _key(db, valid_to=db.world.at - timedelta(days=2))


@attack("key_keeps_its_identity", **CHANGED)
def key_given_to_another_registry(db):
    db.execute(
        "UPDATE registry_keyrecord SET registry_id = %s WHERE registry_id = %s",
        db.world.overseas.pk,
        db.world.home.pk,
    )


@attack("key_keeps_its_identity", **CHANGED)
def key_that_was_always_valid(db):
    db.execute(f"UPDATE registry_keyrecord SET valid_from = '2000-01-01' WHERE {LOG}")


@attack("key_validity_ends_once", **CHANGED)
def validity_prolonged(db):
    db.execute(f"UPDATE registry_keyrecord SET valid_to = now() + interval '1 day' WHERE {LOG}")
    db.execute(f"UPDATE registry_keyrecord SET valid_to = now() + interval '1 year' WHERE {LOG}")


@attack("key_validity_ends_in_the_future", **CHANGED)
def validity_ended_in_the_past(db):
    db.execute(f"UPDATE registry_keyrecord SET valid_to = now() - interval '1 day' WHERE {LOG}")


@attack("key_is_revoked_once", **CHANGED)
def revocation_taken_back(db):
    revoke = "UPDATE registry_keyrecord SET revoked_at = %s, revocation_reason = %s WHERE "
    db.execute(revoke + LOG, db.world.at, "lost")
    db.execute(revoke + LOG, None, "")


@attack("issuance_is_signed_once", permitted=True)
def second_signature(db):
    _signature(db)


@attack("issuance_signature_has_its_length", permitted=True)
def short_signature(db):
    _signature(db, signature=bytes(63))


@attack("issuance_signature_is_by_a_key_of_the_registry", **SIGNED)
def signature_by_another_registry(db):
    other = "SELECT id FROM registry_keyrecord WHERE registry_id = %s"
    _signature(db, key_id=db.one(other, db.world.neighbour.pk))


@attack("issuance_signature_is_by_a_key_of_the_registry", **SIGNED)
def signature_by_the_key_of_the_log(db):
    _signature(db, key_id=db.one(f"SELECT id FROM registry_keyrecord WHERE {LOG}"))


@attack("issuance_signature_is_made_while_its_key_is_valid", **SIGNED)
def signature_before_the_key(db):
    _signature(db, signed_at=db.world.at - timedelta(days=1))


@attack("issuance_signature_is_made_while_its_key_is_valid", **SIGNED)
def signature_by_a_revoked_key(db):
    db.execute(
        "UPDATE registry_keyrecord SET revoked_at = %s, revocation_reason = 'lost'", db.world.at
    )
    _signature(db, signed_at=Expression("signed_at + interval '1 second'"))


@attack("issuance_signature_is_not_of_the_future", **SIGNED)
def signature_of_tomorrow(db):
    _signature(db, signed_at=Expression("now() + interval '1 day'"))


@attack("issuance_signature_replaces_a_void_one", **SIGNED)
def signature_in_place_of_one_that_stands(db):
    _signature(db, replaces_id=Expression("id"))


@attack("issuance_signature_replaces_a_void_one", **SIGNED)
def signature_in_place_of_another_issuances(db):
    other = db.one("SELECT max(id) FROM registry_issuancesignature")
    db.execute(
        "UPDATE registry_keyrecord SET revoked_at = %s, revocation_reason = 'lost'"
        " WHERE id = (SELECT key_id FROM registry_issuancesignature WHERE id = %s)",
        db.world.at,
        other,
    )
    standing = (
        "id = (SELECT min(s.id) FROM registry_issuancesignature s"
        " JOIN registry_keyrecord k ON k.id = s.key_id WHERE k.revoked_at IS NULL)"
    )
    db.copy("issuancesignature", standing, replaces_id=other)


@attack("issuance_signer_is_one_row")
def second_signer(db):
    db.execute("INSERT INTO registry_issuancesigner (id, through) VALUES (2, 0)")
