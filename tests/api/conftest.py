"""A client of the API that holds every answer against the committed OpenAPI description."""

import itertools
import json
from contextlib import contextmanager, nullcontext
from pathlib import Path

import jsonschema
import pytest
import yaml
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve

NUMBERS = itertools.count(1)
ROOT = Path(__file__).parents[2]


class ApiClient:
    """Requests with one person's key; each answer must be one that the description tells of."""

    def __init__(self, description, key=None):
        self.description = description
        self.key = key
        self.client = Client(raise_request_exception=False)

    def get(self, path, query=None, **headers):
        return self.request("GET", path, query=query, headers=headers)

    def post(self, path, body=None, *, key="new", text=None, media_type="application/json", **more):
        """`text` is sent as it is instead of a body as JSON; `key` is the idempotency key: one of
        its own when not given, and none at all when it is None."""
        key = f"key {next(NUMBERS)}" if key == "new" else key
        headers = {**more, **({} if key is None else {"idempotency-key": key})}
        data = json.dumps(body) if text is None else text
        return self.request("POST", path, data=data, headers=headers, media_type=media_type)

    def request(self, method, path, *, query=None, data="", headers=None, media_type=""):
        headers = dict(headers or {})
        if self.key is not None:
            headers.setdefault("authorization", f"Bearer {self.key}")
        address = path if path.startswith("/") else f"/api/v1/{path}"
        with as_alone():
            answer = self.client.generic(
                method,
                address,
                data,
                content_type=media_type or "application/octet-stream",
                query_params=query,
                headers=headers,
            )
            if answer.status_code >= 500 and connection.in_atomic_block:
                transaction.set_rollback(True)
        self.check(method, address.partition("?")[0], answer)
        return answer

    def check(self, method, path, answer):
        """The status, the media type and the body are those of the description."""
        route = "/" + resolve(path).route.replace("<str:", "{").replace(">", "}")
        operation = self.description["paths"].get(route, {}).get(method.lower())
        if answer.status_code == 304:
            return
        if operation is None:
            schema, media_type = {"$ref": "#/components/schemas/Problem"}, PROBLEM
            assert answer.status_code in (401, 404, 405), answer.content
        else:
            told = operation["responses"].get(str(answer.status_code))
            assert told, f"{method} {route} does not tell of {answer.status_code}: {answer.content}"
            media_type = answer["Content-Type"]
            if media_type.startswith("text/csv"):
                media_type = "text/csv"
            assert media_type in told["content"], answer["Content-Type"]
            schema = told["content"][media_type]["schema"]
        if media_type == "application/x-ndjson" or media_type == "text/csv":
            return
        assert answer["Content-Type"] == media_type
        jsonschema.Draft202012Validator(
            {**schema, "components": self.description["components"]}
        ).validate(answer.json() if "json" in media_type else answer.content.decode())


@contextmanager
def as_alone():
    """A refused statement ends a transaction; in a test that rolls back, only a part of it."""
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        yield


PROBLEM = "application/problem+json"


@pytest.fixture(scope="session")
def description():
    """The committed description; another test holds it against the code."""
    return yaml.load((ROOT / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader)


@pytest.fixture
def keys(world):
    """One key of each person of the world, and a second one of administrator 1."""
    from registry.services.api_keys import issue_key

    people = {
        "administrator_1": world.administrator_1,
        "administrator_1_second": world.administrator_1,
        "administrator_2": world.administrator_2,
        "auditor": world.auditor,
    }
    return {
        name: issue_key(actor=world.system, person_id=actor.person_id, label=name, at=world.at).text
        for name, actor in people.items()
    }


@pytest.fixture
def as_person(description, keys):
    """as_person("auditor") is a client with the auditor's key."""
    return lambda name: ApiClient(description, keys[name])


@pytest.fixture
def administrator_1(as_person):
    return as_person("administrator_1")


@pytest.fixture
def administrator_2(as_person):
    return as_person("administrator_2")


@pytest.fixture
def auditor(as_person):
    return as_person("auditor")


@pytest.fixture
def anonymous(description):
    return ApiClient(description)


@pytest.fixture
def managers(description, world):
    """Two system administrators as clients."""
    from registry.services.api_keys import issue_key
    from tests.type_versions import system_administrators

    return [
        ApiClient(
            description,
            issue_key(
                actor=world.system,
                person_id=actor.person_id,
                label="rules",
                at=world.at,
            ).text,
        )
        for actor in system_administrators()
    ]


@pytest.fixture
def numbers(world):
    """Account numbers by their names in the world: numbers("operator_a")."""
    from registry.models import Account

    found = dict(Account.objects.values_list("pk", "number"))
    return lambda name, place="at_home": found[getattr(getattr(world, place), name)]
