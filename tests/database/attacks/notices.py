"""Attacks on notices, on the record of security events, and on recovery.

The application's role may write these tables, so here the rules alone protect them.
"""

from tests.database.attack import attack

PERMITTED = {"permitted": True}
ASKED = {"trigger": "recovery_is_of_another_person", "permitted": True}
DECIDED = {"trigger": "recovery_is_decided_by_another_person", "permitted": True}
READ = {"trigger": "notice_is_only_read", "permitted": True}
RECOVERY = "kind = 'recovery'"


def _recovery(db, **changes):
    return db.copy("governancerequest", RECOVERY, **changes)


@attack("notice_is_given_once_to_a_person", **PERMITTED)
def notice_told_twice(db):
    db.copy("notice", "true")


@attack("notice_kind_is_known", **PERMITTED)
def notice_of_another_kind(db):
    db.copy("notice", "true", kind="gossip", key="x")


@attack("notice_is_only_read", **READ)
def notice_for_another_person(db):
    db.execute("UPDATE registry_notice SET person_id = %s", db.world.administrator_1.person_id)


@attack("notice_is_only_read", **READ)
def notice_that_says_something_else(db):
    db.execute('UPDATE registry_notice SET data = \'{"request": "0"}\'')


@attack("notice_is_only_read", **READ)
def notice_that_becomes_unread(db):
    db.execute("UPDATE registry_notice SET read_at = now()")
    db.execute("UPDATE registry_notice SET read_at = NULL")


@attack("notice_source_goes_forward", **PERMITTED)
def source_beyond_its_candidate(db):
    db.execute("UPDATE registry_noticesource SET reached = candidate + 1")


@attack("security_event_kind_is_known", **PERMITTED)
def event_of_another_kind(db):
    db.copy("securityevent", "true", kind="gossip")


@attack("request_is_of_a_registry_or_of_the_node", **PERMITTED)
def recovery_in_one_registry(db):
    _recovery(db, registry_id=db.world.home.pk)


@attack("request_is_of_a_registry_or_of_the_node", **PERMITTED)
def change_in_no_registry(db):
    db.copy("governancerequest", "kind = 'account_change'", registry_id=None)


@attack("request_for_recovery_has_a_reason", **PERMITTED)
def recovery_for_no_reason(db):
    _recovery(db, reason="")


@attack("recovery_is_of_another_person", **ASKED)
def own_recovery(db):
    _recovery(db, requested_by_id=db.world.auditor.person_id)


@attack("recovery_is_of_another_person", **ASKED)
def recovery_of_nobody(db):
    _recovery(db, payload={})


@attack("person_is_changed_by_others", trigger="person_is_changed_by_others", permitted=True)
def own_change(db):
    _recovery(db, kind="person_change", requested_by_id=db.world.auditor.person_id)


@attack(
    "person_change_is_decided_by_others",
    trigger="person_change_is_decided_by_others",
    permitted=True,
)
def own_change_approved(db):
    _recovery(db, kind="person_change")
    request, digest = db.execute(
        "SELECT id, payload_hash FROM registry_governancerequest WHERE kind = 'person_change'"
    ).fetchone()
    _approved_by_the_auditor(db, request, digest)


@attack("recovery_is_decided_by_another_person", **DECIDED)
def own_recovery_approved(db):
    request, digest = db.execute(
        f"SELECT id, payload_hash FROM registry_governancerequest WHERE {RECOVERY}"
    ).fetchone()
    _approved_by_the_auditor(db, request, digest)


def _approved_by_the_auditor(db, request, digest):
    db.copy(
        "governancedecision",
        "true",
        request_id=request,
        payload_hash=digest,
        person_id=db.world.auditor.person_id,
        api_key_id=None,
    )
