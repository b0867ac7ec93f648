"""Changes of reference data through the API."""

import pytest

from registry.models import CalendarDay, Jurisdiction

KOREA = {
    "table": "jurisdiction",
    "operation": "change",
    "identity": {"code": "KR"},
    "values": {"name_ko": "대한민국", "time_zone": "Asia/Seoul"},
    "reason": "as decided",
    "source": "Gazette 2026/14",
}
DAY = {
    **KOREA,
    "table": "calendar_day",
    "operation": "add",
    "values": {"jurisdiction": "KR", "day": "2026-05-01", "is_working": False},
}
del DAY["identity"]


def say(client, found, what):
    body = {"payload_hash": found["payload_hash"], "reason": "read it"}
    return client.post(f"reference-changes/{found['id']}/{what}", body)


def test_change_is_proposed_and_approved_by_another(managers, auditor):
    """202, then the row as the approval has changed it; everybody reads both sides."""
    one, two = managers
    answer = one.post("reference-changes", KOREA)
    found = answer.json()
    assert (answer.status_code, found["status"], found["identity"]) == (202, "waiting", "KR")
    assert (found["old"]["name_ko"], found["new"]["name_ko"]) == ("", "대한민국")
    own = say(one, found, "approvals")
    assert (own.status_code, own.json()["code"]) == (403, "REQUESTER_CAN_NOT_DECIDE")
    assert auditor.get("jurisdictions/KR").json()["names"]["ko"] != "대한민국"
    decided = say(two, found, "approvals")
    assert (decided.status_code, decided.json()["status"]) == (201, "approved")
    assert auditor.get("jurisdictions/KR").json()["names"]["ko"] == "대한민국"
    assert auditor.get(f"reference-changes/{found['id']}").json() == decided.json()
    listed = auditor.get("reference-changes?table=jurisdiction&status=approved").json()
    assert listed["items"] == [decided.json()]
    assert auditor.get("reference-changes?operation=delete").json()["items"] == []
    repeated = say(two, found, "rejections")
    assert (repeated.status_code, repeated.json()["code"]) == (409, "REFERENCE_CHANGE_DECIDED")


def test_rows_are_added_rejected_and_withdrawn(managers, auditor):
    """A rejection and a withdrawal leave nothing; who reads proposes nothing."""
    one, two = managers
    assert auditor.post("reference-changes", DAY).status_code == 403
    rejected = say(two, one.post("reference-changes", DAY).json(), "rejections")
    assert (rejected.status_code, rejected.json()["status"]) == (201, "rejected")
    found = one.post("reference-changes", DAY).json()
    withdrawn = one.post(f"reference-changes/{found['id']}/withdrawal", {})
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (201, "withdrawn")
    assert not CalendarDay.objects.exists()
    say(two, one.post("reference-changes", DAY).json(), "approvals")
    assert CalendarDay.objects.get().is_working is False


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"reason": " "}, 400, "REASON_MISSING"),
        ({"source": ""}, 400, "CHANGE_SOURCE_MISSING"),
        ({"values": {}}, 422, "REFERENCE_UNCHANGED"),
        ({"values": {"code": "XX"}}, 422, "REFERENCE_FIELD_FIXED"),
        ({"values": {"colour": "red"}}, 400, "REFERENCE_VALUE_INVALID"),
        ({"values": {"level": "moon"}}, 400, "REFERENCE_VALUE_INVALID"),
        ({"values": {"parent": "XX"}}, 400, "REFERENCE_VALUE_INVALID"),
        ({"values": {"level": {"a": 1}}}, 400, "REFERENCE_VALUE_INVALID"),
        ({"values": {"name_en": "x" * 201}}, 400, "REFERENCE_VALUE_INVALID"),
        ({"values": {"name_en": "x\0"}}, 400, "REFERENCE_VALUE_INVALID"),
        ({"operation": "delete"}, 400, "REFERENCE_OPERATION_NOT_POSSIBLE"),
        ({"identity": {"code": "XX"}}, 404, "UNKNOWN_REFERENCE_ROW"),
        ({"identity": {"code": {"a": 1}}}, 404, "UNKNOWN_REFERENCE_ROW"),
        ({"identity": {"id": 1}}, 404, "UNKNOWN_REFERENCE_ROW"),
        ({"table": "holding"}, 400, "NOT_A_CHOICE"),
    ],
)
def test_wrong_changes_are_refused(managers, change, status, code):
    """Each mistake has its own code, and nothing is proposed."""
    answer = managers[0].post("reference-changes", {**KOREA, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert managers[0].get("reference-changes").json()["items"] == []
    assert Jurisdiction.objects.get(code="KR").name_ko == ""


def test_unknown_change(managers, auditor):
    """404 with its own code."""
    answer = auditor.get("reference-changes/99")
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_REFERENCE_CHANGE")
