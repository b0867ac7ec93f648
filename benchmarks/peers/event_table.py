"""A ledger whose state is the newest event of each block, in the manner of UNDP's registry."""

import json
import threading

from benchmarks import choices, databases, processes
from benchmarks.contender import PEERS, Contender
from benchmarks.tally import Tally

from .event_table_transfer import NothingToSell, transfer

ROWS = 101_000
PAIRS = 5

# Each account's block of issue, then its transfers: the part kept under the same id, the part
# passed on under a new one, each with all that the ledger says of a block.
HISTORY = f"""
    INSERT INTO event (data, meta)
    SELECT jsonb_build_object(
        'creditBlockId', format('CA0001-KAU-%s', account),
        'serialNumber', format('CA0001-KAU-KR-%s-2025', account),
        'itmoSerial', null, 'vintage', '2025', 'txType', 'ISSUE', 'txData', '{{}}'::jsonb,
        'accountType', 'Holding', 'isNotTransferred', true, 'itmoAuthorizationRecord', null,
        'ownerCompanyId', account::text, 'previousOwnerCompanyId', null,
        'start', (account - 1) * {choices.BLOCK} + 1,
        'creditAmount', {choices.BLOCK}, 'reservedCreditAmount', 0
    ), '{{}}' FROM generate_series(1, {choices.ACCOUNTS}::bigint) AS account;

    INSERT INTO event (data, meta)
    SELECT CASE WHEN kept THEN data || jsonb_build_object(
            'txType', 'RETAIN', 'creditAmount', {choices.BLOCK} - turn)
        ELSE data || jsonb_build_object(
            'txType', 'TRANSFER', 'creditAmount', 1,
            'start', (data->>'start')::bigint + {choices.BLOCK} - turn,
            'creditBlockId', format('%s-%s', data->>'creditBlockId', turn),
            'ownerCompanyId',
            (((data->>'ownerCompanyId')::int + turn) % {choices.ACCOUNTS} + 1)::text)
        END, '{{}}'
    FROM generate_series(1, ({ROWS} - {choices.ACCOUNTS}) / 2 / {choices.ACCOUNTS}) AS turn,
        (VALUES (true), (false)) AS parts (kept), event
    ORDER BY turn;
"""


class EventTable(Contender):
    """Reads the whole table for each transfer, and reads and writes in two transactions.

    It is not safe: two transfers that read at the same time both spend what they saw. Units that
    appear or vanish are counted here, and are no failure of the run.
    """

    name = "events"
    title = f"event table in UNDP's manner, {ROWS:,} rows (8 processes)"

    def load(self, database: str) -> None:
        self.server.query(database, (PEERS / "event_table.sql").read_text())
        self.server.query(database, HISTORY)

    def prepare(self) -> None:
        super().prepare()
        spent = self.pairs_that_both_succeed()
        self.note = f'not safe: {spent} of {PAIRS} pairs of "600 of 1,000" both succeeded'

    def run(self, database: str, *, seconds: int) -> Tally:
        return processes.drive(
            "benchmarks.peers.event_table_worker",
            environment=self.server.environment(database),
            seconds=seconds,
        )

    def recorded(self, database: str) -> int:
        statement = "SELECT count(*) FROM event WHERE data->>'txType' = 'TRANSFER'"
        return self.server.query(database, statement)[0][0]

    def pairs_that_both_succeed(self) -> int:
        """Let pairs of transfers each ask for 600 of the same 1,000 units at one moment."""
        database = f"{self.database}_pairs"
        databases.copy(self.server, self.template, database)
        sold = [self._race(database, seller=f"seller {number}") for number in range(PAIRS)]
        databases.drop(self.server, database)
        return sold.count(2)

    def _race(self, database: str, *, seller: str) -> int:
        """How many of two buyers were told that they got 600 units of the seller's 1,000."""
        block = {"creditBlockId": seller, "ownerCompanyId": seller, "start": 1}
        event = json.dumps({**block, "creditAmount": 1_000})
        self.server.query(database, f"INSERT INTO event (data, meta) VALUES ('{event}', '{{}}')")
        barrier = threading.Barrier(2)
        sold = []

        def buy(buyer: str) -> None:
            connected = self.server.connect(database)
            try:
                barrier.wait()
                transfer(connected, source=seller, destination=buyer, quantity=600)
                sold.append(buyer)
            except NothingToSell:
                pass
            finally:
                connected.close()

        threads = [threading.Thread(target=buy, args=(buyer,)) for buyer in ("1", "2")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(sold)
