"""Attacks on uploads. The application's role may write their tables."""

from tests.database.attack import attack
from tests.database.attacker import Expression

PERMITTED = {"permitted": True}
BEGUN = {"trigger": "upload_begins_unchecked", "permitted": True}
GOES = {"trigger": "upload_goes_its_way", "permitted": True}
CHECKED = "state = 'checked'"
WRITTEN = "state = 'written'"


def _set(db, assignment, where):
    assert db.execute(f"UPDATE registry_upload SET {assignment} WHERE {where}").rowcount


def _delete_piece(db, where):
    mine = f"upload_id IN (SELECT id FROM registry_upload WHERE {where})"
    assert db.execute(f"DELETE FROM registry_uploadpiece WHERE {mine}").rowcount


def _upload(db, **changes):
    """Another upload, as it begins, of another file."""
    values = {
        "state": "checking",
        "rows_checked": 0,
        "rows_written": 0,
        "rows_total": None,
        "key": "another",
        "digest": bytes(32),
        **changes,
    }
    return db.copy("upload", CHECKED, **values)


@attack("upload_begins_unchecked", **BEGUN)
def upload_that_begins_in_order(db):
    _upload(db, state="checked")


@attack("upload_begins_unchecked", **BEGUN)
def upload_that_begins_with_rows_checked(db):
    _upload(db, rows_checked=1)


@attack("upload_key_is_used_once", **PERMITTED)
def second_upload_under_a_key(db):
    _upload(db, key="checked")


@attack("upload_of_a_file_is_one", **PERMITTED)
def file_uploaded_twice(db):
    _upload(db, digest=Expression("digest"))


@attack("upload_has_a_bearable_size", **PERMITTED)
def upload_of_nothing(db):
    _upload(db, size=0)


@attack("upload_digests_have_their_lengths", **PERMITTED)
def upload_with_a_short_digest(db):
    _upload(db, digest=b"x")


@attack("upload_counts_its_rows", **PERMITTED)
def upload_with_rows_below_nothing(db):
    _upload(db, errors_total=-1)


@attack("upload_keeps_its_file", **GOES)
def upload_of_another_file(db):
    _set(db, "digest = sha256('x')", CHECKED)


@attack("upload_goes_its_way", **GOES)
def upload_with_errors_that_is_written(db):
    _set(db, "state = 'written'", "state = 'refused'")


@attack("upload_goes_its_way", **GOES)
def upload_that_is_written_again(db):
    _set(db, "state = 'writing'", WRITTEN)


@attack("upload_keeps_what_is_decided_on", **GOES)
def rows_that_nobody_approved(db):
    _set(db, "rows_digest = sha256('x')", WRITTEN)


@attack("upload_keeps_what_is_decided_on", **GOES)
def request_of_another_upload(db):
    _set(db, "request_id = NULL", WRITTEN)


@attack("upload_is_written_by_an_approved_request", **GOES)
def upload_written_by_a_request_about_something_else(db):
    other = db.one(
        "SELECT min(id) FROM registry_governancerequest"
        " WHERE status = 'approved' AND kind <> 'upload'"
    )
    _set(db, f"state = 'submitted', request_id = {other}", CHECKED)
    _set(db, "state = 'writing'", "state = 'submitted'")


@attack("upload_is_submitted_for_a_decision", **PERMITTED)
def upload_submitted_to_nobody(db):
    _set(db, "state = 'submitted'", CHECKED)


@attack("upload_goes_on_without_errors_only", **PERMITTED)
def upload_with_errors_in_order(db):
    _set(db, "errors_total = 1", CHECKED)


@attack("upload_is_written_whole", **PERMITTED)
def upload_written_in_part(db):
    _set(db, "rows_written = 0", WRITTEN)


@attack("upload_piece_has_its_own_place", **PERMITTED)
def second_piece_in_one_place(db):
    db.copy("uploadpiece", "true")


@attack("uploadpiece_is_append_only", trigger="uploadpiece_is_append_only")
def piece_of_another_file(db):
    assert db.execute("UPDATE registry_uploadpiece SET content = 'x'").rowcount


@attack(
    "upload_piece_is_kept_while_needed",
    trigger="upload_piece_is_kept_while_needed",
    permitted=True,
)
def piece_of_a_file_that_is_still_read(db):
    _delete_piece(db, CHECKED)


@attack(
    "upload_piece_is_kept_while_needed",
    trigger="upload_piece_is_kept_while_needed",
    permitted=True,
)
def piece_of_a_file_that_was_written_just_now(db):
    _set(db, "finished_at = now()", WRITTEN)
    _delete_piece(db, WRITTEN)


@attack("upload_piece_number_is_not_negative", **PERMITTED)
def piece_before_the_first(db):
    db.copy("uploadpiece", "true", number=-1)


@attack("upload_piece_has_a_bearable_size", **PERMITTED)
def piece_of_nothing(db):
    db.copy("uploadpiece", "true", number=9, content=b"")
