"""The API's description: committed, complete, and served with a page to try it."""

import re
from html.parser import HTMLParser
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

from linking.services.plan import LEAVES_BY
from registry.api.forms import FORMS
from registry.checks.existence import TypeInForce
from registry.models import TransactionType
from tests.api.conftest import ROOT


def test_committed_description_is_the_code_s(description):
    """`manage.py spectacular --file openapi.yaml` was run, and warns of nothing."""
    said = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=said)
    assert yaml.load(said.getvalue(), Loader=yaml.CSafeLoader) == description


def test_description_is_openapi_3_1(description):
    """The version of the standard, and one way to say who asks."""
    assert description["openapi"].startswith("3.1")
    assert list(description["components"]["securitySchemes"]) == ["apiKey"]


# Signed notes are text.
NOTE = "text/plain; charset=utf-8"
NOTES = ("GET /api/v1/log/checkpoint", "GET /api/v1/log/checkpoints/{size}")
LIST = ["application/json", "application/x-ndjson", "text/csv"]


def operations(description):
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_tells_its_problems(description):
    """Refusals are problems, in the media type of problems; 401 is wherever a key is asked for."""
    for name, operation in operations(description):
        responses = operation["responses"]
        assert operation["summary"], name
        assert {"400", "404"} <= responses.keys(), name
        assert ("401" in responses) == bool(operation.get("security")), name
        for status, response in responses.items():
            kinds = list(response["content"])
            if status[0] in "45":
                assert kinds == ["application/problem+json"], name
            elif name in NOTES:
                assert kinds == [NOTE]
            else:
                assert kinds in (["application/json"], LIST), name


def test_every_proposal_needs_an_idempotency_key(description):
    """The header is described where it is required, and its echo where it comes back."""
    operation = description["paths"]["/api/v1/transactions"]["post"]
    (header,) = [each for each in operation["parameters"] if each["in"] == "header"]
    assert (header["name"], header["required"]) == ("Idempotency-Key", True)
    assert "Idempotency-Replayed" in operation["responses"]["201"]["headers"]


@pytest.mark.django_db
def test_every_transaction_type_can_be_proposed():
    """Each type in force has a form, and each form a type. What crosses a border is proposed as a
    transfer and completed by the software; an opening balance, by the load of its files."""
    others = {*LEAVES_BY.values(), "acquisition", "homecoming", "linked_issuance"}
    others.add("opening_balance")
    codes = set(TransactionType.objects.values_list("code", flat=True))
    assert set(FORMS) == codes - others
    assert others <= codes
    assert TypeInForce.code == "UNKNOWN_TRANSACTION_TYPE"


class Sources(HTMLParser):
    """What a page loads, and what it has in itself."""

    def __init__(self):
        super().__init__()
        self.loaded, self.inline = [], []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ("script", "img"):
            self.loaded.append(given.get("src"))
        if tag == "link":
            self.loaded.append(given["href"])
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.inline.append(tag)


@pytest.mark.django_db
def test_page_loads_nothing_from_elsewhere(client):
    """Swagger UI comes from this node, and keeps to the strict content policy."""
    answer = client.get("/api/v1/docs")
    page = Sources()
    page.feed(answer.content.decode())
    assert page.inline == []
    assert page.loaded
    assert all(source.startswith("/") and not source.startswith("//") for source in page.loaded)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert re.search(r"script-src 'self'(;|$)", policy)
    script = next(source for source in page.loaded if "script=" in source)
    assert client.get(script)["Content-Type"] == "application/javascript"


@pytest.mark.django_db
def test_description_is_served(client, description):
    """The node serves the description that is committed."""
    answer = client.get("/api/v1/schema", headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["paths"].keys() == description["paths"].keys()
    assert (ROOT / "openapi.yaml").is_file()
