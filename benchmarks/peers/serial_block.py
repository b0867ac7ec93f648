"""L: a hand-written SQL function for one transfer of serials, driven by pgbench."""

from benchmarks import choices, pgbench
from benchmarks.contender import PEERS, Contender
from benchmarks.server import Server
from benchmarks.tally import Tally

TRANSFER = f"SELECT transfer(:source, :destination, {choices.UNIT_TYPE}, :quantity);"

RULES = {
    "units more or less than issued": (
        f"SELECT coalesce(sum(upper(serials) - lower(serials)), 0) - {choices.ACCOUNTS}::bigint "
        f"* {choices.BLOCK} FROM block"
    ),
    "balances that differ from the blocks": """
        SELECT count(*) FROM balance FULL JOIN (
            SELECT account_id, unit_type, sum(upper(serials) - lower(serials)) AS held
            FROM block GROUP BY 1, 2
        ) AS blocks USING (account_id, unit_type)
        WHERE coalesce(quantity, 0) <> coalesce(held, 0)""",
    "overlapping blocks": """
        SELECT count(*) FROM (
            SELECT lower(serials) < lag(upper(serials)) OVER (
                PARTITION BY unit_type ORDER BY lower(serials)) AS shared FROM block
        ) AS neighbours WHERE shared""",
    "transfers whose entries do not sum to zero": """
        SELECT count(*) FROM (
            SELECT transfer.id FROM transfer LEFT JOIN entry ON entry.transfer_id = transfer.id
            GROUP BY transfer.id HAVING coalesce(sum(entry.quantity), 1) <> 0
        ) AS unbalanced""",
}


def load_tables(server: Server, database: str) -> None:
    """The tables with a thousand accounts, each holding one block of a hundred million."""
    server.query(database, (PEERS / "serial_block_tables.sql").read_text())
    server.query(
        database,
        f"""
        INSERT INTO account SELECT number FROM generate_series(1, {choices.ACCOUNTS}) AS number;
        INSERT INTO block (account_id, unit_type, serials)
            SELECT id, {choices.UNIT_TYPE},
                int8range((id - 1) * {choices.BLOCK} + 1, id * {choices.BLOCK} + 1) FROM account;
        INSERT INTO balance SELECT id, {choices.UNIT_TYPE}, {choices.BLOCK} FROM account;
        """,
    )


class SerialBlock(Contender):
    """What the database can do for a transfer of serials with nothing above it."""

    name = "l"
    title = "L: SQL function, serial blocks, GiST exclusion (pgbench, 8 clients)"
    rules = RULES

    def load(self, database: str) -> None:
        load_tables(self.server, database)
        self.server.query(database, (PEERS / "serial_block_transfer.sql").read_text())

    def run(self, database: str, *, seconds: int) -> Tally:
        script = choices.pgbench_script(TRANSFER)
        return pgbench.drive(self.server, database, script, seconds=seconds)

    def recorded(self, database: str) -> int:
        return self.server.query(database, "SELECT count(*) FROM transfer")[0][0]
