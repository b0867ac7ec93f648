"""What holds at every address: idempotency keys, rates, traces, sizes, forms of lists."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from registry.api import rate_limits
from registry.api.views.reference import Jurisdictions
from registry.errors import Conflict
from registry.models import Account, Approval, SeenSignature, StoredAnswer
from registry.services import answer_once as answering
from registry.services import signatures
from registry.services.answer_once import Sent
from registry.tasks import forget_requests
from tests.api.proposals import line, proposal
from tests.world import open_operators, stock


@pytest.fixture
def waiting(world, administrator_1, numbers):
    """A transfer that waits for approval."""
    stock(world, operator_a=10)
    body = proposal("transfer", line(numbers("operator_a"), numbers("operator_b"), "1"))
    return administrator_1.post("transactions", body).json()


def decision(waiting):
    return {"decision": "approve", "payload_hash": waiting["payload_hash"]}


def test_decision_is_answered_again(administrator_2, waiting):
    """The same decision under the same key gets the first answer, and is made once."""
    path = f"transactions/{waiting['id']}/approvals"
    first = administrator_2.post(path, decision(waiting), key="d")
    assert first.status_code == 201
    again = administrator_2.post(path, decision(waiting), key="d")
    assert (again.status_code, again.content) == (201, first.content)
    assert (again["Idempotency-Replayed"], again["Location"]) == ("true", first["Location"])
    assert Approval.objects.filter(transaction=waiting["id"]).count() == 1
    other = administrator_2.post(path, {**decision(waiting), "reason": "x"}, key="d")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_refused_decision_is_answered_again(administrator_1, waiting):
    """Also an error is the answer to its key."""
    path = f"transactions/{waiting['id']}/approvals"
    first = administrator_1.post(path, decision(waiting), key="d")
    assert (first.status_code, first.json()["code"]) == (403, "PROPOSER_CAN_NOT_APPROVE")
    again = administrator_1.post(path, decision(waiting), key="d")
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"


def test_keys_are_of_a_person_and_an_address(administrator_1, administrator_2, waiting):
    """Another person, or another address, has keys of its own."""
    path = f"transactions/{waiting['id']}"
    administrator_1.post(f"{path}/approvals", decision(waiting), key="d")
    assert administrator_2.post(f"{path}/approvals", decision(waiting), key="d").status_code == 201
    late = administrator_1.post(f"{path}/withdrawal", {}, key="d")
    assert late.json()["code"] == "NOT_AWAITING_APPROVAL"


@pytest.mark.parametrize("path", ["approvals", "withdrawal"])
def test_every_post_needs_a_key(administrator_2, waiting, path):
    """Nothing is done without one."""
    answer = administrator_2.post(f"transactions/{waiting['id']}/{path}", {}, key=None)
    assert (answer.status_code, answer.json()["code"]) == (400, "KEY_MISSING")
    assert answer.json()["errors"][0]["parameter"] == "Idempotency-Key"


def test_request_in_progress(world, together):
    """Of two at the same moment one is carried out; the other is told, or gets its answer."""
    sent = Sent(world.auditor.person_id, "/x", "k", bytes(32))
    done = []

    def answer():
        done.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.5)")
        return answering.Answer(bytes(32), 201, {}, b"x")

    outcomes = together(
        *[lambda: answering.answer_once(sent, answer, at=timezone.now()) for _ in range(2)]
    )
    refused = [found.error for found in outcomes if isinstance(found.error, Conflict)]
    assert [error.code for error in refused] == ["REQUEST_IN_PROGRESS"]
    assert len(done) == StoredAnswer.objects.count() == 1


def test_rate_limit(administrator_1, monkeypatch, settings):
    """The headers count down; then 429 with the seconds to wait; writing has its own count."""
    monkeypatch.setattr(rate_limits, "counter", rate_limits.Counter())
    monkeypatch.setattr(rate_limits.time, "time", lambda: 1_000_020.0)
    monkeypatch.setitem(settings.CONCORD, "RATE_LIMITS", {"read": 3, "write": 3})
    left = [administrator_1.get("unit-types")["RateLimit"] for _ in range(3)]
    assert left == [f'"read";r={count};t=60' for count in (2, 1, 0)]
    answer = administrator_1.get("unit-types")
    assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMITED")
    assert answer["Retry-After"] == "60"
    assert administrator_1.post("transactions", {}).status_code == 400
    monkeypatch.setattr(rate_limits.time, "time", lambda: 1_000_080.0)
    assert administrator_1.get("unit-types").status_code == 200


def test_processes_share_the_limit(monkeypatch):
    """Two processes together answer as many as the limit says."""
    one, two = rate_limits.Counter(), rate_limits.Counter()
    answered = sum(
        process.take("shared:read", 10, 2_000_000.0)[0] is not None
        for _ in range(10)
        for process in (one, two)
    )
    assert answered == 10


def test_rates_are_not_counted_without_a_cache(administrator_1, monkeypatch):
    """A cache that is away stops nobody."""

    def away(*args):
        raise ConnectionRefusedError

    monkeypatch.setattr(rate_limits, "counter", rate_limits.Counter())
    monkeypatch.setattr(rate_limits.cache, "add", away)
    assert administrator_1.get("unit-types").status_code == 200


def test_trace(administrator_1):
    """A caller's trace is kept; the problem says it as well."""
    trace = "0af7651916cd43dd8448eb211c80319c"
    sent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    answer = administrator_1.get("unit-types?x=1", **sent)
    assert answer["Concord-Trace-Id"] == answer.json()["traceId"] == trace
    answer = administrator_1.get("unit-types", traceparent="00-0-0-0")
    assert len(answer["Concord-Trace-Id"]) == 32
    assert answer["Concord-Environment"] == "evaluation"
    assert 'rel="service-desc"' in answer["Link"]


def test_deprecation(administrator_1, monkeypatch):
    """A resource that ends says since when, until when, and what takes its place."""
    at = datetime(2027, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(Jurisdictions, "deprecated_at", at)
    monkeypatch.setattr(Jurisdictions, "sunset_at", at)
    monkeypatch.setattr(Jurisdictions, "successor", "/api/v2/jurisdictions")
    answer = administrator_1.get("jurisdictions")
    assert answer["Deprecation"] == "@1798761600"
    assert answer["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert '</api/v2/jurisdictions>; rel="successor-version"' in answer["Link"]
    assert "Deprecation" not in administrator_1.get("schemes")


def test_large_body_is_refused_by_its_length(administrator_1):
    """100 MB are not read to be refused."""
    answer = administrator_1.post("transactions", text="{}", **{"content-length": str(100 * 2**20)})
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")
    assert answer.json()["errors"][0]["data"] == {"greatest_bytes": str(16 * 2**20)}


def test_list_as_ndjson(administrator_1, world):
    """All items, one a line, across the pages of JSON."""
    open_operators(world, 1100)
    answer = administrator_1.get("accounts", accept="application/x-ndjson")
    items = [json.loads(row) for row in answer.getvalue().splitlines()]
    assert answer["Content-Type"] == "application/x-ndjson"
    assert len(items) > 1100
    assert items[:100] == administrator_1.get("accounts").json()["items"]
    some = administrator_1.get("accounts?limit=3", accept="application/x-ndjson")
    assert len(some.getvalue().splitlines()) == 3


def test_list_as_csv(administrator_1, world):
    """A spreadsheet opens it, and runs nothing that is in it."""
    open_operators(world, 1)
    account = Account.objects.order_by("-pk").first()
    Account.objects.filter(pk=account.pk).update(name='=HYPERLINK("http://x")')
    answer = administrator_1.get("accounts", accept="text/csv")
    text = answer.getvalue().decode()
    assert text[0] == "\ufeff"
    assert "\r\n" in text
    rows = list(csv.DictReader(io.StringIO(text[1:])))
    named = {row["number"]: row["name"] for row in rows}
    assert named[account.number] == '\'=HYPERLINK("http://x")'
    assert "holder.code" in rows[0]


def test_wrong_list_is_still_a_problem(administrator_1):
    """What is wrong is told before the first line."""
    answer = administrator_1.get("accounts?colour=red", accept="text/csv")
    assert (answer.status_code, answer.json()["code"]) == (400, "UNKNOWN_PARAMETER")
    answer = administrator_1.get("accounts?cursor=x", accept="text/csv")
    assert (answer.status_code, answer.json()["code"]) == (400, "CURSOR_INVALID")


def test_answers_and_signatures_are_forgotten(world):
    """After thirty days a key is free again; a signature is kept longer than any clock is off."""
    at = timezone.now()
    for age in (timedelta(days=29), timedelta(days=31)):
        StoredAnswer.objects.create(
            person_id=world.auditor.person_id,
            address="/",
            key=str(age),
            fingerprint=bytes(32),
            status=201,
            body=b"x",
            created_at=at - age,
        )
    signatures.use_once(b"old", at=at - timedelta(hours=2))
    signatures.use_once(b"new", at=at)
    forget_requests()
    assert [row.key for row in StoredAnswer.objects.all()] == ["29 days, 0:00:00"]
    assert SeenSignature.objects.count() == 1
