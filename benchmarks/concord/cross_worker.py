"""Makes transfers inside a registry and over a link in turn; prints what each cost in SQL.

Both are proposed by one person and approved by another; over the link the other registry then
takes the units in. The time is that of the processor in the server's process, to the nanosecond:
what else runs on the machine does not count.
"""

import json
import os
import sys
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402 - after the setup

from benchmarks.choices import CLIENTS  # noqa: E402
from benchmarks.concord.links_market import AT  # noqa: E402
from benchmarks.concord.market import actor  # noqa: E402
from linking.services.carry import carry  # noqa: E402
from linking.services.plan import Order  # noqa: E402
from linking.services.transfer import transfer  # noqa: E402
from registry.lines import Line  # noqa: E402
from registry.models import Transaction, UnitType  # noqa: E402
from registry.services.approve import approve  # noqa: E402
from registry.services.transfer import transfer as domestic  # noqa: E402

UNITS = 10
WARM_UP = 5


class Meter:
    """Statements while it is on, and the server's milliseconds of each kind."""

    def __init__(self, server: int):
        self.server, self.statements, self.kinds = server, 0, {}

    def __call__(self, execute, sql, params, many, context):
        began = server_ms(self.server)
        try:
            return execute(sql, params, many, context)
        finally:
            count, total = self.kinds.get(sql, (0, 0.0))
            self.kinds[sql] = count + 1, total + server_ms(self.server) - began
            self.statements += 1


def server_ms(process: int) -> float:
    """Processor time of the server's process for this connection so far."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1_000_000


def _approve(transaction_id: int) -> None:
    payload_hash = Transaction.objects.values_list("payload_hash", flat=True).get(pk=transaction_id)
    approve(
        actor=actor("administrator 2"),
        transaction_id=transaction_id,
        payload_hash=bytes(payload_hash),
        at=AT,
    )


def inside(key: str, unit_type: int) -> None:
    lines = [Line(1, 2, unit_type, UNITS)]
    made = domestic(actor=actor("administrator 1"), lines=lines, key=key, at=AT)
    _approve(made.transaction_id)


def across(key: str, unit_type: int) -> None:
    order = Order(3, 3 + CLIENTS, unit_type, UNITS)
    made = transfer(actor=actor("administrator 1"), order=order, key=key, at=AT).transfer
    _approve(made.source_transaction_id)
    carry(made.pk, at=AT)


def main(turns: int) -> None:
    unit_type = UnitType.objects.get(code="CEA").pk
    found = {name: {"ms": [], "statements": []} for name in ("domestic", "cross")}
    kinds = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (server,) = cursor.fetchone()
    for turn in range(turns + WARM_UP):
        for name, make in (("domestic", inside), ("cross", across)):
            meter, began = Meter(server), server_ms(server)
            with connection.execute_wrapper(meter):
                make(f"{os.getpid()} {name} {turn}", unit_type)
            if turn >= WARM_UP:
                found[name]["ms"].append(server_ms(server) - began)
                found[name]["statements"].append(meter.statements)
                kinds = meter.kinds if name == "cross" else kinds
    if os.environ.get("BENCH_STATEMENTS"):
        for sql, (count, ms) in sorted(kinds.items(), key=lambda item: -item[1][1]):
            print(f"{ms:8.3f} ms {count:3d} {sql[:150]}", file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
