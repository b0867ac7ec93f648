"""What stands between two nodes and is not reliable: it loses, doubles, delays, mixes and spoils.

Each node is reached by the others through one of these, at the address in its card. Seeded: the
same seed chooses the same fault for the same number of request; what they meet depends on the
machine.
"""

import contextlib
import http.client
import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TIMEOUT_S = 30
LATE_S = (1.0, 8.0)
SLOW_S = (0.5, 4.0)
PROTOCOL = "/protocol/v1/"
NOT_PASSED_ON = frozenset({"connection", "transfer-encoding", "content-length", "server", "date"})


class Proxy:
    """Passes requests on to a port of this machine, and harms some of the protocol's.

    At first none; `harmed` counts by fault.
    """

    def __init__(self, port: int, to: int, *, seed: str):
        self.to, self.rate = to, 0.0
        self.harmed, self.passed = Counter(), 0
        self._chosen, self._choosing = random.Random(seed), threading.Lock()  # noqa: S311
        self.faults = {
            "lost": self._lose,
            "unanswered": self._leave_unanswered,
            "doubled": self._double,
            "late": self._delay,
            "replayed": self._replay,
            "slow": self._slow,
            "corrupted": self._corrupt,
            "failing": self._fail,
        }
        self._serving = None
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        return self._server.server_port

    def start(self) -> None:
        self._serving = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._serving.start()

    def stop(self) -> None:
        # Whoever stops before all has begun would wait for a loop that never ran.
        if self._serving is not None:
            self._server.shutdown()
        self._server.server_close()

    def harm(self, rate: float) -> None:
        """From now on so many of the requests meet a fault: 0 none, 1 all."""
        self.rate = rate

    def answer(self, method, path, headers, body):
        """(status, headers, body) of an answer, or None where the connection just ends."""
        fault, request = self.choose(path), (method, path, headers, body)
        return self.faults[fault](request) if fault else self._forward(request)

    def choose(self, path):
        """The name of the fault that the next request meets, or None."""
        with self._choosing:
            self.passed += 1
            is_harmed = path.startswith(PROTOCOL) and self._chosen.random() < self.rate
            fault = self._chosen.choice(sorted(self.faults)) if is_harmed else None
            if fault:
                self.harmed[fault] += 1
            return fault

    def _forward(self, request):
        method, path, headers, body = request
        connection = http.client.HTTPConnection("127.0.0.1", self.to, timeout=TIMEOUT_S)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except (OSError, http.client.HTTPException):
            # The node does not answer, and so does its proxy.
            return None
        finally:
            connection.close()

    def _later(self, request, between):
        with self._choosing:
            seconds = self._chosen.uniform(*between)
        timer = threading.Timer(seconds, self._forward, [request])
        timer.daemon = True
        timer.start()

    def _lose(self, _request):
        return None

    def _leave_unanswered(self, request):
        self._forward(request)

    def _double(self, request):
        self._forward(request)
        return self._forward(request)

    def _delay(self, request):
        """The sender hears nothing and goes on; what it said comes after what it says next."""
        self._later(request, LATE_S)

    def _replay(self, request):
        self._later(request, LATE_S)
        return self._forward(request)

    def _slow(self, request):
        with self._choosing:
            seconds = self._chosen.uniform(*SLOW_S)
        threading.Event().wait(seconds)
        return self._forward(request)

    def _corrupt(self, request):
        method, path, headers, body = request
        if body:
            with self._choosing:
                place = self._chosen.randrange(len(body))
            body = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        return self._forward((method, path, headers, body))

    def _fail(self, _request):
        return 500, [("Content-Type", "text/plain")], b"out of order"

    def _handler(self):
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.pass_on("GET")

            def do_POST(self):
                self.pass_on("POST")

            def pass_on(self, method):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                said = proxy.answer(method, self.path, self.headers.items(), body or None)
                self.close_connection = True
                if said is None:
                    return
                # Whoever asked may have been killed meanwhile.
                with contextlib.suppress(OSError):
                    self.say(*said)

            def say(self, status, headers, data):
                self.send_response_only(status)
                for name, value in headers:
                    if name.lower() not in NOT_PASSED_ON:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_words):
                """Nothing is written."""

        return Handler
