"""Many transfers in one request: as one transaction, or each on its own."""

import json

import pytest
from django.utils import timezone

from registry.models import Transaction
from registry.services.execute_due import execute_due
from tests.api.proposals import block, line
from tests.world import blocks, stock


@pytest.fixture
def ends(world, numbers):
    """Operator A has 1,000 KAU; the numbers of operators A and B."""
    stock(world, operator_a=1000)
    return numbers("operator_a"), numbers("operator_b")


def batch(mode, *lines, kind="delivery"):
    return {"mode": mode, "type": kind, "lines": list(lines)}


def held(world, name="operator_b"):
    return sum(last - first + 1 for first, last in blocks(getattr(world.at_home, name), world.kau))


def test_each_on_its_own(administrator_1, ends, world):
    """What is refused stops none of the others; each line is answered as if it came alone."""
    body = batch(
        "each_on_its_own",
        line(*ends, "10"),
        line(*ends, "5000"),
        line(ends[0], "KR-ETRS-9999999-41", "1"),
        line(*ends, "1.5"),
        block(*ends, 500, 509),
        line(ends[0], ends[0], "1"),
        line(*ends, "7"),
    )
    answer = administrator_1.post("batches", body, key="b")
    assert answer.status_code == 200, answer.content
    document = answer.json()
    assert [(item["status"], item["code"]) for item in document["items"]] == [
        (201, None),
        (422, "INSUFFICIENT_UNITS"),
        (422, "UNKNOWN_DESTINATION_ACCOUNT"),
        (400, "NOT_WHOLE_UNITS"),
        (201, None),
        (422, "SAME_ACCOUNT"),
        (201, None),
    ]
    assert (document["carried_out"], document["refused"]) == (3, 4)
    assert document["items"][3]["errors"][0]["pointer"] == "/quantity"
    assert document["items"][2]["errors"][0]["pointer"] == "/destination"
    assert held(world) == 27
    made = {item["transaction"] for item in document["items"]} - {None}
    assert len(made) == 3
    assert Transaction.objects.filter(pk__in=made, status=4).count() == 3


def test_each_on_its_own_in_many_chunks(administrator_1, ends, world):
    """Refusals anywhere in two hundred lines are those lines' only."""
    lines = [line(*ends, "5000" if number in (0, 64, 130, 199) else "1") for number in range(200)]
    answer = administrator_1.post("batches", batch("each_on_its_own", *lines), key="b")
    refused = [item["line"] for item in answer.json()["items"] if item["code"]]
    assert refused == [1, 65, 131, 200]
    assert held(world) == 196


def test_each_waits_where_its_type_waits(administrator_1, administrator_2, ends, world):
    """Transfers wait for another person, who decides on all of them as one."""
    body = batch("each_on_its_own", line(*ends, "1"), line(*ends, "2"), kind="transfer")
    answer = administrator_1.post("batches", body, key="b").json()
    states = [(item["status"], item["state"]) for item in answer["items"]]
    assert states == [(202, "awaiting_approval")] * 2
    decided = administrator_2.post(
        f"batches/{answer['batch']['id']}/approvals",
        {"decision": "approve", "payload_hash": answer["batch"]["payload_hash"]},
    )
    assert decided.json()["batch"]["states"] == [{"status": "completed", "count": 2}]
    assert held(world) == 3


@pytest.mark.parametrize("mode", ["all_or_nothing", "each_on_its_own"])
def test_batch_for_a_moment(administrator_1, administrator_2, ends, world, mode):
    """Nothing of it is completed before; until then it is cancelled as one."""
    lines = [line(*ends, "1", type="delivery"), line(*ends, "2", type="delivery")]
    lines.append(line(ends[0], quantity="3", type="retire"))
    body = {"mode": mode, "lines": lines, "execute_at": "2040-03-05T01:00:00Z"}
    answer = administrator_1.post("batches", body)
    made = answer.json()["batch"]
    states = {item["state"] for item in answer.json()["items"]}
    if made["approvals_needed"]:
        assert states == {"awaiting_approval"}
        said = {"decision": "approve", "payload_hash": made["payload_hash"]}
        assert administrator_2.post(f"batches/{made['id']}/approvals", said).status_code == 201
    else:
        assert states == {"delayed"}
    told = administrator_1.get(f"batches/{made['id']}").json()
    assert [each["status"] for each in told["states"]] == ["delayed"]
    assert told["due_at"] == "2040-03-05T01:00:00Z"
    assert execute_due(actor=world.system, at=timezone.now()).completed == 0
    assert held(world) == 0
    cancelled = administrator_1.post(f"batches/{made['id']}/cancellation", {"reason": "a slip"})
    assert [each["status"] for each in cancelled.json()["batch"]["states"]] == [
        "manually_cancelled"
    ]


def test_batch_for_a_moment_that_nobody_approves(administrator_1, ends, world):
    """Deliveries wait without approval, each on its own and cancelled as one all the same."""
    body = batch("each_on_its_own", line(*ends, "1"), line(*ends, "5000"))
    answer = administrator_1.post("batches", {**body, "execute_at": "2040-03-05T01:00:00Z"})
    assert [item["state"] for item in answer.json()["items"]] == ["delayed", None]
    told = administrator_1.get(f"batches/{answer.json()['batch']['id']}").json()
    assert told["states"] == [{"status": "delayed", "count": 1}]


def test_batch_is_answered_again(administrator_1, ends, world):
    """The same request moves nothing more; another under the same key is told."""
    body = batch("each_on_its_own", line(*ends, "10"), line(*ends, "5000"))
    first = administrator_1.post("batches", body, key="b")
    again = administrator_1.post("batches", body, key="b")
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"
    assert held(world) == 10
    other = administrator_1.post("batches", batch("each_on_its_own", line(*ends, "1")), key="b")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_all_or_nothing(administrator_1, ends, world):
    """One line that is refused stops all, and the answer says which."""
    body = batch("all_or_nothing", line(*ends, "10"), line(ends[0], ends[0], "1"))
    answer = administrator_1.post("batches", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "SAME_ACCOUNT")
    assert answer.json()["errors"][0]["pointer"] == "/lines/1"
    assert held(world) == 0
    body = batch("all_or_nothing", *[line(*ends, "1")] * 500)
    answer = administrator_1.post("batches", body)
    assert answer.status_code == 201
    assert {item["transaction"] for item in answer.json()["items"]} == {
        answer.json()["transaction"]["id"]
    }
    assert held(world) == 500


def test_all_or_nothing_is_one_proposal(administrator_1, administrator_2, ends, world):
    """For approval a batch is one proposal with one hash."""
    body = batch("all_or_nothing", *[line(*ends, "1")] * 20, kind="transfer")
    answer = administrator_1.post("batches", body)
    assert answer.status_code == 202
    made = answer.json()["transaction"]
    assert made["payload_hash"]
    decision = {"decision": "approve", "payload_hash": made["payload_hash"]}
    path = f"transactions/{made['id']}/approvals"
    assert administrator_1.post(path, decision).json()["code"] == "PROPOSER_CAN_NOT_APPROVE"
    assert administrator_2.post(path, decision).status_code == 201
    assert held(world) == 20


@pytest.mark.parametrize("mode", ["all_or_nothing", "each_on_its_own"])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines": []}, "NO_LINES"),
        ({"lines": [{}] * 10_001}, "TOO_MANY_LINES"),
        ({"type": "issue"}, "NOT_A_CHOICE"),
        ({"colour": "green"}, "UNKNOWN_FIELD"),
    ],
)
def test_wrong_batches(administrator_1, ends, mode, change, code):
    """What is wrong with the whole is a problem of the whole."""
    if mode == "all_or_nothing" and code == "TOO_MANY_LINES":
        change = {"lines": [line(*ends)] * 10_001}
    answer = administrator_1.post("batches", {**batch(mode, line(*ends)), **change})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_mode_is_one_of_two(administrator_1, ends):
    answer = administrator_1.post("batches", batch("some", line(*ends)))
    assert answer.json()["code"] == "NOT_A_CHOICE"


def trade(name, *ends, quantity="1"):
    return {"trade": name, **line(*ends, quantity)}


def ndjson(*trades):
    return "".join(json.dumps(each) + "\n" for each in trades)


def settle(client, text, media_type="application/x-ndjson", **options):
    return client.post("settlements", text=text, media_type=media_type, **options)


def test_settlement_delivers_each_trade_once(administrator_1, ends, world):
    """A corrected file is sent again whole: what was delivered is not delivered twice."""
    first = ndjson(trade("T1", *ends), trade("T2", *ends, quantity="9999"), trade("T3", *ends))
    answer = settle(administrator_1, first, key="day 1")
    assert answer.status_code == 200, answer.content
    counted = {name: answer.json()[name] for name in ("delivered", "delivered_before", "refused")}
    assert counted == {"delivered": 2, "delivered_before": 0, "refused": 1}
    assert settle(administrator_1, first, key="day 1").content == answer.content
    mended = first.replace("9999", "9")
    answer = settle(administrator_1, mended, key="day 1, again")
    assert [item["replayed"] for item in answer.json()["items"]] == [True, False, True]
    assert answer.json()["delivered"] == 1
    assert held(world) == 11


def test_settlement_as_csv(administrator_1, ends, world):
    """A header names the fields; a row that can not be read is refused alone."""
    text = (
        "trade,source,destination,unit_type,quantity,block.unit_type,block.first,block.last\r\n"
        f"T1,{ends[0]},{ends[1]},KAU,5,,,\r\n"
        f"T2,{ends[0]},{ends[1]},,,KAU,101,103\r\n"
        "T3,too,short\r\n"
        f"T1,{ends[0]},{ends[1]},KAU,5,,,\r\n"
    )
    answer = settle(administrator_1, text, "text/csv")
    assert [item["code"] for item in answer.json()["items"]] == [
        None,
        None,
        "ROW_MALFORMED",
        "TRADE_REPEATED",
    ]
    assert held(world) == 8


def test_trade_with_another_content(administrator_1, ends, world):
    """The id of a trade stands for one trade for ever."""
    settle(administrator_1, ndjson(trade("T1", *ends)))
    answer = settle(administrator_1, ndjson(trade("T1", *ends, quantity="2")))
    assert [item["code"] for item in answer.json()["items"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert held(world) == 1


@pytest.mark.parametrize(
    ("text", "media_type", "status", "code"),
    [
        ("", "text/csv", 400, "NO_LINES"),
        ("\n", "application/x-ndjson", 400, "NO_LINES"),
        (b"\xff\xfe", "text/csv", 400, "BODY_NOT_UTF8"),
        ("[]", "application/json", 415, "MEDIA_TYPE_NOT_SUPPORTED"),
        ("x", "text/plain", 415, "MEDIA_TYPE_NOT_SUPPORTED"),
    ],
)
def test_wrong_files(administrator_1, text, media_type, status, code):
    """What is no file of trades is a problem."""
    answer = settle(administrator_1, text, media_type)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_row_that_is_no_json(administrator_1, ends):
    """The row is told, the others are delivered."""
    text = ndjson(trade("T1", *ends)) + "{\n" + ndjson(trade("T2", *ends))
    answer = settle(administrator_1, text)
    codes = [item["code"] for item in answer.json()["items"]]
    assert codes == [None, "MALFORMED_JSON", None]
