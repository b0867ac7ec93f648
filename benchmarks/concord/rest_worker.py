"""One client of the API that makes transfers: one a request, or many by the batch endpoint.

It is no part of what is measured, and therefore little: one connection that is kept, and no Django.
"""

import http.client
import json
import os
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import count

import psycopg2

from benchmarks.choices import Choices
from benchmarks.worker import serve

UNIT = "KAU"
CREATED = (200, 201)


def make_step(number: int, *, lines: int, accounts: int) -> Callable[[], int]:
    """A request with so many lines, which returns how many were carried out."""
    choices = Choices(seed=number, accounts=accounts)
    names = account_numbers()
    keys = count()
    mode = os.environ["BENCH_MODE"]
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["BENCH_PORT"]))
    headers = {
        "Authorization": f"Bearer {os.environ['BENCH_KEY']}",
        "Content-Type": "application/json",
    }

    def line() -> dict[str, str]:
        choice = choices.next()
        return {
            "source": names[choice.source],
            "destination": names[choice.destination],
            "unit_type": UNIT,
            "quantity": str(choice.quantity),
        }

    def step() -> int:
        body = {"type": "delivery", "lines": [line() for _ in range(lines)]}
        path = "/api/v1/transactions"
        if mode:
            path, body["mode"] = "/api/v1/batches", mode
        key = {"Idempotency-Key": f"{os.getpid()} {next(keys)}"}
        status, said = send(connection, path, json.dumps(body), {**headers, **key})
        if status not in CREATED:
            raise SystemExit(f"{status}: {said[:500]}")
        return json.loads(said)["carried_out"] if mode else 1

    return step


def send(
    connection: http.client.HTTPConnection, path: str, body: str, headers: dict[str, str]
) -> tuple[int, bytes]:
    """The status and the body of the answer.

    A server ends a connection that was idle for a while; then the same request is sent again,
    under the same key, so that nothing happens twice.
    """
    for attempt in range(2):
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (ConnectionError, http.client.RemoteDisconnected):
            connection.close()
            if attempt:
                raise
    raise AssertionError("never reached: the second attempt returns or raises")


def account_numbers() -> dict[int, str]:
    """The number of each account by its id."""
    with closing(psycopg2.connect("")) as connected, connected.cursor() as cursor:
        cursor.execute("SELECT id, number FROM registry_account")
        return dict(cursor.fetchall())


def main(number: int) -> None:
    lines = int(os.environ["BENCH_LINES"])
    step = make_step(number, lines=lines, accounts=int(os.environ["BENCH_ACCOUNTS"]))
    serve(step, warm_up=int(os.environ["BENCH_WARM_UP"]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
