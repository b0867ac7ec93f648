"""Versions of types, schedules and delays through the API."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.api.proposals import approve, line, proposal
from tests.world import stock


def version(**more):
    body = {
        "code": "transfer",
        "rules": {"delay": "always", "delay_hours": 2, "bands": [{"above": 10, "approvals": 2}]},
        "valid_from": (timezone.now() + timedelta(minutes=1)).isoformat(),
        "reason": "as decided",
    }
    return {**body, **more}


def propose(client, body):
    """On the ground of the type as it is, where there is such a type."""
    answer = client.get(f"transaction-types/{body['code']}")
    return client.post("type-versions", body, **{"if-match": answer.headers.get("ETag", "*")})


def decide(client, found, decision="approve"):
    body = {"decision": decision, "payload_hash": found["payload_hash"]}
    return client.post(f"type-versions/{found['id']}/decision", body)


def test_a_version_is_proposed_and_approved_by_another(managers, auditor):
    """202, then the version that the approval has made; everybody reads both."""
    one, two = managers
    answer = propose(one, version())
    found = answer.json()
    assert (answer.status_code, found["status"]) == (202, "awaiting_approval")
    assert found["rules"]["approvals"] == 1 and found["rules"]["delay"] == "always"
    own = decide(one, found)
    assert (own.status_code, own.json()["code"]) == (403, "PROPOSER_CAN_NOT_APPROVE")
    again = propose(one, version())
    assert (again.status_code, again.json()["code"]) == (409, "TYPE_PROPOSAL_EXISTS")
    decided = decide(two, found).json()
    assert (decided["status"], decided["version"]) == ("approved", 2)
    assert auditor.get(f"type-versions/{found['id']}").json() == decided
    assert auditor.get("type-versions").json()["items"] == [decided]
    repeated = decide(two, found)
    assert (repeated.status_code, repeated.json()["code"]) == (409, "TYPE_PROPOSAL_DECIDED")


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"colour": "red"}, "TYPE_RULE_INVALID"),
        ({"approvals": 1.5}, "TYPE_RULE_INVALID"),
        ({"approvals": -1}, "TYPE_RULE_INVALID"),
        ({"approvals": True}, "TYPE_RULE_INVALID"),
        ({"source_kinds": ["moon"]}, "TYPE_RULE_INVALID"),
        ({"bands": [{"above": 1}]}, "TYPE_RULE_INVALID"),
        ({"earliest_vintage": "yesterday"}, "TYPE_RULE_INVALID"),
        ({"delay": "always"}, "TYPE_RULES_CONTRADICT"),
        ({"bands": [{"above": 1, "approvals": 1}]}, "TYPE_RULES_CONTRADICT"),
        ({"approver_roles": []}, "TYPE_RULES_CONTRADICT"),
    ],
)
def test_a_version_that_makes_no_sense_is_refused(managers, rules, code):
    """What a rule does not take, and what contradicts another rule, is told."""
    answer = propose(managers[0], version(rules=rules))
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_versions_begin_in_the_future_and_are_of_known_types(managers, administrator_1):
    """No version for the past, none of an unknown type, and none by a registry administrator."""
    past = propose(managers[0], version(valid_from="2020-01-01T00:00:00Z"))
    assert (past.status_code, past.json()["code"]) == (422, "TYPE_VERSION_TOO_EARLY")
    unknown = propose(managers[0], version(code="gift"))
    assert (unknown.status_code, unknown.json()["code"]) == (422, "UNKNOWN_TRANSACTION_TYPE")
    assert managers[0].get("type-versions/999").status_code == 404
    assert propose(administrator_1, version()).status_code == 403


def test_a_version_is_withdrawn_or_rejected(managers):
    """Then another one may be proposed."""
    for client, decision in ((managers[0], "withdraw"), (managers[1], "reject")):
        found = propose(managers[0], version()).json()
        said = decide(client, found, decision).json()
        assert said["status"] == ("withdrawn" if decision == "withdraw" else "rejected")


def test_a_scheduled_transfer_waits_and_is_stopped(
    world, administrator_1, administrator_2, auditor, numbers
):
    """It says when it is due; who proposed it stops it, an auditor does not."""
    stock(world, operator_a=100)
    moment = datetime(2100, 1, 4, 9, tzinfo=UTC)
    body = proposal(
        "transfer",
        line(numbers("operator_a"), numbers("operator_b"), "10"),
        execute_at=moment.isoformat(),
    )
    answer = administrator_1.post("transactions", body)
    assert answer.status_code == 202
    decided = approve(administrator_2, answer).json()
    assert (decided["status"], decided["due_at"]) == ("delayed", "2100-01-04T09:00:00Z")
    address = f"transactions/{decided['id']}/cancellation"
    assert auditor.post(address, {}).status_code == 403
    stopped = administrator_1.post(address, {"reason": "changed"})
    assert (stopped.status_code, stopped.json()["status"]) == (201, "manually_cancelled")
    again = administrator_1.post(address, {})
    assert (again.status_code, again.json()["code"]) == (409, "NOT_DELAYED")


def test_a_schedule_in_the_past_is_refused(world, administrator_1, numbers):
    """The moment must be ahead."""
    stock(world, operator_a=100)
    body = proposal(
        "delivery",
        line(numbers("operator_a"), numbers("operator_b"), "10"),
        execute_at="2020-01-01T00:00:00Z",
    )
    answer = administrator_1.post("transactions", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "EXECUTION_IN_THE_PAST")
    body["execute_at"] = "2100-01-01T00:00:00Z"
    answer = administrator_1.post("transactions", body)
    said = answer.json()
    assert (answer.status_code, said["status"]) == (202, "delayed")
    assert said["due_at"] == "2100-01-01T00:00:00Z"
