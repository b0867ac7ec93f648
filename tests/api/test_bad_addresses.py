"""Wrong addresses, parameters, cursors and methods: each has its own code and status."""

import pytest
from django.core import signing

from registry.models import Transaction
from tests.world import stock


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("accounts", {"colour": "green"}, "UNKNOWN_PARAMETER"),
        ("accounts", {"limit": "0"}, "LIMIT_OUT_OF_RANGE"),
        ("accounts", {"limit": "1001"}, "LIMIT_OUT_OF_RANGE"),
        ("accounts", {"limit": "٣"}, "LIMIT_OUT_OF_RANGE"),
        ("accounts", {"limit": ["1", "2"]}, "PARAMETER_REPEATED"),
        ("accounts", {"kind": "hidden"}, "NOT_A_CHOICE"),
        ("accounts", {"holder": "\0"}, "TEXT_NOT_STORABLE"),
        ("holdings", {"account": "KR-ETRS-0000001-00"}, "ACCOUNT_NUMBER_INVALID"),
        ("holdings", {"as_of_position": "-1"}, "NOT_A_NUMBER"),
        ("blocks", {"serial": "1"}, "FIELD_MISSING"),
        ("transactions", {"status": "lost"}, "NOT_A_CHOICE"),
        ("transactions/x", {}, "NOT_A_NUMBER"),
        ("positions/1.5", {}, "NOT_A_NUMBER"),
        ("accounts", {"cursor": "x"}, "CURSOR_INVALID"),
    ],
)
def test_addresses(auditor, path, query, code):
    """Parameters that do not exist or can not be read are refused, not ignored."""
    answer = auditor.get(path, query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_cursor_from_elsewhere(auditor, world):
    """A cursor belongs to its address and its filters; a page may change its size."""
    following = auditor.get("accounts", {"limit": "2", "kind": "operator"}).json()["next"]
    cursor = following.partition("cursor=")[2]
    assert auditor.get(following).status_code == 200
    assert auditor.get(following.replace("limit=2", "limit=3")).status_code == 200
    for path in (
        f"accounts?cursor={cursor}",
        f"accounts?kind=trading&cursor={cursor}",
        f"transactions?cursor={cursor}",
        f"accounts?kind=operator&cursor={cursor[:-1]}",
    ):
        answer = auditor.get(path)
        assert (answer.status_code, answer.json()["code"]) == (400, "CURSOR_INVALID"), path


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("accounts", "12"),
        ("jurisdictions", 12),
        ("transactions", [1, 2]),
        ("holdings", ["1"]),
        ("holdings", [1, 2, 3]),
        ("transactions/{number}/lines", {"line": 3}),
        ("transactions/{number}/movements", 12),
        ("transactions/{number}/movements", [1, 12]),
        ("transactions/{number}/movements", [1, 2, "12"]),
    ],
)
def test_cursor_of_another_version(auditor, world, path, key):
    """Signed by this node, but of another form than the list's keys have: it begins nowhere."""
    stock(world, operator_a=10)
    number = Transaction.objects.values_list("pk", flat=True).last()
    address = f"/api/v1/{path.format(number=number)}"
    signer = signing.Signer(salt=f"registry.api.pages {address} []")
    for accept in ("application/json", "text/csv"):
        cursor = signer.sign_object(key)
        answer = auditor.get(address, {"cursor": cursor}, accept=accept)
        assert (answer.status_code, answer.json()["code"]) == (400, "CURSOR_INVALID")


def test_unknown_addresses_and_methods(auditor, anonymous, db):
    """Under the API's addresses every answer is a problem, with a key or without."""
    for client in (auditor, anonymous):
        nowhere = client.get("nowhere")
        assert (nowhere.status_code, nowhere.json()["code"]) == (404, "UNKNOWN_ADDRESS")
    answer = auditor.request("DELETE", "accounts")
    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_texts_are_in_the_language_of_the_request(auditor):
    """Codes stay as they are; the language of the answer is named."""
    answer = auditor.get("accounts/x", **{"accept-language": "ko"})
    assert answer["Content-Language"] == "ko"
    assert answer.json()["code"] == "ACCOUNT_NUMBER_INVALID"
