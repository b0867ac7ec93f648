"""What must hold in Concord's ledger after every run, asked in SQL that shares nothing with it.

The full audit is `manage.py check_ledger`; these few rules are what a measure may not lose.
"""

from benchmarks.contender import nonzero
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
    "lines whose units did not reach the account": """
        SELECT count(*) FROM (
            SELECT l.transaction_id, l.destination_id, sum(l.quantity) AS asked
            FROM registry_transactionline l
            JOIN registry_transaction t ON t.id = l.transaction_id
            WHERE t.status = 4 GROUP BY 1, 2
        ) AS asked
        JOIN registry_transaction t ON t.id = asked.transaction_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(last - first + 1) FILTER (
                    WHERE opened_by_id = t.posting_id), 0)
                - coalesce(sum(last - first + 1) FILTER (
                    WHERE closed_by_id = t.posting_id), 0) AS gained
            FROM registry_holding WHERE account_id = asked.destination_id
                AND (opened_by_id = t.posting_id OR closed_by_id = t.posting_id)
        ) AS reached
        WHERE t.id NOT IN (
            SELECT transaction_id FROM registry_transactionline
            WHERE source_id = asked.destination_id)
            AND gained <> asked""",
}


def violations(server: Server, database: str) -> list[str]:
    """The rules that are broken, with how often."""
    return nonzero(server, database, RULES)


def moved_lines(server: Server, database: str) -> int:
    """How many lines completed transactions have that are no issuance."""
    statement = """
        SELECT count(*) FROM registry_transactionline l
        JOIN registry_transaction t ON t.id = l.transaction_id
        WHERE t.status = 4 AND l.source_id IS NOT NULL"""
    return server.query(database, statement)[0][0]
