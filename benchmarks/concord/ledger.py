"""What must hold in Concord's ledger after every run, asked in SQL that shares nothing with it.

The full audit is `manage.py check_ledger`; these few rules are what a measure may not lose.
"""

from benchmarks.server import Server

OPEN = "FROM registry_holding WHERE closed_by_id IS NULL"

RULES = {
    "units more or less than issued": f"""
        SELECT (SELECT coalesce(sum(last - first + 1), 0) {OPEN})
            - (SELECT coalesce(sum(last - first + 1), 0) FROM registry_issuance)""",
    "overlapping holdings": f"""
        SELECT count(*) FROM (
            SELECT first <= lag(last) OVER (
                PARTITION BY registry_id, unit_type_id ORDER BY first) AS shared {OPEN}
        ) AS neighbours WHERE shared""",
    "postings whose holdings do not balance": """
        SELECT count(*) FROM (
            SELECT posting FROM (
                SELECT opened_by_id AS posting, last - first + 1 AS units FROM registry_holding
                UNION ALL
                SELECT closed_by_id, -(last - first + 1) FROM registry_holding
                WHERE closed_by_id IS NOT NULL
                UNION ALL
                SELECT posting_id, -(last - first + 1) FROM registry_issuance
            ) AS changes GROUP BY posting HAVING sum(units) <> 0
        ) AS unbalanced""",
    "completed transactions without their posting": """
        SELECT count(*) FROM registry_transaction
        LEFT JOIN registry_posting ON registry_posting.id = registry_transaction.posting_id
        WHERE status = 4 AND registry_posting.id IS NULL""",
    "accounts that did not gain what the lines say": """
        SELECT count(*) FROM (
            SELECT posting, account, sum(units) AS gained FROM (
                SELECT opened_by_id AS posting, account_id AS account, last - first + 1 AS units
                FROM registry_holding
                UNION ALL
                SELECT closed_by_id, account_id, first - last - 1 FROM registry_holding
                WHERE closed_by_id IS NOT NULL
            ) AS changes GROUP BY posting, account
        ) AS held
        FULL JOIN (
            SELECT posting, account, sum(units) AS asked FROM (
                SELECT posting_id AS posting, destination_id AS account, quantity AS units
                FROM registry_transaction t
                JOIN registry_transactionline l ON l.transaction_id = t.id WHERE t.status = 4
                UNION ALL
                SELECT posting_id, source_id, -quantity FROM registry_transaction t
                JOIN registry_transactionline l ON l.transaction_id = t.id
                WHERE t.status = 4 AND l.source_id IS NOT NULL
            ) AS lines GROUP BY posting, account
        ) AS wanted USING (posting, account)
        WHERE coalesce(gained, 0) <> coalesce(asked, 0)""",
}


def moved_lines(server: Server, database: str) -> int:
    """How many lines completed transactions have that are no issuance."""
    statement = """
        SELECT count(*) FROM registry_transactionline l
        JOIN registry_transaction t ON t.id = l.transaction_id
        WHERE t.status = 4 AND l.source_id IS NOT NULL"""
    return server.query(database, statement)[0][0]
