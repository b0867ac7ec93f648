"""Uploads by REST: sent as they are, read while they are checked, submitted, decided."""

import pytest
from django.utils import timezone

from registry.models import Account, Upload
from registry.services.api_keys import Rights, issue_key
from registry.services.execute_due import execute_due
from registry.services.work_on_upload import work_on_upload
from tests.api.conftest import ApiClient
from tests.people import person
from tests.world import stock

CSV = "text/csv"
OPENINGS = "account_kind,name\n"


def send(client, text, kind="accounts", *, media_type=CSV, **more):
    address = f"uploads?registry=KR-ETRS&kind={kind}&name=file.csv"
    return client.post(address, text=text, media_type=media_type, **more)


def work(world, answer):
    number = answer.json()["id"]
    work_on_upload(int(number), clock=lambda: world.at)
    return f"uploads/{number}"


def problem(answer):
    return answer.status_code, answer.json()["code"]


def test_accounts_from_a_file(world, administrator_1, administrator_2):
    """Sent, checked, submitted, approved by another person, written."""
    sent = send(administrator_1, OPENINGS + "trading,Desk\n")
    assert sent.status_code == 202, sent.content
    assert sent["Location"] == f"/api/v1/uploads/{sent.json()['id']}"
    assert sent.json()["state"] == "checking"
    path = work(world, sent)
    checked = administrator_1.get(path).json()
    assert (checked["state"], checked["rows_total"], checked["request"]) == ("checked", 1, None)
    submitted = administrator_1.post(f"{path}/submission")
    assert (submitted.status_code, submitted.json()["state"]) == (202, "submitted")
    request = administrator_2.get(f"requests/{submitted.json()['request']}").json()
    assert request["payload"]["rows_digest"] == checked["rows_digest"]
    said = {"decision": "approve", "payload_hash": request["payload_hash"]}
    own = administrator_1.post(f"requests/{request['id']}/decisions", said)
    assert problem(own) == (403, "REQUESTER_CAN_NOT_DECIDE")
    decided = administrator_2.post(f"requests/{request['id']}/decisions", said)
    assert decided.status_code == 201
    assert administrator_1.get(path).json()["state"] == "writing"
    work(world, sent)
    written = administrator_1.get(path).json()
    assert (written["state"], written["rows_written"]) == ("written", 1)
    assert Account.objects.filter(name="Desk").exists()


def test_errors_are_paged_and_in_the_language_of_the_reader(world, administrator_1):
    """Each error has its row, column and code; what people read is translated when it is read."""
    sent = send(administrator_1, OPENINGS + "factory,=1\ntrading,\nfactory,Plant\n")
    path = work(world, sent)
    assert administrator_1.get(path).json()["errors_total"] == 3
    first = administrator_1.get(f"{path}/errors", {"limit": "2"}).json()
    told = [(item["row"], item["column"], item["code"]) for item in first["items"]]
    assert told == [(2, "name", "FORMULA_IN_CELL"), (3, "name", "CELL_EMPTY")]
    rest = administrator_1.get(first["next"]).json()
    assert [item["code"] for item in rest["items"]] == ["UNKNOWN_ACCOUNT_KIND"]
    for language in ("zh-hans", "ja", "ko"):
        asked = {"accept-language": language}
        other = administrator_1.get(f"{path}/errors", {"limit": "2"}, **asked).json()
        assert other["items"][0]["detail"] != first["items"][0]["detail"]
        assert other["items"][0]["code"] == "FORMULA_IN_CELL"
    refused = administrator_1.post(f"{path}/submission")
    assert problem(refused) == (409, "UPLOAD_IS_IN_ANOTHER_STATE")
    again = administrator_1.post(f"{path}/dry-run")
    assert (again.status_code, again.json()["state"]) == (202, "checking")


def test_allocation_table(world, administrator_1, administrator_2, numbers):
    """The rows become one transaction, which is approved as any other."""
    stock(world, government=100)
    row = f"{numbers('government')},{numbers('operator_a')},KAU,100\n"
    sent = send(
        administrator_1, f"source,destination,unit_type,quantity\n{row}", kind="allocations"
    )
    path = work(world, sent)
    assert administrator_1.post(f"{path}/submission").json()["state"] == "proposing"
    work(world, sent)
    found = administrator_1.get(path).json()
    assert (found["state"], found["request"]) == ("submitted", None)
    proposed = administrator_2.get(f"transactions/{found['transaction']}").json()
    assert proposed["type"] == "allocate"
    said = {"decision": "approve", "payload_hash": proposed["payload_hash"]}
    done = administrator_2.post(f"transactions/{found['transaction']}/approvals", said)
    assert done.json()["status"] == "completed"


def test_large_table_is_completed_by_a_worker(
    world, monkeypatch, administrator_1, administrator_2, numbers
):
    """Who approves what has many lines does not wait for its posting: it is due at once."""
    monkeypatch.setattr("registry.services.approve.MOST_LINES_AT_ONCE", 2)
    stock(world, government=6)
    rows = [f"{numbers('government')},{numbers('operator_a')},KAU,{n}\n" for n in (1, 2, 3)]
    text = "source,destination,unit_type,quantity\n" + "".join(rows)
    path = work(world, send(administrator_1, text, kind="allocations"))
    administrator_1.post(f"{path}/submission")
    work_on_upload(int(path.rpartition("/")[2]), clock=lambda: world.at)
    number = administrator_1.get(path).json()["transaction"]
    proposed = administrator_2.get(f"transactions/{number}").json()
    said = {"decision": "approve", "payload_hash": proposed["payload_hash"]}
    answer = administrator_2.post(f"transactions/{number}/approvals", said)
    assert (answer.status_code, answer.json()["status"]) == (202, "delayed")
    assert answer["Location"] == f"/api/v1/transactions/{number}"
    assert administrator_1.get(path).json()["transaction_status"] == "delayed"
    clock = timezone.now()
    assert [execute_due(actor=world.system, at=clock).completed for _ in range(2)] == [1, 0]
    assert administrator_1.get(path).json()["transaction_status"] == "completed"


def test_scope_of_an_allocation(world, description, numbers):
    """A key that may only manage does not propose transactions by way of a file."""
    stock(world, government=100)
    key = issue_key(
        actor=world.system,
        person_id=world.administrator_1.person_id,
        label="manages",
        rights=Rights(scopes=("read", "manage")),
        at=world.at,
    ).text
    client = ApiClient(description, key)
    row = f"{numbers('government')},{numbers('operator_a')},KAU,100\n"
    path = work(
        world, send(client, f"source,destination,unit_type,quantity\n{row}", kind="allocations")
    )
    assert problem(client.post(f"{path}/submission")) == (403, "SCOPE_MISSING")


@pytest.mark.parametrize(
    ("text", "media_type", "expected"),
    [
        ("%PDF-", "application/pdf", (415, "MEDIA_TYPE_NOT_SUPPORTED")),
        ("PK\x03\x04", CSV, (400, "FILE_IS_ANOTHER_TYPE")),
        ("", CSV, (400, "FILE_SIZE")),
    ],
)
def test_files_that_are_not_taken(administrator_1, text, media_type, expected):
    """A wrong file is answered with its code, and nothing is kept."""
    assert problem(send(administrator_1, text, media_type=media_type)) == expected
    assert not Upload.objects.exists()


def test_what_is_said_of_a_file_is_checked(administrator_1):
    """The parameters of the address are read as strictly as those of lists."""
    refused = administrator_1.post("uploads?kind=x&no=1", text="a", media_type=CSV)
    assert {error["code"] for error in refused.json()["errors"]} >= {
        "FIELD_MISSING",
        "UNKNOWN_PARAMETER",
    }


def test_same_key_and_same_file(administrator_1, administrator_2):
    """Repeated under its key a file is the same upload; under another key it is told."""
    text = OPENINGS + "trading,Desk\n"
    first = send(administrator_1, text, key="k")
    again = send(administrator_1, text, key="k")
    assert again.json()["id"] == first.json()["id"]
    assert again["Idempotency-Replayed"] == "true"
    assert problem(send(administrator_1, text + "trading,D\n", key="k")) == (
        422,
        "IDEMPOTENCY_KEY_REUSED",
    )
    assert problem(send(administrator_2, text)) == (409, "FILE_WAS_UPLOADED")
    assert Upload.objects.count() == 1


def test_others_see_none_of_it(world, description, administrator_1, auditor):
    """An auditor reads and changes nothing; another jurisdiction's key finds nothing."""
    path = work(world, send(administrator_1, OPENINGS + "trading,Desk\n"))
    assert auditor.get(path).json()["state"] == "checked"
    assert problem(auditor.post(f"{path}/submission")) == (403, "NOT_PERMITTED")
    assert problem(send(auditor, OPENINGS + "trading,Desk 2\n")) == (403, "NOT_PERMITTED")
    outsider = person(world, "elsewhere", "administrator", world.neighbour)
    key = issue_key(
        actor=world.system, person_id=outsider.person_id, label="elsewhere", at=world.at
    )
    other = ApiClient(description, key.text)
    assert other.get("uploads").json()["items"] == []
    for answer in (other.get(path), other.get(f"{path}/errors"), other.post(f"{path}/submission")):
        assert problem(answer) == (404, "UNKNOWN_UPLOAD")
