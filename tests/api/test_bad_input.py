"""Wrong requests: each has its own code and status, and says where it is wrong."""

import json

import pytest

from registry.models import Transaction
from tests.api.proposals import approve, block, issuance, line, proposal
from tests.world import stock

NUMBERS = [
    ("10.5", 400, "NOT_WHOLE_UNITS"),
    ("1e3", 400, "NOT_WHOLE_UNITS"),
    ("1,000", 400, "NOT_WHOLE_UNITS"),
    ("", 400, "NOT_WHOLE_UNITS"),
    ("１０", 400, "NOT_WHOLE_UNITS"),
    (1000, 400, "NOT_WHOLE_UNITS"),
    (10.5, 400, "NOT_WHOLE_UNITS"),
    (True, 400, "NOT_WHOLE_UNITS"),
    (["1"], 400, "NOT_WHOLE_UNITS"),
    ("0", 400, "NOT_POSITIVE"),
    ("-1", 400, "NOT_POSITIVE"),
    (str(2**63), 400, "TOO_LARGE"),
    ("9" * 40, 400, "TOO_LARGE"),
    ("9" * 5000, 400, "NOT_WHOLE_UNITS"),
    ("1001", 422, "INSUFFICIENT_UNITS"),
]


@pytest.fixture
def ends(world, numbers):
    """Operator A has 1,000 KAU; the numbers of operators A and B."""
    stock(world, operator_a=1000)
    return numbers("operator_a"), numbers("operator_b")


def refused(answer, status, *codes):
    """All codes in their order; nothing was written but what was there before."""
    document = answer.json()
    assert answer.status_code == status, answer.content
    assert [item["code"] for item in document["errors"]] == list(codes)
    assert document["code"] == codes[0]
    assert document["type"] == f"urn:problem-type:concord:{codes[0]}"
    assert document["status"] == status
    assert all(item["detail"] and item["hint"] for item in document["errors"])
    assert Transaction.objects.exclude(type__code="issue").count() == 0
    return document["errors"]


@pytest.mark.parametrize(("quantity", "status", "code"), NUMBERS)
def test_quantities(administrator_1, ends, quantity, status, code):
    """Units are whole, positive, possible, and written as text."""
    body = proposal("delivery", line(*ends, quantity))
    (error,) = refused(administrator_1.post("transactions", body, key="a"), status, code)
    assert error["pointer"] == "/lines/0/quantity"


@pytest.mark.parametrize(
    ("change", "status", "code", "pointer"),
    [
        ({"source": None}, 400, "FIELD_MISSING", "/lines/0/source"),
        ({"quantity": None}, 400, "FIELD_MISSING", "/lines/0/quantity"),
        ({"colour": "green"}, 400, "UNKNOWN_FIELD", "/lines/0/colour"),
        ({"a/b~": "x"}, 400, "UNKNOWN_FIELD", "/lines/0/a~1b~0"),
        ({"\ud800": "x"}, 400, "UNKNOWN_FIELD", "/lines/0/?"),
        ({"source": 5}, 400, "WRONG_TYPE", "/lines/0/source"),
        ({"source": "KR-ETRS-0000001-00"}, 400, "ACCOUNT_NUMBER_INVALID", "/lines/0/source"),
        ({"source": "operator A"}, 400, "ACCOUNT_NUMBER_INVALID", "/lines/0/source"),
        ({"source": "KR-ETRS-9999999-41"}, 422, "UNKNOWN_SOURCE_ACCOUNT", "/lines/0/source"),
        (
            {"destination": "KR-ETRS-9999999-41"},
            422,
            "UNKNOWN_DESTINATION_ACCOUNT",
            "/lines/0/destination",
        ),
        ({"unit_type": "XXX"}, 422, "UNKNOWN_UNIT_TYPE", "/lines/0/unit_type"),
        ({"unit_type": "K" * 41}, 400, "TOO_LONG", "/lines/0/unit_type"),
        ({"unit_type": "KAU\0"}, 400, "TEXT_NOT_STORABLE", "/lines/0/unit_type"),
        ({"unit_type": "\ud800"}, 400, "TEXT_NOT_STORABLE", "/lines/0/unit_type"),
        ({"minimum": "101"}, 400, "MINIMUM_ABOVE_QUANTITY", "/lines/0/minimum"),
        ({"vintage_from": "2025-13-01"}, 400, "NOT_A_DATE", "/lines/0/vintage_from"),
        ({"vintage_from": "2025"}, 400, "NOT_A_DATE", "/lines/0/vintage_from"),
        ({"vintage_from": "2024-01-01"}, 422, "INSUFFICIENT_UNITS", "/lines/0/quantity"),
    ],
)
def test_lines(administrator_1, ends, change, status, code, pointer):
    """Each wrong field of a line is named with its pointer."""
    given = {**line(*ends), **change}
    body = proposal("delivery", {name: value for name, value in given.items() if value is not None})
    (error,) = refused(administrator_1.post("transactions", body, key="a"), status, code)
    assert error["pointer"] == pointer


@pytest.mark.parametrize(
    ("source", "destination", "kind", "code", "pointer"),
    [
        ("operator_a", "operator_a", "delivery", "SAME_ACCOUNT", "/lines/0"),
        ("operator_a", "surrender", "transfer", "DESTINATION_KIND_NOT_ALLOWED", "destination"),
        ("surrender", "operator_a", "transfer", "SOURCE_KIND_NOT_ALLOWED", "source"),
        ("operator_a", "operator_b", "allocate", "SOURCE_KIND_NOT_ALLOWED", "source"),
    ],
)
def test_accounts_of_wrong_kinds(
    administrator_1, ends, numbers, source, destination, kind, code, pointer
):
    """What a type of transaction does not allow is refused where it is said."""
    body = proposal(kind, line(numbers(source), numbers(destination), "1"))
    answer = administrator_1.post("transactions", body, key="a")
    assert answer.status_code == 422
    error = next(item for item in answer.json()["errors"] if item["code"] == code)
    assert error["pointer"].endswith(pointer)


def test_everything_wrong_with_a_form_is_told_at_once(administrator_1, ends):
    """One answer names all wrong fields."""
    body = {
        "type": "transfer",
        "note": "x",
        "lines": [
            line(ends[0], "nobody", "10.5"),
            line(ends[0], ends[1], "5", minimum="6"),
            {"source": ends[0], "destination": ends[1], "block": {"unit_type": "KAU"}},
            7,
        ],
    }
    errors = refused(
        administrator_1.post("transactions", body),
        400,
        "UNKNOWN_FIELD",
        "NOT_WHOLE_UNITS",
        "ACCOUNT_NUMBER_INVALID",
        "FIELD_MISSING",
        "FIELD_MISSING",
        "WRONG_TYPE",
        "MINIMUM_ABOVE_QUANTITY",
    )
    assert [error["pointer"] for error in errors] == [
        "/note",
        "/lines/0/quantity",
        "/lines/0/destination",
        "/lines/2/block/first",
        "/lines/2/block/last",
        "/lines/3",
        "/lines/1/minimum",
    ]


def test_all_unknown_names_are_told_at_once(administrator_1, ends):
    """What does not exist hides the rules, and is complete."""
    body = proposal(
        "surrender",
        line("KR-ETRS-9999999-41", unit_type="XXX", entity="NOBODY", period="2025"),
        line(ends[0], unit_type="YYY", period="2025"),
    )
    refused(
        administrator_1.post("transactions", body, key="a"),
        422,
        "UNKNOWN_SOURCE_ACCOUNT",
        "UNKNOWN_UNIT_TYPE",
        "UNKNOWN_ENTITY",
        "UNKNOWN_UNIT_TYPE",
    )


def test_all_broken_rules_are_told_at_once(administrator_1, ends, numbers):
    """The checks and the ledger are heard together."""
    body = proposal("transfer", line(ends[0], ends[0], "2000"), line(ends[0], numbers("surrender")))
    answer = administrator_1.post("transactions", body, key="a")
    assert answer.status_code == 422
    found = {(item["code"], item["pointer"]) for item in answer.json()["errors"]}
    assert {
        ("SAME_ACCOUNT", "/lines/0"),
        ("DESTINATION_KIND_NOT_ALLOWED", "/lines/1/destination"),
        ("INSUFFICIENT_UNITS", "/lines/0/quantity"),
    } <= found


@pytest.mark.parametrize(
    ("first", "last", "status", "code", "pointer"),
    [
        (0, 5, 400, "NOT_POSITIVE", "/lines/0/block/first"),
        (5, 4, 400, "BLOCK_BACKWARDS", "/lines/0/block/last"),
        (1, 10**12 + 1, 400, "TOO_LARGE", "/lines/0/block/last"),
        (990, 1001, 422, "SERIALS_NOT_HELD", "/lines/0/block"),
    ],
)
def test_blocks(administrator_1, ends, first, last, status, code, pointer):
    """Serials run forwards, are possible, and are in the account."""
    body = proposal("delivery", block(*ends, first, last))
    (error,) = refused(administrator_1.post("transactions", body, key="a"), status, code)
    assert error["pointer"] == pointer


def test_block_says_what_quantity_would_say(administrator_1, ends):
    """A line has a block, or a unit type and a quantity."""
    both = {**block(*ends, 1, 5), "quantity": "5", "unit_type": "KAU"}
    refused(
        administrator_1.post("transactions", proposal("delivery", both), key="a"),
        400,
        "SAID_BY_BLOCK",
        "SAID_BY_BLOCK",
    )


def test_serials_named_twice(administrator_1, ends):
    """Two lines can not move the same serials."""
    body = proposal("delivery", block(*ends, 1, 10), block(*ends, 10, 20))
    answer = administrator_1.post("transactions", body, key="a")
    assert "SERIALS_NAMED_TWICE" in [item["code"] for item in answer.json()["errors"]]


def test_partly_marked_serials(administrator_1, ends):
    """What another transaction has reserved does not move."""
    waiting = administrator_1.post(
        "transactions", proposal("transfer", block(*ends, 5, 6)), key="a"
    )
    assert waiting.status_code == 202
    answer = administrator_1.post(
        "transactions", proposal("delivery", block(*ends, 1, 10)), key="b"
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "SERIALS_MARKED")


def test_no_lines(administrator_1, ends):
    """A proposal that moves nothing is none."""
    refused(administrator_1.post("transactions", proposal("transfer"), key="a"), 400, "NO_LINES")


@pytest.mark.parametrize(
    ("body", "status", "codes"),
    [
        ([], 400, ["WRONG_TYPE", "FIELD_MISSING", "FIELD_MISSING"]),
        ({}, 400, ["FIELD_MISSING"]),
        ({"type": 5, "lines": []}, 400, ["NOT_A_CHOICE"]),
        ({"type": ["transfer"], "lines": []}, 400, ["NOT_A_CHOICE"]),
        ({"type": "gift", "lines": []}, 422, ["UNKNOWN_TRANSACTION_TYPE"]),
        ({"type": "transfer", "lines": {}}, 400, ["WRONG_TYPE"]),
        ({"type": "reverse", "reverses": "x"}, 400, ["NOT_A_NUMBER"]),
        ({"type": "reverse", "reverses": str(2**63)}, 400, ["NOT_A_NUMBER"]),
        ({"type": "reverse", "reverses": "999999"}, 422, ["UNKNOWN_TRANSACTION"]),
        ({"type": "release", "freeze": "999999"}, 422, ["UNKNOWN_TRANSACTION"]),
    ],
)
def test_shapes(administrator_1, ends, body, status, codes):
    """Objects, lists, types and numbers have their own shapes."""
    answer = administrator_1.post("transactions", body, key="a")
    assert answer.status_code == status
    assert [item["code"] for item in answer.json()["errors"]][: len(codes)] == codes[
        : len(answer.json()["errors"])
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{'type': 'transfer'}",
        '{"type": "transfer", "type": "delivery", "lines": []}',
        '{"type": NaN}',
        '{"type": "\udcff"}',
        "[" * 100_000,
    ],
)
def test_malformed_json(administrator_1, ends, text):
    """What is not JSON in UTF-8, with each name once, is not read."""
    data = text.encode("utf-8", "surrogateescape")
    answer = administrator_1.post("transactions", text=data, key="a")
    assert answer.status_code == 400
    assert answer.json()["code"] in ("MALFORMED_JSON", "FIELD_MISSING")
    assert answer.json()["code"] == ("MALFORMED_JSON" if text else "FIELD_MISSING")


def test_body_of_another_media_type(administrator_1, ends):
    """Forms are not read."""
    answer = administrator_1.post(
        "transactions",
        text="type=transfer",
        key="a",
        media_type="application/x-www-form-urlencoded",
    )
    refused(answer, 415, "MEDIA_TYPE_NOT_SUPPORTED")


def test_body_without_end(administrator_1, ends, monkeypatch):
    """A body beyond the limit is not read to its end."""
    monkeypatch.setattr("registry.api.views.transactions.Transactions.greatest_body", 100)
    text = json.dumps(proposal("delivery", line(*ends)))
    refused(administrator_1.post("transactions", text=text, key="a"), 413, "BODY_TOO_LARGE")


def test_answer_in_another_media_type(auditor):
    """There is JSON and nothing else."""
    answer = auditor.get("unit-types", accept="text/html")
    assert (answer.status_code, answer.json()["code"]) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("key", [None, "", "k" * 191, "k\t"])
def test_idempotency_key_is_required(administrator_1, ends, key):
    """A proposal without a key of 1 to 190 characters is not accepted."""
    answer = administrator_1.post("transactions", proposal("delivery", line(*ends)), key=key)
    refused(answer, 400, "KEY_MISSING")


def test_idempotency_key_with_another_body(administrator_1, ends):
    """The same key for another request is told; the first one stands alone."""
    first = administrator_1.post("transactions", proposal("delivery", line(*ends, "1")), key="a")
    other = administrator_1.post("transactions", proposal("delivery", line(*ends, "2")), key="a")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert other.json()["errors"][0]["data"]["transaction"] == first.json()["id"]
    assert Transaction.objects.filter(type__code="delivery").count() == 1


def test_refusal_is_answered_again(administrator_1, ends):
    """A key stands for one request, also when that was refused; a mended one has another key."""
    body = proposal("delivery", line(*ends, "5000"))
    first = administrator_1.post("transactions", body, key="a")
    again = administrator_1.post("transactions", body, key="a")
    assert (again.status_code, again.content) == (422, first.content)
    assert again["Idempotency-Replayed"] == "true"
    mended = proposal("delivery", line(*ends, "5"))
    answer = administrator_1.post("transactions", mended, key="a")
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert administrator_1.post("transactions", mended, key="b").status_code == 201
    # Not even what can not be read takes the place of what the ledger knows.
    answer = administrator_1.post("transactions", {}, key="b")
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert administrator_1.post("transactions", mended, key="b").status_code == 201


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"vintage_to": "2026-01-01"}, "VINTAGE_NOT_AN_INTERVAL", None),
        ({"first": "x"}, "NOT_WHOLE_UNITS", "/issuances/0/first"),
        ({"blocks": []}, "NO_LINES", None),
        ({"vintage_label": "x" * 33}, "TOO_LONG", "/issuances/0/vintage_label"),
    ],
)
def test_issuances(administrator_1, ends, numbers, change, code, pointer):
    """Issuances have a vintage, whole serials, and units."""
    body = {"type": "issue", "issuances": [issuance(numbers("government"), **change)]}
    answer = administrator_1.post("transactions", body, key="a")
    assert (answer.status_code, answer.json()["code"]) == (400, code), answer.content
    if pointer:
        assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"decision": "maybe"}, "NOT_A_CHOICE"),
        ({"payload_hash": "abc"}, "NOT_A_HASH"),
        ({"payload_hash": None}, "NOT_A_HASH"),
        ({"comment": "x"}, "UNKNOWN_FIELD"),
    ],
)
def test_decisions(administrator_1, administrator_2, ends, change, code):
    """A decision is one of two words on exactly one hash."""
    answer = administrator_1.post("transactions", proposal("transfer", line(*ends)), key="a")
    decided = approve(administrator_2, answer, **change)
    assert (decided.status_code, decided.json()["code"]) == (400, code)
