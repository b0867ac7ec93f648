"""Webhooks: what is told, how it is signed, where it is never sent, and what happens on failure."""

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import connection
from django.utils import timezone

from registry import sending
from registry.models import Position, StoredAnswer, WebhookEndpoint
from registry.posting import sequence
from registry.services import webhooks
from tests.world import moved, stock

LOOPBACK = ["127.0.0.0/8"]


@contextmanager
def receiver(*statuses):
    """A server that answers with these statuses in turn, then with 204, and keeps what it got."""
    got, left = [], list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((dict(self.headers), body))
            self.send_response(left.pop(0) if left else 204)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook?a=b", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def inside(settings, monkeypatch):
    """Webhooks may be sent to this machine."""
    monkeypatch.setitem(settings.CONCORD, "WEBHOOK_NETWORKS", LOOPBACK)


@pytest.fixture
def posted(world):
    """Two postings with positions."""
    stock(world, operator_a=10)
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 1)
    sequence(10)
    return Position.objects.count()


def told(at=None):
    """One round of the workers."""
    at = at or timezone.now()
    webhooks.fill_outbox(at=at)
    return [webhooks.deliver(pk, clock=lambda: at) for pk in webhooks.due(at=at)]


def test_postings_are_told_once_and_signed(auditor, posted, inside):
    """Each posting in its order, with a signature that a receiver's library verifies."""
    with receiver() as (url, got):
        made = auditor.post("webhooks", {"url": url, "after": "0"})
        assert made.status_code == 201, made.content
        assert told() == [posted]
        assert told() == []
    key = base64.b64decode(made.json()["secret"].removeprefix("whsec_"))
    positions = []
    for headers, body in got:
        sent = {name.lower(): value for name, value in headers.items()}
        base = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
        right = base64.b64encode(hmac.new(key, base, hashlib.sha256).digest()).decode()
        assert sent["webhook-signature"] == f"v1,{right}"
        positions.append(json.loads(body)["data"]["position"])
    assert positions == [str(number + 1) for number in range(posted)]
    ids = [headers["webhook-id"] for headers, _body in got]
    assert len(set(ids)) == posted


def test_secret_is_in_no_table(auditor, posted, inside):
    """It is derived from the node's; the answer that is kept is without it."""
    made = auditor.post("webhooks", {"url": "https://example.org/x"}, key="w")
    again = auditor.post("webhooks", {"url": "https://example.org/x"}, key="w")
    secret = made.json()["secret"]
    assert again.json() == {**made.json(), "secret": None}
    assert secret.encode() not in b"".join(bytes(row.body) for row in StoredAnswer.objects.all())
    rotated = auditor.post(f"webhooks/{made.json()['id']}/rotation", {})
    assert rotated.json()["secret"] not in (None, secret)


def test_from_now_on(auditor, posted, inside, world):
    """Without a position nothing old is told."""
    with receiver() as (url, got):
        auditor.post("webhooks", {"url": url})
        assert told() == []
        moved(world, world.at_home.operator_a, world.at_home.operator_b, 1)
        sequence(10)
        assert told() == [1]
    assert len(got) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://localhost/",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "https://example.org/a b",
        "ftp://example.org/",
        "https:///x",
        "file:///etc/passwd",
        "x",
    ],
)
def test_addresses_inside_are_refused(auditor, url):
    """Neither the node itself, nor its neighbours, nor anything that is not https."""
    answer = auditor.post("webhooks", {"url": url})
    assert (answer.status_code, answer.json()["code"]) == (400, "WEBHOOK_ADDRESS_REFUSED")
    assert WebhookEndpoint.objects.count() == 0


def test_name_that_leads_inside_is_refused_when_it_is_used(auditor, posted, monkeypatch):
    """What a name resolves to is looked at each time; one address inside is enough."""
    asked = []

    def resolve(host, port, type):
        asked.append(host)
        return [
            (2, 1, 6, "", ("93.184.216.34", port)),
            (2, 1, 6, "", ("127.0.0.1", port)),
        ]

    auditor.post("webhooks", {"url": "https://rebinding.example/", "after": "0"})
    monkeypatch.setattr(sending.socket, "getaddrinfo", resolve)
    assert told() == [0]
    delivery = WebhookEndpoint.objects.get().deliveries.order_by("position").first()
    assert asked == ["rebinding.example"]
    assert "127.0.0.1 is not an address of the public network" in delivery.problem


def test_connection_goes_to_the_address_that_was_looked_at(monkeypatch):
    """The name is not resolved a second time."""
    connected = []

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(sending.socket, "create_connection", connect)
    to = sending.Target("https", "name.example", 443, "/", "93.184.216.34")
    with pytest.raises(sending.NotSent):
        sending.post(to, body=b"{}", headers={})
    assert connected == [("93.184.216.34", 443)]


def test_failures_are_tried_again_later(auditor, posted, inside):
    """What was not taken comes again after a while; the others do not wait for it."""
    with receiver(500) as (url, got):
        number = auditor.post("webhooks", {"url": url, "after": "0"}).json()["id"]
        at = timezone.now()
        assert told(at) == [0]
        assert told(at + timedelta(seconds=4)) == [posted - 1]
        waits = auditor.get(f"webhooks/{number}/deliveries").json()["items"][0]
        assert waits["problem"] == "HTTP 500"
        assert (waits["attempts"], waits["delivered_at"]) == (1, None)
        assert auditor.get(f"webhooks/{number}").json()["failing_since"] is None
        assert told(at + timedelta(seconds=6)) == [1]
    assert len(got) == posted + 1


def test_endpoint_that_takes_nothing_is_disabled(auditor, posted, inside, world):
    """After three days; a replay tells everything and enables it."""
    with receiver() as (url, _got):
        pass
    number = auditor.post("webhooks", {"url": url, "after": "0"}).json()["id"]
    at = timezone.now()
    assert told(at) == [0]
    assert auditor.get(f"webhooks/{number}").json()["failing_since"]
    assert told(at + timedelta(days=3, seconds=60)) == [0]
    assert auditor.get(f"webhooks/{number}").json()["disabled_at"]
    assert told(at + timedelta(days=4)) == []
    with receiver() as (url, got):
        WebhookEndpoint.objects.update(url=url)
        auditor.post(f"webhooks/{number}/replay", {"after": "1"})
        assert told(at + timedelta(days=5)) == [posted]
    assert len(got) == posted


def test_replay_tells_again_under_the_same_id(auditor, posted, inside):
    """A receiver knows by the id what it has had."""
    with receiver() as (url, got):
        number = auditor.post("webhooks", {"url": url, "after": "0"}).json()["id"]
        told()
        auditor.post(f"webhooks/{number}/replay", {"after": "0"})
        told()
    ids = [headers["webhook-id"] for headers, _body in got]
    assert ids == ids[:posted] * 2


def test_disabled_endpoint_is_told_nothing(auditor, posted, inside):
    with receiver() as (url, got):
        number = auditor.post("webhooks", {"url": url, "after": "0"}).json()["id"]
        answer = auditor.post(f"webhooks/{number}/deactivation", {})
        assert answer.json()["disabled_at"]
        assert told() == []
    assert got == []


def test_webhooks_are_one_s_own(auditor, administrator_1, inside):
    """Nobody sees or changes another's."""
    number = auditor.post("webhooks", {"url": "https://example.org/"}).json()["id"]
    assert administrator_1.get("webhooks").json()["items"] == []
    for answer in (
        administrator_1.get(f"webhooks/{number}"),
        administrator_1.post(f"webhooks/{number}/rotation", {}),
        administrator_1.post(f"webhooks/{number}/replay", {"after": "0"}),
        administrator_1.post(f"webhooks/{number}/deactivation", {}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_WEBHOOK")


def test_nothing_is_sent_inside_a_transaction(fresh_database, world, inside, monkeypatch):
    """A slow receiver holds no lock of the database."""
    stock(world, operator_a=10)
    sequence(10)
    open_while_sent = []

    def post(to, *, body, headers):
        open_while_sent.append(connection.in_atomic_block)
        return 204

    monkeypatch.setattr(sending, "post", post)
    webhooks.add_webhook(actor=world.auditor, url="http://127.0.0.1/", at=world.at, after=0)
    assert told() == [1]
    assert open_while_sent == [False]


def test_feed(auditor, posted, world):
    """Postings in the node's order from a position on, and where to ask next."""
    first = auditor.get("feed?limit=1").json()
    assert [item["position"] for item in first["items"]] == ["1"]
    rest = auditor.get(f"feed?after={first['position']}").json()
    assert [item["position"] for item in rest["items"]] == [str(n) for n in range(2, posted + 1)]
    end = auditor.get(f"feed?after={rest['position']}").json()
    assert end == {"items": [], "position": str(posted)}
    assert auditor.get(rest["items"][0]["movements"]).json()["items"]


def test_feed_waits(auditor, posted, world, monkeypatch):
    """Until there is more, and not for ever."""
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        if len(slept) == 2:
            moved(world, world.at_home.operator_a, world.at_home.operator_b, 1)
            sequence(10)

    monkeypatch.setattr("registry.api.views.feed.time.sleep", sleep)
    answer = auditor.get(f"feed?after={posted}&wait_s=20").json()
    assert [item["position"] for item in answer["items"]] == [str(posted + 1)]
    assert len(slept) == 2


def test_feed_of_another_registry(world, posted, description):
    """Who may read another registry only is told of nothing here, and goes on all the same."""
    from registry.services.api_keys import issue_key
    from registry.services.people import add_person, give_role
    from tests.api.conftest import ApiClient

    person = add_person(actor=world.system, username="elsewhere", display_name="Elsewhere")
    give_role(
        actor=world.system,
        person_id=person.pk,
        role="administrator",
        registry_id=world.neighbour.pk,
    )
    key = issue_key(actor=world.system, person_id=person.pk, label="k", at=world.at)
    answer = ApiClient(description, key.text).get("feed").json()
    assert answer == {"items": [], "position": str(posted)}


def test_redirects_are_not_followed(auditor, posted, inside):
    """Where an answer points to was not looked at."""
    with receiver(302) as (url, got):
        number = auditor.post("webhooks", {"url": url, "after": "0"}).json()["id"]
        assert told() == [0]
        waits = auditor.get(f"webhooks/{number}/deliveries").json()["items"][0]
    assert (waits["problem"], len(got)) == ("HTTP 302", 1)
