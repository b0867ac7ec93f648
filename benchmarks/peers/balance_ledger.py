"""A ledger of balances without serials, in pgledger's manner, driven by pgbench."""

from benchmarks import choices, pgbench
from benchmarks.contender import PEERS, Contender
from benchmarks.tally import Tally

RULES = {
    "units more or less than issued": (
        f"SELECT sum(balance) - {choices.ACCOUNTS}::bigint * {choices.BLOCK} FROM account"
    ),
    "accounts whose balance is not their last entry": f"""
        SELECT count(*) FROM account LEFT JOIN LATERAL (
            SELECT current_balance, account_version FROM entry
            WHERE entry.account_id = account.id ORDER BY account_version DESC LIMIT 1
        ) AS latest ON true
        WHERE balance <> coalesce(current_balance, {choices.BLOCK})
            OR version <> coalesce(account_version, 0)""",
    "entries that share a version of an account": """
        SELECT count(*) FROM (
            SELECT 1 FROM entry GROUP BY account_id, account_version HAVING count(*) > 1
        ) AS shared""",
    "transfers whose entries do not sum to zero": """
        SELECT count(*) FROM (
            SELECT transfer.id FROM transfer LEFT JOIN entry ON entry.transfer_id = transfer.id
            GROUP BY transfer.id HAVING coalesce(sum(entry.amount), 1) <> 0
        ) AS unbalanced""",
}


class BalanceLedger(Contender):
    """What is left of the work when units have no serials."""

    name = "balance"
    title = "balance ledger in pgledger's manner, no serials (pgbench, 8 clients)"
    rules = RULES

    def load(self, database: str) -> None:
        self.server.query(database, (PEERS / "balance_ledger.sql").read_text())
        self.server.query(
            database,
            f"""
            INSERT INTO account
                SELECT number, 'KAU', {choices.BLOCK}, 0, false, now(), now()
                FROM generate_series(1, {choices.ACCOUNTS}) AS number
            """,
        )

    def run(self, database: str, *, seconds: int) -> Tally:
        script = choices.pgbench_script("SELECT transfer(:source, :destination, :quantity);")
        return pgbench.drive(self.server, database, script, seconds=seconds)

    def recorded(self, database: str) -> int:
        return self.server.query(database, "SELECT count(*) FROM transfer")[0][0]
