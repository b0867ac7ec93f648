"""schemathesis sends what the description allows, and what it does not, to a node over HTTP.

Each operation is asked with an administrator's key, and with an auditor's in the slow runs, on its
own. No answer is the node's failure, and each is one that the description tells of. The seed is
fixed.
"""

import json
import re
from zlib import crc32

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests import databases
from tests.api.conftest import ROOT
from tests.serving import served

WHO = ("administrator_1", "auditor")
by_key = pytest.mark.parametrize(
    "who", ["administrator_1", pytest.param("auditor", marks=pytest.mark.slow)]
)
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.missing_required_header,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.allow_header_conformance,
]
# They answer 200 and tell of each of many lines what is wrong with it.
ONE_BY_ONE = {"/api/v1/batches", "/api/v1/batches/dry-run", "/api/v1/settlements"}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"}
# What the names of parameters and members stand for in the world of the tests.
KNOWN = {
    "registry": "KR-ETRS",
    "unit_type": "KAU",
    "kind": "operator",
    "quantity": "1",
    "first": "1",
    "last": "10",
    "person": "auditor",
    "holder": "KR-OPERATOR-A",
    "entity": "KR-OPERATOR-A",
    "number": "1",
    "position": "1",
    "size": "1",
    "index": "0",
    "code": "KR",
}
ACCOUNTS = ("account", "source", "destination")


def described(*, modes, coverage=False):
    """The committed description. In these modes values are valid, or also wrong on purpose."""
    said = {
        "generation": {"mode": modes},
        # A node may say that it can not do something yet; the description tells of it.
        "checks": {"not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]}},
        "phases": {"coverage": {"enabled": coverage}, "examples": {"enabled": coverage}},
    }
    config = schemathesis.Config.from_dict(said)
    return schemathesis.openapi.from_path(str(ROOT / "openapi.yaml"), config=config)


def known(value, name=""):
    """The value with half of its texts replaced by what exists, always the same half."""
    if isinstance(value, dict):
        return {key: known(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [known(item, name) for item in value]
    if isinstance(value, str) and name in KNOWN and crc32(f"{name} {value}".encode()) % 2:
        return KNOWN[name]
    return value


@schemathesis.serializer(
    "application/x-ndjson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
)
def file(context, value):
    """Files are bytes; whatever else is drawn is one line of JSON."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


wrong = described(modes="all")
valid = described(modes="positive")
everything = described(modes="all", coverage=True)
for name in ("map_query", "map_path_parameters", "map_body"):
    valid.hook(name)(lambda context, value: known(value))


@pytest.fixture(scope="module")
def node(django_db_setup, django_db_blocker):
    """The address of a node in which operator A has units, and keys by who has them."""
    from registry import facts
    from registry.models import Account
    from registry.services.api_keys import issue_key
    from tests.world import make_world, stock

    with django_db_blocker.unblock(), databases.fresh():
        facts.forget()
        world = make_world()
        stock(world, operator_a=1_000_000)
        numbers = dict(Account.objects.values_list("pk", "number"))
        KNOWN.update(dict.fromkeys(ACCOUNTS, numbers[world.at_home.operator_a]))
        KNOWN["destination"] = numbers[world.at_home.operator_b]
        keys = {
            who: issue_key(
                actor=world.system,
                person_id=getattr(world, who).person_id,
                label=who,
                at=world.at,
            ).text
            for who in WHO
        }
        with served() as address, requests.Session() as session:
            yield address, session, keys


def ask(case, who, node):
    """Send the case and hold the answer against the description."""
    address, session, keys = node
    headers = {"Authorization": f"Bearer {keys[who]}"}
    if re.fullmatch("[0-9]{1,19}", str((case.query or {}).get("wait_s", ""))):
        # It is not waited for what may happen.
        case.query["wait_s"] = "0"
    is_told_by_line = case.operation.path in ONE_BY_ONE
    case.call_and_validate(
        base_url=address,
        session=session,
        headers=headers,
        checks=CHECKS,
        excluded_checks=[checks.negative_data_rejection] if is_told_by_line else [],
    )


def examples(count):
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@by_key
@wrong.parametrize()
@examples(2)
def test_any_request_is_answered_as_described(case, who, node):
    """Values of every kind, right and wrong."""
    ask(case, who, node)


@by_key
@valid.parametrize()
@examples(4)
def test_requests_about_what_exists(case, who, node):
    """Right values, many of which name what is there."""
    ask(case, who, node)


@pytest.mark.slow
@everything.parametrize()
@examples(10)
def test_each_boundary(case, node):
    """Also each boundary that the description has, one by one."""
    ask(case, "administrator_1", node)


@pytest.mark.slow
def test_methods_that_are_not_described(node, description):
    """405, as a problem, with the methods that there are; whatever else is wrong."""
    address, session, keys = node
    headers = {"Authorization": f"Bearer {keys['administrator_1']}"}
    for path, item in description["paths"].items():
        there = {method.upper() for method in item}
        for method in sorted(METHODS - there):
            given = address + path.replace("{", "").replace("}", "")
            answer = session.request(method, f"{given}?nonsense=1", headers=headers)
            assert answer.status_code == 405, f"{method} {path}: {answer.text}"
            assert answer.json()["code"] == "METHOD_NOT_ALLOWED"
            assert there <= set(answer.headers["Allow"].split(", "))
