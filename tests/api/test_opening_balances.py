"""Opening balances by REST: sent, tried, decided, approved, and read again."""

from registry.services.api_keys import issue_key
from registry.services.work_on_upload import work_on_upload
from tests.api.conftest import ApiClient
from tests.people import person
from tests.services.test_uploaded_openings import ZIP, packed

OLD = {
    "unit_type": "KAU",
    "first": "1",
    "last": "100",
    "old_first": "XX-1-1",
    "old_last": "XX-1-100",
}


def work(world, path):
    work_on_upload(int(path.rpartition("/")[2]), clock=lambda: world.at)


def say(client, path, payload_hash):
    answer = client.post(path, {"decision": "approve", "payload_hash": payload_hash})
    assert answer.status_code == 201, answer.content


def test_registry_moves_here(world, administrator_1, administrator_2):
    """Two persons bring it in; the old books and serials stay readable, also by search."""
    address = "uploads?registry=KR-ETRS&kind=opening_balances&name=books.zip"
    sent = administrator_1.post(address, text=packed(), media_type=ZIP)
    assert sent.status_code == 202, sent.content
    path = f"uploads/{sent.json()['id']}"
    work(world, path)
    submitted = administrator_1.post(f"{path}/submission").json()
    assert (submitted["state"], submitted["opening_balances"]) == ("submitted", [])
    request = administrator_2.get(f"requests/{submitted['request']}").json()
    say(administrator_2, f"requests/{request['id']}/decisions", request["payload_hash"])
    work(world, path)
    written = administrator_1.get(path).json()
    assert (written["state"], len(written["opening_balances"])) == ("written", 2)
    listed = administrator_1.get("opening-balances", {"upload": written["id"]}).json()["items"]
    assert [each["id"] for each in listed] == written["opening_balances"][::-1]
    assert {each["status"] for each in listed} == {"awaiting_approval"}
    for each in listed:
        found = administrator_1.get(f"transactions/{each['transaction']}").json()
        say(administrator_1, f"transactions/{found['id']}/approvals", found["payload_hash"])
    (kau,) = (each for each in listed if each["unit_type"] == "KAU")
    assert administrator_1.get(f"opening-balances/{kau['id']}").json()["status"] == "completed"
    totals = administrator_1.get(f"opening-balances/{kau['id']}/totals").json()["items"]
    assert [(each["old_number"], each["quantity"]) for each in totals] == [
        *(("OLD-1", "150"), ("OLD-2", "30"), ("OLD-3", "20"))
    ]
    blocks = administrator_1.get(f"opening-balances/{kau['id']}/blocks", {"limit": "1"}).json()
    assert blocks["items"] == [
        {"first": "1", "last": "100", "prefix": "XX-1-", "old_first": "1", "old_last": "100"}
    ]
    assert blocks["next"]
    found = administrator_1.get("blocks", {"text": "XX-1-0000007"}).json()
    assert found["legacy"][0] == OLD
    named = {"unit_type": "KAU", "first": "91", "last": "101"}
    history = administrator_1.get("blocks/history", named).json()
    assert history["legacy"] == [
        {**OLD, "first": "91", "old_first": "XX-1-91"},
        {**OLD, "first": "101", "last": "101", "old_first": "XX-1-201", "old_last": "XX-1-201"},
    ]


def test_others_do_not_read_them(world, description):
    """There is nothing of it for who has no role in the registry."""
    person_id = person(world, "stranger").person_id
    key = issue_key(actor=world.system, person_id=person_id, label="one", at=world.at)
    stranger = ApiClient(description, key.text)
    assert stranger.get("opening-balances").json()["items"] == []
    missing = stranger.get("opening-balances/1")
    assert (missing.status_code, missing.json()["code"]) == (404, "UNKNOWN_OPENING_BALANCE")
