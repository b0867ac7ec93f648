"""A person at a node's API: requests by a key, refusals as exceptions."""

import json
import time
import urllib.error
import urllib.request
import uuid
from urllib.parse import urlencode

TIMEOUT_S = 60


class Refused(Exception):
    """A problem document; `code` is that of its first error."""

    def __init__(self, status: int, problem: dict):
        self.status = status
        self.problem = problem
        errors = problem.get("errors") or [{}]
        self.codes = [error.get("code", "") for error in errors]
        said = "; ".join(f"{e.get('code')}: {e.get('detail')}" for e in errors)
        super().__init__(f"{status} {problem.get('title', '')} {said}")

    @property
    def code(self) -> str:
        return self.codes[0]


class Person:
    """Who acts on one node with one key."""

    def __init__(self, address: str, key: str):
        self.address = address
        self.key = key

    def get(self, path: str, **asked: str) -> dict:
        """Raises: Refused, OSError where nobody answers."""
        return self._ask("GET", f"{path}?{urlencode(asked)}" if asked else path)

    def items(self, path: str, **asked: str) -> list[dict]:
        """All of a list, page by page.   Raises: Refused, OSError."""
        page = self.get(path, **asked)
        found = page["items"]
        while page.get("next"):
            page = self.get(page["next"].partition("/api/v1/")[2])
            found += page["items"]
        return found

    def post(self, path: str, body: dict, *, key: str = "") -> dict:
        """`key` makes a repetition harmless; without it the request is one of its own.

        Raises: Refused, OSError.
        """
        return self._ask("POST", path, body, key or str(uuid.uuid4()))

    def _ask(self, method, path, body=None, idempotency_key=""):
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}
        data = None
        if method == "POST":
            data = json.dumps(body).encode()
            headers |= {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
        url = f"{self.address}/api/v1/{path}"
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - own node
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                said = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, _problem(error.read())) from error
        return json.loads(said) if said else {}


def until(asked, *, seconds: float, every: float = 0.2):
    """The first answer that is not empty.   Raises: TimeoutError."""
    end = time.monotonic() + seconds
    while not (found := asked()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:g} s")
        time.sleep(every)
    return found


def _problem(said: bytes) -> dict:
    try:
        return json.loads(said)
    except ValueError:
        return {"title": said[:200].decode(errors="replace")}


def fetch(url: str) -> dict:
    """A published document of a node.   Raises: OSError."""
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:  # noqa: S310 - own nodes
        return json.loads(answer.read())
