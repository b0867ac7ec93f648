"""What stands between nodes in `make chaos` harms messages as it says, and nothing else."""

import http.client
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from federation.proxy import PROTOCOL, Proxy


@pytest.fixture(scope="module")
def node():
    """What answers each request with its number; `heard` are the bodies, in order."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "1")
            self.end_headers()
            self.wfile.write(b"%d" % len(heard))

        def log_message(self, *_words):
            """Nothing is written."""

    heard = []
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.heard = heard
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(node, monkeypatch):
    """The proxy of the node, whose faults take no time."""
    monkeypatch.setattr("federation.proxy.LATE_S", (0.0, 0.01))
    monkeypatch.setattr("federation.proxy.SLOW_S", (0.0, 0.0))
    node.heard.clear()
    made = Proxy(0, node.server_port, seed="7")
    made.start()
    yield made
    made.stop()


def post(proxy, path=PROTOCOL + "messages", body=b"hello"):
    """(status, body) of the answer; None where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
    try:
        connection.request("POST", path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def only(proxy, fault):
    """From now on every message meets this fault."""
    proxy.faults = {fault: proxy.faults[fault]}
    proxy.harm(1.0)


def test_what_is_not_harmed_passes_as_it_is(proxy, node):
    """At first nothing is, and what is not of the protocol never is."""
    assert post(proxy) == (200, b"1")
    proxy.harm(1.0)
    assert post(proxy, "/readyz") == (200, b"2")
    assert node.heard == [b"hello", b"hello"]
    assert (proxy.passed, sum(proxy.harmed.values())) == (2, 0)


@pytest.mark.parametrize(
    ("fault", "answer", "heard"),
    [
        ("lost", None, 0),
        ("unanswered", None, 1),
        ("doubled", (200, b"2"), 2),
        ("late", None, 1),
        ("replayed", (200, b"1"), 2),
        ("slow", (200, b"1"), 1),
        ("failing", (500, b"out of order"), 0),
    ],
    ids=["lost", "unanswered", "doubled", "late", "replayed", "slow", "failing"],
)
def test_fault_does_what_its_name_says(proxy, node, fault, answer, heard):
    only(proxy, fault)
    assert post(proxy) == answer
    deadline = time.monotonic() + 5
    while len(node.heard) < heard and time.monotonic() < deadline:
        time.sleep(0.01)
    assert node.heard == [b"hello"] * heard
    assert proxy.harmed == {fault: 1}


def test_corrupted_message_differs_in_one_place(proxy, node):
    only(proxy, "corrupted")
    assert post(proxy) == (200, b"1")
    (body,) = node.heard
    assert sum(one != other for one, other in zip(body, b"hello", strict=True)) == 1


def test_same_seed_chooses_the_same_faults(node):
    """By the number of the request, whoever sends it."""
    made = [Proxy(0, node.server_port, seed="3") for _ in range(2)]
    chosen = []
    for each in made:
        each.start()
        each.harm(0.5)
        chosen.append([each.choose(PROTOCOL) for _ in range(40)])
        each.stop()
    assert chosen[0] == chosen[1]
    assert len(set(chosen[0])) > 4
