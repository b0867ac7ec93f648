"""One client of the API that makes transfers: one a request, or many by the batch endpoint.

It is no part of what is measured, and shares the processors with it. So it does little, as pgbench
does: one connection that is kept, requests of which all but names and numbers is made beforehand,
and of an answer its status, its length and what was carried out.
"""

import os
import re
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import count

import psycopg2

from benchmarks.choices import Choices
from benchmarks.worker import serve

UNIT = "KAU"
CREATED = (b"200", b"201")
LARGEST_READ = 2**18
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
CARRIED_OUT = re.compile(rb'"carried_out": *(\d+)')
LINE = b'{"source":"%b","destination":"%b","unit_type":"' + UNIT.encode() + b'","quantity":"%d"}'


class Connection:
    """One connection to the server, kept from request to request."""

    def __init__(self, port: int):
        self.port = port
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> tuple[bytes, bytes]:
        """The status and the body of the answer.

        A server ends a connection that was idle for a while; then the same request is sent again,
        under the same key, so that nothing happens twice.
        """
        try:
            return self._ask(request)
        except ConnectionError:
            self.socket.close()
            self.open()
            return self._ask(request)

    def _ask(self, request: bytes) -> tuple[bytes, bytes]:
        self.socket.sendall(request)
        head = self._read()
        while b"\r\n\r\n" not in head:
            head += self._read()
        head, _blank, body = head.partition(b"\r\n\r\n")
        length = LENGTH.search(head + b"\r\n")
        if length is None:
            raise SystemExit(f"an answer without a length: {head[:500]}")
        parts, missing = [body], int(length[1]) - len(body)
        while missing > 0:
            parts.append(self._read())
            missing -= len(parts[-1])
        return head[9:12], b"".join(parts)

    def _read(self) -> bytes:
        found = self.socket.recv(LARGEST_READ)
        if not found:
            raise ConnectionResetError
        return found


def make_step(number: int, *, lines: int, accounts: int) -> Callable[[], int]:
    """A request with so many lines, which returns how many were carried out."""
    choices = Choices(seed=number, accounts=accounts)
    names = account_numbers()
    keys = count()
    mode = os.environ["BENCH_MODE"]
    connection = Connection(int(os.environ["BENCH_PORT"]))
    opening, head = frame(mode)
    process = os.getpid()

    def line() -> bytes:
        choice = choices.next()
        return LINE % (names[choice.source], names[choice.destination], choice.quantity)

    def step() -> int:
        body = opening + b",".join([line() for _ in range(lines)]) + b"]}"
        key = b"%d %d" % (process, next(keys))
        status, answer = connection.send(head % (len(body), key) + body)
        if status not in CREATED:
            raise SystemExit(f"{status}: {answer[:500]}")
        return int(CARRIED_OUT.search(answer)[1]) if mode else 1

    return step


def frame(mode: str) -> tuple[bytes, bytes]:
    """What stands before the lines of a body, and the head with places for its length and key."""
    path = "/api/v1/batches" if mode else "/api/v1/transactions"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {os.environ['BENCH_KEY']}\r\n"
    )
    said = f'"mode":"{mode}",' if mode else ""
    opening = f'{{{said}"type":"delivery","lines":['
    return opening.encode(), head.encode() + b"Content-Length: %d\r\nIdempotency-Key: %b\r\n\r\n"


def account_numbers() -> dict[int, bytes]:
    """The number of each account by its id, as bytes."""
    with closing(psycopg2.connect("")) as connected, connected.cursor() as cursor:
        cursor.execute("SELECT id, number FROM registry_account")
        return {pk: number.encode() for pk, number in cursor}


def main(number: int) -> None:
    lines = int(os.environ["BENCH_LINES"])
    step = make_step(number, lines=lines, accounts=int(os.environ["BENCH_ACCOUNTS"]))
    serve(step, warm_up=int(os.environ["BENCH_WARM_UP"]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
