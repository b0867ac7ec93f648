"""What requests of the API are spared, and what of it they keep."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import api_requests
from registry.models import Person
from tests.signing_in import sign_in

UNIT_TYPES = "/api/v1/unit-types"


def test_a_session_means_nothing_to_the_api(world, client):
    """Who is signed in at the pages is nobody here: no session is read, no cookie is set."""
    sign_in(client, Person.objects.get(pk=world.administrator_1.person_id))
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(UNIT_TYPES)
    assert (answer.status_code, answer.json()["code"]) == (401, "NO_ACTOR")
    assert not answer.cookies
    assert not any("session" in query["sql"] for query in asked)


def test_answers_are_never_shown_as_pages(client):
    """What a browser is told of every answer, also of a refusal."""
    answer = client.get(UNIT_TYPES, headers={"accept-language": "ko"})
    for name, value in api_requests.HEADERS.items():
        assert answer[name] == value
    assert answer["Content-Language"] == "ko"
    assert "Accept-Language" in answer["Vary"]
    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_documentation_is_a_page(client):
    """It runs scripts and styles of the node, which the policy of answers forbids."""
    for path in api_requests.PAGES:
        answer = client.get(path)
        assert answer.status_code == 200
        assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_other_hosts_are_refused(client):
    """A name that is not the node's reaches no resource."""
    answer = client.get(UNIT_TYPES, headers={"host": "elsewhere.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize("first", ["security", "health"])
def test_stands_behind_what_is_for_every_request(first):
    """Watching and TLS come first; whatever comes after is for pages."""
    names = settings.MIDDLEWARE
    own = names.index("config.api_requests.Middleware")
    assert any(first in name for name in names[:own])
    assert not any("session" in name or "csrf" in name for name in names[:own])
