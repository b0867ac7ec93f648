"""Attacks on the keys that programs act with, and on what is remembered of requests."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.database.attack import attack

CHANGED = {"trigger": "api_key_keeps_its_identity", "permitted": True}


def _first(db):
    return db.one("SELECT min(id) FROM registry_apikey")


def _update(db, assignment, *values):
    db.execute(f"UPDATE registry_apikey SET {assignment} WHERE id = %s", *values, _first(db))


def _key(db, **changes):
    values = {"prefix": "another", "digest": bytes(32), **changes}
    return db.copy("apikey", f"id = {_first(db)}", **values)


def _answer(db, **changes):
    values = {
        "address": "/api/v1/x",
        "key": "k",
        "fingerprint": bytes(32),
        "status": 201,
        "headers": "{}",
        "body": b"x",
        **changes,
    }
    columns = ", ".join(values)
    db.execute(
        f"INSERT INTO registry_storedanswer (person_id, created_at, {columns})"
        f" SELECT min(id), now(), {', '.join(['%s'] * len(values))} FROM registry_person",
        *values.values(),
    )


@attack("api_key_keeps_its_identity", **CHANGED)
def key_of_another_person(db):
    other = db.one("SELECT max(id) FROM registry_person")
    _update(db, "person_id = %s", other)


@attack("api_key_keeps_its_identity", **CHANGED)
def key_with_another_secret(db):
    _update(db, "digest = %s", bytes(32))


@attack("api_key_gets_no_more_scopes", **CHANGED)
def key_that_gets_scopes(db):
    _update(db, "scopes = '{}'")
    _update(db, "scopes = '{manage}'")


@attack("api_key_is_revoked_once", **CHANGED)
def key_that_comes_back(db):
    _update(db, "revoked_at = %s", db.world.at)
    _update(db, "revoked_at = NULL")


@attack("api_key_is_revoked_once", **CHANGED)
def key_that_is_revoked_later(db):
    _update(db, "revoked_at = %s", db.world.at)
    _update(db, "revoked_at = %s", db.world.at + timedelta(days=1))


@attack("api_key_scopes_are_known", permitted=True)
def key_for_everything(db):
    _key(db, scopes=["everything"])


@attack("api_key_digest_has_its_length", permitted=True)
def key_without_a_digest(db):
    _key(db, digest=b"")


@attack("api_key_signs_with_ed25519", permitted=True)
def short_public_half(db):
    _key(db, public_key=bytes(31))


@attack("api_key_that_signs_is_named_by_its_thumbprint", permitted=True)
def signing_key_with_a_name_of_its_own(db):
    _key(db, public_key=Ed25519PrivateKey.generate().public_key().public_bytes_raw())


@attack("stored_answer_is_one_per_key", permitted=True)
def two_answers_to_one_key(db):
    _answer(db)
    _answer(db, fingerprint=bytes(31) + b"x")


@attack("stored_answer_fingerprint_has_its_length", permitted=True)
def answer_to_nothing(db):
    _answer(db, fingerprint=b"")


@attack("stored_answer_is_of_the_request", permitted=True)
def failure_that_is_stored(db):
    _answer(db, status=503)


@attack("seen_signature_has_its_length", permitted=True)
def signature_of_no_length(db):
    db.execute("INSERT INTO registry_seensignature (digest, seen_at) VALUES (%s, now())", b"")


@attack("webhook_delivery_is_one_per_posting", permitted=True)
def posting_told_twice(db):
    db.copy("webhookdelivery", "true")
