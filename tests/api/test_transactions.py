"""Proposing, deciding, withdrawing and reading transactions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Mark, Transaction, Use
from registry.posting import sequence
from registry.selectors.holdings import balance
from tests.api.proposals import approve, block, issuance, line, proposal
from tests.world import issue_units, stock


def held(world, name, unit_type=None, place="at_home"):
    account = getattr(getattr(world, place), name)
    return balance(account_id=account, unit_type_id=(unit_type or world.kau).pk)


@pytest.fixture
def stocked(world):
    """Operator A has KAU 1–1000, operator B 1001–1500, the government 1501–2500."""
    stock(world, operator_a=1000, operator_b=500, government=1000, auction=100)
    return world


def test_transfer_waits_for_another_person(stocked, administrator_1, administrator_2, numbers):
    """202 and an address; units are reserved; another person's approval moves them."""
    body = proposal("transfer", line(numbers("operator_a"), numbers("operator_b")))
    answer = administrator_1.post("transactions", body, key="a")
    said = answer.json()
    assert answer.status_code == 202
    assert answer["Location"] == f"/api/v1/transactions/{said['id']}"
    assert "Idempotency-Replayed" not in answer
    assert (said["type"], said["registry"], said["status"], said["posting"]) == (
        "transfer",
        "KR-ETRS",
        "awaiting_approval",
        None,
    )
    assert Mark.objects.filter(kind="reservation", released_at=None).exists()
    decided = approve(administrator_2, answer, reason="as agreed")
    assert decided.status_code == 201
    assert decided["Location"] == answer["Location"]
    assert decided.json()["status"] == "completed"
    assert (held(stocked, "operator_a"), held(stocked, "operator_b")) == (900, 600)


def test_delivery_is_completed_at_once(stocked, administrator_1, numbers):
    """201 where the type asks for no approval; the posting is named."""
    body = proposal("delivery", line(numbers("operator_a"), numbers("operator_b")))
    answer = administrator_1.post("transactions", body, key="a")
    assert (answer.status_code, answer.json()["status"]) == (201, "completed")
    assert answer.json()["posting"] is not None
    assert held(stocked, "operator_b") == 600


def test_a_transfer_takes_two_statements(stocked, administrator_1, numbers):
    """Who asks, and the transfer; the rest is known in the process."""
    body = proposal("delivery", line(numbers("operator_a"), numbers("operator_b")))
    administrator_1.post("transactions", body)
    with CaptureQueriesContext(connection) as asked:
        assert administrator_1.post("transactions", body).status_code == 201
    said = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    names = ["api_key", "registry_submit"]
    assert [sql.split()[1] for sql in said] == names


def test_named_serials_move(stocked, administrator_1, numbers):
    """A block says which serials; both ends are included."""
    body = proposal("delivery", block(numbers("operator_a"), numbers("operator_b"), 11, 20))
    number = administrator_1.post("transactions", body, key="a").json()["id"]
    (moved,) = administrator_1.get(f"transactions/{number}").json()["movements"]
    assert moved == {
        "source": numbers("operator_a"),
        "destination": numbers("operator_b"),
        "block": {"unit_type": "KAU", "first": "11", "last": "20"},
        "serial": "KR-ETRS:KAU:11-20:75",
        "quantity": "10",
    }


@pytest.mark.parametrize(
    ("kind", "source", "destination"),
    [
        ("transfer", "operator_a", "trading"),
        ("allocate", "government", "operator_a"),
        ("auction_delivery", "auction", "operator_b"),
    ],
)
def test_movements(stocked, administrator_1, administrator_2, numbers, kind, source, destination):
    """Every type that moves units between accounts can be proposed and completed."""
    before = held(stocked, destination)
    body = proposal(kind, line(numbers(source), numbers(destination)), reason="because")
    answer = administrator_1.post("transactions", body, key="a")
    assert answer.status_code == 202
    assert approve(administrator_2, answer).json()["reason"] == "because"
    assert held(stocked, destination) == before + 100


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("surrender", "surrender"),
        ("retire", "retirement"),
        ("cancel", "cancellation"),
        ("cancel_mandatorily", "mandatory_cancellation"),
    ],
)
def test_uses(stocked, administrator_1, administrator_2, numbers, kind, end):
    """Units end in the account of their use, with the entity and the period kept."""
    used = line(numbers("operator_a"), period="2025", entity="KR-OPERATOR-B")
    answer = administrator_1.post("transactions", proposal(kind, used), key="a")
    assert answer.status_code == 202
    assert approve(administrator_2, answer).json()["status"] == "completed"
    assert held(stocked, end) == 100
    use = Use.objects.get()
    assert (use.entity_id, use.period, use.credited_tonnes) == (
        stocked.holder_b.pk,
        "2025",
        100,
    )


@pytest.mark.parametrize(
    ("kind", "end"),
    [("cancel_for_omge", "omge_cancellation"), ("cancel_for_adaptation_fund", "adaptation_fund")],
)
def test_uses_of_credits(world, administrator_1, administrator_2, numbers, kind, end):
    """Cancellations of the Paris Agreement take credits."""
    issue_units(world, world.kcu, [(world.at_home.operator_a, 100)])
    used = line(numbers("operator_a"), unit_type="KCU", quantity="5")
    answer = administrator_1.post("transactions", proposal(kind, used), key="a")
    assert approve(administrator_2, answer).json()["status"] == "completed"
    assert held(world, end, world.kcu) == 5


def test_issue(world, administrator_1, administrator_2, numbers):
    """An issuance brings units into being, of the unit type that a code or an alias names."""
    body = {
        "type": "issue",
        "issuances": [issuance(numbers("government"), usable_until="2027-12-31")],
    }
    answer = administrator_1.post("transactions", body, key="a")
    assert answer.status_code == 202
    approve(administrator_2, answer)
    assert held(world, "government") == 500
    detail = administrator_1.get(f"transactions/{answer.json()['id']}").json()
    assert detail["attributes"]["issuances"][0]["vintage_label"] == "KAU26"
    assert detail["movements"][0]["source"] is None


def test_convert(world, administrator_1, administrator_2, numbers):
    """Credits end in their registry's conversion account and others begin."""
    issue_units(world, world.koc, [(world.at_offsets.operator_a, 300)])
    body = {
        "type": "convert",
        "lines": [
            line(
                numbers("operator_a", "at_offsets"),
                numbers("conversion", "at_offsets"),
                "300",
                "KOC",
            )
        ],
        "issuances": [issuance(numbers("operator_a"), "300", "KCU", vintage_label="KCU")],
    }
    answer = administrator_1.post("transactions", body, key="a")
    assert answer.status_code == 202, answer.content
    assert approve(administrator_2, answer).json()["status"] == "completed"
    assert held(world, "operator_a", world.kcu) == 300


def test_freeze_and_release(stocked, administrator_1, administrator_2, numbers):
    """A freeze holds at once; its release names the freeze and needs approval."""
    frozen = administrator_1.post(
        "transactions", proposal("freeze", line(numbers("operator_a"), quantity="1000")), key="a"
    )
    assert frozen.status_code == 201
    stopped = administrator_1.post(
        "transactions",
        proposal("delivery", line(numbers("operator_a"), numbers("operator_b"))),
        key="b",
    )
    assert stopped.json()["code"] == "INSUFFICIENT_UNITS"
    body = {"type": "release", "freeze": frozen.json()["id"]}
    released = administrator_1.post("transactions", body, key="c")
    assert released.status_code == 202
    assert approve(administrator_2, released).json()["status"] == "completed"
    assert not Mark.objects.filter(released_at=None).exists()


def test_reverse(stocked, administrator_1, administrator_2, numbers):
    """A reversal names what it undoes, and the units are back."""
    transfer = administrator_1.post(
        "transactions",
        proposal("transfer", line(numbers("operator_a"), numbers("operator_b"))),
        key="a",
    )
    approve(administrator_2, transfer)
    body = {"type": "reverse", "reverses": transfer.json()["id"], "reason": "by mistake"}
    answer = administrator_1.post("transactions", body, key="b")
    assert answer.status_code == 202, answer.content
    assert approve(administrator_2, answer).json()["reverses"] == transfer.json()["id"]
    assert held(stocked, "operator_a") == 1000
    before = administrator_1.get(f"transactions/{transfer.json()['id']}").json()
    assert before["status"] == "reversed"


def test_consolidate(stocked, administrator_1, numbers):
    """Adjacent blocks of an account become one, at once."""
    there, back = numbers("operator_a"), numbers("operator_b")
    for key, body in {
        "a": proposal("delivery", block(there, back, 1, 10)),
        "b": proposal("delivery", block(back, there, 1, 10)),
    }.items():
        assert administrator_1.post("transactions", body, key=key).status_code == 201
    body = {"type": "consolidate", "account": there, "unit_type": "KAU"}
    answer = administrator_1.post("transactions", body, key="c")
    assert answer.status_code == 201, answer.content
    (only,) = administrator_1.get("holdings", {"account": there}).json()["items"]
    assert only["block"] == {"unit_type": "KAU", "first": "1", "last": "1000"}


def test_same_request_gets_the_first_answer_again(
    stocked, administrator_1, administrator_2, numbers
):
    """A repeated request changes nothing and says what it said, whatever happened since."""
    body = proposal("transfer", line(numbers("operator_a"), numbers("operator_b")))
    first = administrator_1.post("transactions", body, key="a")
    approve(administrator_2, first)
    again = administrator_1.post("transactions", body, key="a")
    assert again["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.json()) == (202, first.json())
    assert again["Location"] == first["Location"]
    assert held(stocked, "operator_b") == 600


def test_same_completed_request_gets_the_first_answer_again(stocked, administrator_1, numbers):
    """What was completed at once stays 201 with the same posting."""
    body = proposal("delivery", line(numbers("operator_a"), numbers("operator_b")))
    first = administrator_1.post("transactions", body, key="a")
    again = administrator_1.post("transactions", body, key="a")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"


def test_key_belongs_to_its_person(stocked, administrator_1, administrator_2, numbers):
    """Two persons can choose the same idempotency key."""
    body = proposal("delivery", line(numbers("operator_a"), numbers("operator_b")))
    one = administrator_1.post("transactions", body, key="a")
    two = administrator_2.post("transactions", body, key="a")
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json()["id"] != two.json()["id"]


def test_rejection_frees_the_units(stocked, administrator_1, administrator_2, numbers):
    """A rejected proposal leaves no posting and no mark; its decision can be read."""
    body = proposal("transfer", line(numbers("operator_a"), numbers("operator_b")))
    answer = administrator_1.post("transactions", body, key="a")
    decided = approve(administrator_2, answer, "reject", reason="wrong account")
    assert (decided.status_code, decided.json()["status"]) == (201, "rejected")
    assert not Mark.objects.filter(released_at=None).exists()
    (decision,) = administrator_1.get(f"transactions/{answer.json()['id']}/approvals").json()[
        "items"
    ]
    assert (decision["decision"], decision["reason"]) == ("reject", "wrong account")


def test_withdrawal(stocked, administrator_1, administrator_2, numbers):
    """Only the proposer withdraws; afterwards nothing waits."""
    body = proposal("transfer", line(numbers("operator_a"), numbers("operator_b")))
    address = administrator_1.post("transactions", body, key="a")["Location"]
    refused = administrator_2.post(f"{address}/withdrawal", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "NOT_THE_PROPOSER")
    answer = administrator_1.post(f"{address}/withdrawal", {"reason": "no need"})
    assert (answer.status_code, answer.json()["status"]) == (201, "cancelled")
    again = administrator_1.post(f"{address}/withdrawal", {})
    assert (again.status_code, again.json()["code"]) == (409, "NOT_AWAITING_APPROVAL")


def test_two_keys_of_one_person_are_one_approver(stocked, administrator_1, as_person, numbers):
    """The second key of the proposer approves no more than the first."""
    body = proposal("transfer", line(numbers("operator_a"), numbers("operator_b")))
    answer = administrator_1.post("transactions", body, key="a")
    for name in ("administrator_1", "administrator_1_second"):
        decided = approve(as_person(name), answer)
        assert (decided.status_code, decided.json()["code"]) == (403, "PROPOSER_CAN_NOT_APPROVE")
    assert Transaction.objects.get(pk=answer.json()["id"]).status == 0


def test_auditor_changes_nothing(stocked, administrator_1, auditor, numbers):
    """An auditor reads all of it, and neither proposes nor decides nor withdraws."""
    body = proposal("transfer", line(numbers("operator_a"), numbers("operator_b")))
    answer = administrator_1.post("transactions", body, key="a")
    refusals = [
        auditor.post("transactions", body, key="a"),
        approve(auditor, answer),
        approve(auditor, answer, "reject"),
        auditor.post(f"transactions/{answer.json()['id']}/withdrawal", {}),
    ]
    assert [refusal.status_code for refusal in refusals] == [403] * 4
    assert auditor.get(f"transactions/{answer.json()['id']}").status_code == 200


def test_decision_is_on_exactly_one_payload(stocked, administrator_1, administrator_2, numbers):
    """Another hash is a conflict, and a second decision finds nothing that waits."""
    body = proposal("transfer", line(numbers("operator_a"), numbers("operator_b")))
    answer = administrator_1.post("transactions", body, key="a")
    other = approve(administrator_2, answer, payload_hash="00" * 32)
    assert (other.status_code, other.json()["code"]) == (409, "PAYLOAD_DIFFERS")
    assert approve(administrator_2, answer).status_code == 201
    again = approve(administrator_2, answer)
    assert (again.status_code, again.json()["code"]) == (409, "NOT_AWAITING_APPROVAL")


def test_detail_tells_all_of_a_transaction(stocked, administrator_1, administrator_2, numbers):
    """Lines, movements, approvals, events, the hash, and the position once there is one."""
    body = proposal(
        "transfer",
        line(numbers("operator_a"), numbers("operator_b"), minimum="50", vintage_from="2025-01-01"),
        reason="sale",
    )
    answer = administrator_1.post("transactions", body, key="a")
    approve(administrator_2, answer, reason="checked")
    sequence(100)
    detail = administrator_1.get(f"transactions/{answer.json()['id']}").json()
    assert detail["payload_hash"] == answer.json()["payload_hash"]
    assert detail["posting"]["position"] == "2"
    assert detail["posting"]["instant"]
    assert detail["approvals_needed"] == 1
    (asked,) = detail["lines"]
    assert (asked["quantity"], asked["minimum"], asked["block"], asked["vintage_from"]) == (
        "100",
        "50",
        None,
        "2025-01-01",
    )
    assert [event["status"] for event in detail["events"]] == ["awaiting_approval", "completed"]
    assert [item["person"] for item in detail["approvals"]] == ["administrator_2"]
    assert (detail["all_lines"], detail["all_movements"]) == (None, None)


def test_many_lines_have_addresses_of_their_own(stocked, administrator_1, numbers):
    """The detail shows the first hundred lines and movements, and where the others are."""
    ends = [numbers("operator_a"), numbers("operator_b"), "1"]
    # Every other line goes back, so that no two movements are adjacent in one direction.
    lines = [line(*(ends if n % 2 else (ends[1], ends[0], "1"))) for n in range(150)]
    answer = administrator_1.post("transactions", proposal("delivery", *lines), key="a")
    assert answer.status_code == 201, answer.content
    detail = administrator_1.get(f"transactions/{answer.json()['id']}").json()
    for name in ("lines", "movements"):
        assert len(detail[name]) == 100
        assert detail[f"all_{name}"] == f"/api/v1/transactions/{answer.json()['id']}/{name}"
        first = administrator_1.get(detail[f"all_{name}"], {"limit": "90"}).json()
        rest = administrator_1.get(first["next"]).json()
        assert (len(first["items"]), len(rest["items"]), rest["next"]) == (90, 60, None)
        assert (first["items"] + rest["items"])[:100] == detail[name]


def test_list_is_newest_first_and_filtered(stocked, administrator_1, numbers):
    """Filters by registry, type, status and account hold together."""
    for key, kind in (("a", "transfer"), ("b", "delivery"), ("c", "transfer")):
        body = proposal(kind, line(numbers("operator_a"), numbers("operator_b")))
        administrator_1.post("transactions", body, key=key)
    listed = administrator_1.get("transactions").json()["items"]
    assert [item["type"] for item in listed] == ["transfer", "delivery", "transfer", "issue"]

    def kinds(**query):
        return [item["type"] for item in administrator_1.get("transactions", query).json()["items"]]

    assert kinds(type="delivery") == ["delivery"]
    assert kinds(status="awaiting_approval", registry="KR-ETRS") == ["transfer"] * 2
    assert kinds(registry="KR-ORS") == []
    assert kinds(account=numbers("operator_a")) == ["transfer", "delivery", "transfer", "issue"]
    assert kinds(account=numbers("operator_b")) == ["delivery", "issue"]
    assert kinds(account=numbers("trading")) == []
