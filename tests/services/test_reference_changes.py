"""Changes of reference data: proposed by one system administrator, approved by another."""

import hashlib
from datetime import UTC, date, datetime

import pytest

from registry import canonical, errors, reference_tables
from registry.models import (
    CalendarDay,
    Fact,
    Jurisdiction,
    ReferenceChange,
    ReferenceHistory,
    ReferenceTable,
    RegistryRules,
)
from registry.selectors import reference_changes
from registry.services.reference_changes import (
    Change,
    approve_change,
    propose_change,
    reject_change,
    withdraw_change,
)
from tests.people import person
from tests.type_versions import system_administrators

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
WHY = {"reason": "the gazette says so", "source": "Gazette 2026/14"}
NAMED = {"identity": {"code": "KR"}}


@pytest.fixture
def eyes(world):
    """Two system administrators; from now on the data change by approval."""
    return system_administrators()


def proposed(actor, table="jurisdiction", operation="change", **said):
    change = Change(table, operation, **{**WHY, **said})
    return propose_change(actor=actor, change=change, at=AT)


def decided(decide, actor, change, **said):
    found = {"payload_hash": bytes(change.payload_hash), "reason": "read it", **said}
    return decide(actor=actor, change_id=change.pk, **found)


def test_approved_change_is_applied_and_remembered(eyes):
    """Nothing is written before the approval; then the row, and who proposed and approved it."""
    one, two = eyes
    change = proposed(one, values={"name_ko": "대한민국"}, **NAMED)
    korea = Jurisdiction.objects.get(code="KR")
    assert korea.name_ko == "" and change.status == "waiting"
    decided(approve_change, two, change)
    korea.refresh_from_db()
    change.refresh_from_db()
    assert korea.name_ko == "대한민국"
    assert (change.status, change.decider_id) == ("approved", two.person_id)
    latest = reference_changes.history("jurisdiction", korea.pk)[0]
    assert (latest.operation, latest.change, latest.loading) == ("change", change, None)
    assert (latest.old["name_ko"], latest.new["name_ko"]) == ("", "대한민국")


def test_rows_are_added_and_deleted(eyes):
    """A new row comes with the approval, and a deleted one goes with it; the history keeps both."""
    one, two = eyes
    day = {"jurisdiction": "KR", "day": "2026-05-01"}
    change = proposed(one, "calendar_day", "add", values={**day, "is_working": False})
    row = decided(approve_change, two, change)
    found = CalendarDay.objects.get(pk=row)
    assert (found.day, found.is_working, found.jurisdiction.code) == (date(2026, 5, 1), False, "KR")
    change = proposed(two, "calendar_day", "delete", identity=day)
    assert change.identity == "KR/2026-05-01"
    decided(approve_change, one, change)
    assert not CalendarDay.objects.exists()
    kept = ReferenceHistory.objects.filter(table="calendar_day", row_id=row).order_by("pk")
    assert [each.operation for each in kept] == ["add", "delete"]


@pytest.mark.parametrize("decide", [approve_change, reject_change])
def test_who_proposed_does_not_decide(eyes, decide):
    """Neither approving nor rejecting is the proposer's."""
    change = proposed(eyes[0], values={"name_ko": "x"}, **NAMED)
    with pytest.raises(errors.NotPermitted) as refused:
        decided(decide, eyes[0], change)
    assert refused.value.codes == ["REQUESTER_CAN_NOT_DECIDE"]
    assert Jurisdiction.objects.get(code="KR").name_ko == ""


def test_rejected_and_withdrawn_changes_write_nothing(eyes):
    """The row stays; the proposer takes back what nobody else may."""
    one, two = eyes
    decided(reject_change, two, proposed(one, values={"name_ko": "x"}, **NAMED))
    change = proposed(one, values={"name_ko": "x"}, **NAMED)
    with pytest.raises(errors.NotFound):
        withdraw_change(actor=two, change_id=change.pk)
    withdraw_change(actor=one, change_id=change.pk)
    statuses = ReferenceChange.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["rejected", "withdrawn"]
    assert Jurisdiction.objects.get(code="KR").name_ko == ""
    for decide in (approve_change, reject_change):
        with pytest.raises(errors.Conflict) as refused:
            decided(decide, two, change)
        assert refused.value.codes == ["REFERENCE_CHANGE_DECIDED"]


def test_stale_change_is_refused(world):
    """Whoever changed the row meanwhile is not overwritten: the change is proposed anew."""
    first = person(world, "system_administrator_1", "system_administrator")
    change = proposed(first, values={"name_ko": "x"}, **NAMED)
    assert not reference_changes.is_stale(change)
    Jurisdiction.objects.filter(code="KR").update(currency="KRW")
    _first, second = system_administrators()
    assert reference_changes.is_stale(change)
    with pytest.raises(errors.Conflict) as refused:
        decided(approve_change, second, change)
    assert refused.value.codes == ["REFERENCE_CHANGE_STALE"]
    assert Jurisdiction.objects.get(code="KR").name_ko == ""
    change.refresh_from_db()
    assert change.status == "waiting"


def test_second_change_of_a_row_waits(eyes):
    """One change of a row awaits a decision at a time."""
    proposed(eyes[0], values={"name_ko": "x"}, **NAMED)
    with pytest.raises(errors.Conflict) as refused:
        proposed(eyes[1], values={"name_ko": "y"}, **NAMED)
    assert refused.value.codes == ["REFERENCE_CHANGE_EXISTS"]


def test_row_that_another_row_stands_against_by_now(eyes):
    """Two facts become the same one: the second approval is refused, with the rule's name."""
    one, two = eyes
    fact = {"topic": "cap", "param": "annual_cap", "value": "1"}
    for param in ("a", "b"):
        change = proposed(one, "fact", "add", values={**fact, "param": param})
        decided(approve_change, two, change)
    told = {"jurisdiction": None, "topic": "cap", "subject": "", "valid_from": ""}
    changes = [
        proposed(one, "fact", identity={**told, "param": param}, values={"param": "c"})
        for param in ("a", "b")
    ]
    decided(approve_change, two, changes[0])
    with pytest.raises(errors.RuleViolated) as refused:
        decided(approve_change, two, changes[1])
    assert refused.value.codes == ["REFERENCE_CHANGE_REFUSED"]
    assert refused.value.failures[0].data == {"rule": "fact_is_stated_once"}
    assert set(Fact.objects.values_list("param", flat=True)) == {"b", "c"}


def test_rules_of_a_registry_are_versions(eyes, world):
    """The next version is numbered and digested; none begins in the past."""
    one, two = eyes
    rules = {
        "registry": world.home.code,
        "rights": ["read", "initiate"],
        "most_representatives": 3,
        "trusted_delay_days": 1,
        "stop_quorum": 2,
        "valid_from": "2099-01-01T00:00:00Z",
    }
    for version in (1, 2):
        change = proposed(one, "registry_rules", "add", values=rules)
        assert change.identity == f"{world.home.code}/{version}"
        decided(approve_change, two, change)
    with pytest.raises(errors.RuleViolated) as refused:
        proposed(
            one, "registry_rules", "add", values={**rules, "valid_from": "2001-01-01T00:00:00Z"}
        )
    assert refused.value.codes == ["REGISTRY_RULES_TOO_EARLY"]
    assert RegistryRules.objects.filter(registry=world.home).count() == 2


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_other_roles_propose_nothing(world, role):
    """The data are common to all registries: who administers one does not change them."""
    actor = person(world, "somebody", role, world.home)
    with pytest.raises(errors.NotPermitted):
        proposed(actor, values={"name_ko": "x"}, **NAMED)
    with pytest.raises(errors.NotPermitted):
        approve_change(actor=actor, change_id=1, payload_hash=b"")


def test_hash_is_of_what_is_proposed(eyes):
    """Another hash is another payload; nothing is applied."""
    change = proposed(eyes[0], values={"name_ko": "x"}, **NAMED)
    with pytest.raises(errors.Conflict) as refused:
        decided(approve_change, eyes[1], change, payload_hash=bytes(32))
    assert refused.value.codes == ["PAYLOAD_DIFFERS"]
    assert hashlib.sha256(canonical.encode(payload(change))).digest() == bytes(change.payload_hash)


def payload(change):
    """What the hash is of, as docs/decisions describe it."""
    table = reference_tables.TABLES[ReferenceTable(change.table)]
    return {
        "table": change.table,
        "operation": change.operation,
        "identity": change.identity,
        "old": reference_tables.said(table, change.old),
        "new": reference_tables.said(table, change.new),
        "reason": change.reason,
        "source": change.source,
    }
