"""Attacks on the documents that are logged besides postings."""

from tests.database.attack import attack

WAITS = {"trigger": "logged_document_waits_for_its_leaf"}
LOGGED = "leaf_id IS NOT NULL"
WAITING = "leaf_id IS NULL"


def _document(db, **changes):
    """Another document that waits for its leaf, with changes."""
    return db.copy("loggeddocument", WAITING, **{"subject": "3", **changes})


def _change(db, what, where):
    db.execute(f"UPDATE registry_loggeddocument SET {what} WHERE {where}")


@attack("logged_document_is_of_a_kind")
def document_that_poses_as_a_posting(db):
    _document(db, kind="posting")


@attack("logged_document_is_of_a_kind")
def document_of_a_kind_with_a_blank(db):
    _document(db, kind="a wish")


@attack("logged_document_has_a_subject")
def document_about_nothing(db):
    _document(db, subject="")


@attack("logged_document_has_a_digest_of_32_bytes")
def document_with_half_a_digest(db):
    _document(db, digest=bytes(16))


@attack("logged_document_is_recorded_once")
def document_recorded_twice(db):
    _document(db, subject="2")


@attack("logged_document_waits_for_its_leaf", **WAITS)
def document_with_the_leaf_of_a_posting(db):
    _document(db, leaf_id=0)


@attack("logged_document_changes_only_by_its_leaf", **WAITS)
def document_with_another_digest(db):
    _change(db, "digest = sha256('')", WAITING)


@attack("logged_document_changes_only_by_its_leaf", **WAITS)
def document_about_something_else(db):
    _change(db, "subject = '9'", LOGGED)


@attack("logged_document_changes_only_by_its_leaf", **WAITS)
def document_taken_out_of_the_log(db):
    _change(db, "leaf_id = NULL", LOGGED)


@attack("logged_document_changes_only_by_its_leaf", **WAITS)
def document_under_the_leaf_of_a_posting(db):
    _change(db, "leaf_id = 0", WAITING)
