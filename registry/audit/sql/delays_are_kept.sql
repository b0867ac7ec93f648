-- A delayed transaction has the moment when it is due, no earlier than its proposer asked. What
-- was to wait has waited: it was completed when it was due, and before it expired.
-- :figures
SELECT count(*) FILTER (WHERE status = 30) AS delayed,
    count(*) FILTER (WHERE status IN (4, 20) AND due_at IS NOT NULL) AS waited
FROM registry_transaction
-- :findings
SELECT x.what, 'registry_transaction' AS "table", x.id::text AS row,
    jsonb_build_object('due', x.due_at, 'completed', x.recorded_at, 'expires', x.expires_at,
        'asked', x.execute_at) AS data
FROM (
    SELECT t.*, p.recorded_at, CASE
        WHEN t.status = 30 AND t.due_at IS NULL THEN 'no_moment'
        WHEN t.due_at < t.execute_at THEN 'before_asked'
        WHEN t.status IN (4, 20) AND t.due_at IS NULL
            AND (y.delay = 'always' OR t.execute_at IS NOT NULL) THEN 'not_delayed'
        WHEN p.recorded_at < t.due_at THEN 'early'
        WHEN p.recorded_at >= t.expires_at THEN 'late'
        END AS what
    FROM registry_transaction t
    JOIN registry_transactiontype y ON y.id = t.type_id
    LEFT JOIN registry_posting p ON p.id = t.posting_id
) x
WHERE x.what IS NOT NULL
