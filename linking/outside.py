"""A node as somebody sees it who has an address and a key that reads: its lists, by REST."""

import json
from urllib.parse import urlencode

from linking import gateway
from linking.errors import failure
from registry.errors import Unavailable

API = "/api/v1/"


class Outside:
    """Reads one node. Raises, wherever it reads: Unavailable (NODE_NOT_READ)."""

    def __init__(self, url: str, secret: str):
        self.url, self._secret = url.rstrip("/"), secret

    def hosted(self) -> list[str]:
        """The codes of the registries that the node keeps."""
        return [row["code"] for row in self._items("registries") if row["hosted"]]

    def unit_types(self, registry: str) -> list[str]:
        return [row["code"] for row in self._items("unit-types", registry=registry)]

    def partner_account(self, registry: str, partner: str) -> str | None:
        """The number of the account of a registry that stands for a partner."""
        rows = self._items("accounts", registry=registry, kind="partner")
        return next((row["number"] for row in rows if row["stands_for"] == partner), None)

    def held(self, **asked: str) -> list[tuple[int, int]]:
        """The runs that are held, by account, registry or unit type."""
        return [_run(row) for row in self._items("holdings", **asked)]

    def transfers(self, state: str) -> list[dict]:
        return self._items("transfers", state=state)

    def moved(self, transaction: str, unit_type: str) -> list[tuple[int, int]]:
        """The runs that a completed transaction has moved."""
        rows = self._items(f"transactions/{transaction}/movements")
        return [_run(row) for row in rows if row["block"]["unit_type"] == unit_type]

    def _items(self, path, **asked):
        page = self._get(f"{API}{path}?{urlencode({**asked, 'limit': '1000'})}")
        found = page["items"]
        while page.get("next"):
            # The address of the next page is this node's, whatever name it has for itself.
            page = self._get(API + page["next"].partition(API)[2])
            found += page["items"]
        return found

    def _get(self, path):
        try:
            answer = gateway.read(self.url, path, secret=self._secret)
            if answer.status == 200:
                return json.loads(answer.body)
            reason = f"HTTP {answer.status} {path}"
        except (gateway.NoAnswer, ValueError) as error:
            reason = str(error)[:200]
        raise Unavailable(failure("PEER_DOES_NOT_ANSWER", peer=self.url, reason=reason))


def _run(row):
    return int(row["block"]["first"]), int(row["block"]["last"])
