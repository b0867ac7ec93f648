-- A transaction begins as waiting where approvals are needed, else as delayed where it has to wait,
-- else as completed. Its events go from each state to one that may follow it, and end in the state that it says it is in.
-- :figures
SELECT (SELECT count(*) FROM registry_transaction) AS transactions,
    (SELECT count(*) FROM registry_transactionevent) AS events
-- :findings
WITH begun AS (
    SELECT id, status, CASE WHEN approvals_needed > 0 THEN 0 WHEN due_at IS NOT NULL THEN 30
        ELSE 4 END AS first
    FROM registry_transaction
), step AS (
    SELECT id, transaction_id, status, person_id, lag(status) OVER sorted AS before,
        lead(id) OVER sorted IS NULL AS ends
    FROM registry_transactionevent
    WINDOW sorted AS (PARTITION BY transaction_id ORDER BY id)
)
SELECT CASE WHEN b.id IS NULL THEN 'no_transaction' ELSE 'step' END AS what,
    'registry_transactionevent' AS "table", s.id::text AS row,
    jsonb_build_object('transaction', s.transaction_id,
        'before', coalesce(s.before, b.first), 'status', s.status) AS data
FROM step s LEFT JOIN begun b ON b.id = s.transaction_id
WHERE b.id IS NULL OR (coalesce(s.before, b.first), s.status) NOT IN (
    (0, 4), (0, 5), (0, 6), (0, 7), (0, 30), (0, -1),
    (30, 4), (30, 5), (30, 40), (30, -1),
    (4, 20))
UNION ALL
SELECT 'other_state', 'registry_transaction', b.id::text,
    jsonb_build_object('status', b.status, 'event', coalesce(s.status, b.first))
FROM begun b LEFT JOIN step s ON s.transaction_id = b.id AND s.ends
WHERE coalesce(s.status, b.first) <> b.status
UNION ALL
SELECT 'no_person', 'registry_transactionevent', s.id::text,
    jsonb_build_object('transaction', s.transaction_id, 'person', s.person_id)
FROM step s LEFT JOIN registry_person p ON p.id = s.person_id
WHERE p.id IS NULL
