"""A batch is one proposal for those who decide: one hash, the strictest line's N of M."""

import pytest
from django.db import connections
from django.utils import timezone

from registry import facts
from registry.models import Account, Batch, BatchDecision, Mark, Transaction
from registry.services.api_keys import issue_key
from registry.services.execute_due import execute_due
from tests.api.conftest import ApiClient
from tests.api.proposals import line, proposal
from tests.people import person
from tests.type_versions import new_version
from tests.world import blocks, stock

MIXED = ("transfer", "delivery", "surrender")


@pytest.fixture
def ends(world, numbers):
    stock(world, operator_a=1000)
    return numbers("operator_a"), numbers("operator_b")


def mixed(mode, ends, *quantities, kinds=MIXED, **more):
    """A batch with a line of each type; what is used has no destination."""
    lines = [
        line(ends[0], None if kind == "surrender" else ends[1], quantity, type=kind)
        for kind, quantity in zip(kinds, quantities, strict=True)
    ]
    return {"mode": mode, "lines": lines, **more}


def decision(answer, word="approve"):
    return {"decision": word, "payload_hash": answer.json()["batch"]["payload_hash"]}


def path_of(answer):
    return f"batches/{answer.json()['batch']['id']}"


def held(world, name):
    return sum(last - first + 1 for first, last in blocks(getattr(world.at_home, name), world.kau))


@pytest.mark.parametrize("mode", ["all_or_nothing", "each_on_its_own"])
def test_types_together_are_one_proposal(administrator_1, administrator_2, world, ends, mode):
    """What alone would need nobody waits with what needs approval; one approval completes all."""
    answer = administrator_1.post("batches", mixed(mode, ends, "10", "20", "30"))
    assert answer.json()["carried_out"] == 3, answer.content
    assert {item["state"] for item in answer.json()["items"]} == {"awaiting_approval"}
    assert held(world, "operator_b") == 0
    path = path_of(answer)
    found = administrator_2.get(path).json()
    assert found["states"] == [{"status": "awaiting_approval", "count": 3}]
    assert (found["approvals_needed"], found["approvals"]) == (1, [])
    assert found["payload_hash"] == answer.json()["batch"]["payload_hash"]
    listed = administrator_2.get("transactions", {"batch": found["id"]}).json()["items"]
    assert {item["type"] for item in listed} == set(MIXED)
    assert {item["batch"] for item in listed} == {found["id"]}
    assert [item["id"] for item in administrator_2.get("batches").json()["items"]] == [found["id"]]
    decided = administrator_2.post(f"{path}/approvals", decision(answer))
    assert decided.status_code == 201, decided.content
    assert decided.json()["batch"]["states"] == [{"status": "completed", "count": 3}]
    assert (decided.json()["carried_out"], decided.json()["items"]) == (3, [])
    assert decided.json()["batch"]["approvals"][0]["person"] == "administrator_2"
    assert (held(world, "operator_b"), held(world, "surrender")) == (30, 30)


def test_strictest_line_says_how_many_approve(
    fresh_database, world, numbers, administrator_1, administrator_2, description
):
    """One line above a band asks two persons for every line, and each is asked for all."""
    new_version(world, "transfer", bands=[{"above": 100, "approvals": 2}])
    facts.forget()
    stock(world, operator_a=1000)
    pair = numbers("operator_a"), numbers("operator_b")
    kinds = ("transfer", "transfer", "delivery")
    body = mixed("each_on_its_own", pair, "5", "101", "7", kinds=kinds)
    answer = administrator_1.post("batches", body)
    assert answer.json()["batch"]["approvals_needed"] == 2
    assert set(Transaction.objects.filter(status=0).values_list("approvals_needed", flat=True)) == {
        2
    }
    path = path_of(answer)
    first = administrator_2.post(f"{path}/approvals", decision(answer))
    assert first.json()["batch"]["states"] == [{"status": "awaiting_approval", "count": 3}]
    again = administrator_2.post(f"{path}/approvals", decision(answer))
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_DECIDED")
    third = person(world, "administrator_3", "administrator", world.home)
    key = issue_key(actor=world.system, person_id=third.person_id, label="k", at=world.at)
    last = ApiClient(description, key.text).post(f"{path}/approvals", decision(answer))
    assert last.json()["batch"]["states"] == [{"status": "completed", "count": 3}]
    assert held(world, "operator_b") == 113


@pytest.mark.parametrize("mode", ["all_or_nothing", "each_on_its_own"])
def test_batch_is_rejected_or_withdrawn_as_one(administrator_1, administrator_2, world, ends, mode):
    """All units are free again; nobody decides on what does not wait any more."""
    for end in ("reject", "withdraw"):
        answer = administrator_1.post("batches", mixed(mode, ends, "10", "20", "30"), key=end)
        path = path_of(answer)
        if end == "reject":
            done = administrator_2.post(f"{path}/approvals", decision(answer, "reject"))
            status = "rejected"
        else:
            other = administrator_2.post(f"{path}/withdrawal", {})
            assert (other.status_code, other.json()["code"]) == (403, "NOT_THE_PROPOSER")
            done = administrator_1.post(f"{path}/withdrawal", {"reason": "wrong file"})
            status = "cancelled"
        assert done.json()["batch"]["states"] == [{"status": status, "count": 3}], done.content
        late = administrator_2.post(f"{path}/approvals", decision(answer))
        assert (late.status_code, late.json()["code"]) == (409, "BATCH_DOES_NOT_WAIT")
        stop = administrator_1.post(f"{path}/cancellation", {})
        assert (stop.status_code, stop.json()["code"]) == (409, "BATCH_DOES_NOT_WAIT")
        assert BatchDecision.objects.count() == 1
    assert not Mark.objects.filter(released_at=None).exists()


def test_wrong_decisions(administrator_1, administrator_2, auditor, world, ends):
    """Its proposer, another hash, a reader, an unknown batch: each with its own code."""
    answer = administrator_1.post("batches", mixed("all_or_nothing", ends, "10", "20", "30"))
    path = path_of(answer)
    own = administrator_1.post(f"{path}/approvals", decision(answer))
    assert (own.status_code, own.json()["code"]) == (403, "PROPOSER_CAN_NOT_APPROVE")
    other = {"decision": "approve", "payload_hash": "0" * 64}
    refused = administrator_2.post(f"{path}/approvals", other)
    assert (refused.status_code, refused.json()["code"]) == (409, "PAYLOAD_DIFFERS")
    refused = auditor.post(f"{path}/approvals", decision(answer))
    assert (refused.status_code, refused.json()["code"]) == (403, "NOT_PERMITTED")
    for nowhere in ("get", "post"):
        body = (decision(answer),) if nowhere == "post" else ()
        tail = "/approvals" if nowhere == "post" else ""
        absent = getattr(administrator_2, nowhere)(f"batches/999999{tail}", *body)
        assert (absent.status_code, absent.json()["code"]) == (404, "UNKNOWN_BATCH")
    assert Transaction.objects.filter(status=0).count() == 3


def test_no_transaction_of_a_batch_is_decided_alone(administrator_1, administrator_2, world, ends):
    """Neither by a service nor past it."""
    answer = administrator_1.post("batches", mixed("all_or_nothing", ends, "10", "20", "30"))
    number = answer.json()["items"][0]["transaction"]
    alone = administrator_2.get(f"transactions/{number}").json()
    body = {"decision": "approve", "payload_hash": alone["payload_hash"]}
    for client, path, said in (
        (administrator_2, "approvals", body),
        (administrator_1, "withdrawal", {}),
        (administrator_1, "cancellation", {}),
    ):
        refused = client.post(f"transactions/{number}/{path}", said)
        assert (refused.status_code, refused.json()["code"]) == (409, "BATCH_DECIDES"), path
        assert refused.json()["errors"][0]["data"]["batch"] == answer.json()["batch"]["id"]


def test_all_or_nothing_tells_all_that_is_wrong(administrator_1, world, ends):
    """One refused line refuses all, by the pointer of the line; nothing is proposed."""
    body = mixed("all_or_nothing", ends, "10", "9999", "30")
    body["lines"][0]["destination"] = ends[0]
    refused = administrator_1.post("batches", body)
    assert refused.status_code == 422
    told = {(item["code"], item["pointer"]) for item in refused.json()["errors"]}
    assert told == {("SAME_ACCOUNT", "/lines/0"), ("INSUFFICIENT_UNITS", "/lines/1/quantity")}
    assert not Transaction.objects.filter(status=0).exists()
    assert not Batch.objects.exists()


def test_all_or_nothing_is_approved_as_one(administrator_1, administrator_2, world, ends):
    """What can not be completed stops the others; each on its own, it waits on alone."""
    for mode, completed in (("all_or_nothing", 0), ("each_on_its_own", 2)):
        Account.objects.filter(pk=world.at_home.surrender).update(status="open")
        facts.forget()
        answer = administrator_1.post("batches", mixed(mode, ends, "10", "20", "30"))
        Account.objects.filter(pk=world.at_home.surrender).update(status="suspended")
        path = path_of(answer)
        said = administrator_2.post(f"{path}/approvals", decision(answer))
        states = {
            item["status"]: item["count"] for item in administrator_2.get(path).json()["states"]
        }
        assert states.get("completed", 0) == completed, mode
        assert states["awaiting_approval"] == 3 - completed
        if mode == "all_or_nothing":
            assert (said.status_code, said.json()["code"]) == (422, "DESTINATION_ACCOUNT_BLOCKED")
            continue
        (refused,) = said.json()["items"]
        assert (refused["line"], refused["code"]) == (3, "DESTINATION_ACCOUNT_BLOCKED")
        Account.objects.filter(pk=world.at_home.surrender).update(status="open")
        again = administrator_2.post(f"{path}/approvals", decision(answer))
        assert again.json()["batch"]["states"] == [{"status": "completed", "count": 3}]


def test_lines_that_can_not_be_read(administrator_1, ends):
    """Each type has its own line; a line without a type needs that of the batch."""
    lines = [
        line(*ends, "1", type="surrender"),
        line(ends[0], None, "1", type="transfer"),
        line(*ends, "1"),
        line(*ends, "1", type="issue"),
        line(ends[0], None, "1", type="retire", period="2025", entity="XX"),
    ]
    body = {"mode": "each_on_its_own", "lines": lines}
    items = administrator_1.post("batches", body).json()["items"]
    told = [(i["code"], i["errors"][0]["pointer"]) for i in items]
    assert told == [
        ("UNKNOWN_FIELD", "/destination"),
        ("FIELD_MISSING", "/destination"),
        ("FIELD_MISSING", "/type"),
        ("NOT_A_CHOICE", "/type"),
        ("UNKNOWN_ENTITY", "/entity"),
    ]
    whole = administrator_1.post("batches", {**body, "mode": "all_or_nothing"})
    assert whole.status_code == 400
    assert whole.json()["errors"][0]["pointer"] == "/lines/0/destination"


def test_the_longest_delay_holds_for_all(
    fresh_database, world, numbers, administrator_1, administrator_2
):
    """A batch is carried out as one when its delay has ended; or cancelled as one before."""
    new_version(world, "transfer", delay="always", delay_days=1)
    facts.forget()
    stock(world, operator_a=1000)
    pair = numbers("operator_a"), numbers("operator_b")
    for number, mode in enumerate(("all_or_nothing", "each_on_its_own"), 1):
        answer = administrator_1.post("batches", mixed(mode, pair, "10", "20", "30"))
        path = path_of(answer)
        decided = administrator_2.post(f"{path}/approvals", decision(answer)).json()["batch"]
        assert decided["states"] == [{"status": "delayed", "count": 3}]
        assert decided["due_at"] is not None
        due = Transaction.objects.filter(status=30).values_list("due_at", flat=True)
        assert len(set(due)) == 1
        run = execute_due(actor=world.system, at=timezone.now())
        assert (run.completed, run.waiting) == (0, 0)
        _now("UPDATE registry_transaction SET due_at = {just} WHERE status = 30")
        run = execute_due(actor=world.system, at=timezone.now())
        assert run.completed == (1 if mode == "all_or_nothing" else 3)
        states = administrator_2.get(path).json()["states"]
        assert states == [{"status": "completed", "count": 3}]
        assert held(world, "operator_b") == 30 * number
    answer = administrator_1.post("batches", mixed(mode, pair, "10", "20", "30"))
    administrator_2.post(f"{path_of(answer)}/approvals", decision(answer))
    done = administrator_1.post(f"{path_of(answer)}/cancellation", {"reason": "late"})
    assert done.json()["batch"]["states"] == [{"status": "manually_cancelled", "count": 3}]


def test_all_or_nothing_fails_and_expires_as_one(
    fresh_database, world, numbers, administrator_1, administrator_2
):
    """One that a rule forbids when it is due fails all; one that expires takes all along."""
    new_version(world, "transfer", delay="always", delay_days=1)
    facts.forget()
    stock(world, operator_a=1000)
    pair = numbers("operator_a"), numbers("operator_b")
    body = mixed("all_or_nothing", pair, "10", "20", "30")
    answer = administrator_1.post("batches", body)
    administrator_2.post(f"{path_of(answer)}/approvals", decision(answer))
    _now("UPDATE registry_transaction SET due_at = {just} WHERE status = 30")
    Account.objects.filter(pk=world.at_home.surrender).update(status="suspended")
    assert execute_due(actor=world.system, at=timezone.now()).waiting == 3
    assert not Transaction.objects.filter(type__code__in=MIXED, status=4).exists()
    _now("UPDATE registry_transaction SET expires_at = {just} WHERE expires_at IS NOT NULL")
    Account.objects.filter(pk=world.at_home.surrender).update(status="open")
    run = execute_due(actor=world.system, at=timezone.now())
    assert (run.completed, run.expired) == (0, 1)
    assert not Transaction.objects.filter(status__in=[0, 30]).exists()
    assert not Mark.objects.filter(released_at=None).exists()


def _now(statement):
    """The owner lets a moment come that the guards of the table hold fixed."""
    guard = "TRIGGER transaction_state_follows_the_table"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE registry_transaction DISABLE {guard}")
        cursor.execute(statement.format(just="clock_timestamp() - interval '1 s'"))
        cursor.execute(f"ALTER TABLE registry_transaction ENABLE ALWAYS {guard}")


def test_many_lines_are_approved_at_once(administrator_1, administrator_2, world, ends):
    """Two hundred transactions, one decision."""
    body = {"mode": "each_on_its_own", "type": "transfer", "lines": [line(*ends, "1")] * 200}
    answer = administrator_1.post("batches", body)
    done = administrator_2.post(f"{path_of(answer)}/approvals", decision(answer))
    assert done.json()["carried_out"] == 200
    assert held(world, "operator_b") == 200


def test_batch_of_one_transaction_has_its_hash(administrator_1, world, ends):
    """Nothing to gather: lines of one type are one transaction."""
    body = {"mode": "all_or_nothing", "type": "surrender", "lines": [line(ends[0])] * 2}
    answer = administrator_1.post("batches", body)
    assert (answer.status_code, answer.json()["batch"]) == (202, None)
    assert answer.json()["transaction"]["payload_hash"]
    single = administrator_1.post("transactions", proposal("delivery", line(*ends, "1")))
    assert single.status_code == 201
