-- A checkpoint covers each posting within 60 seconds after it was recorded, as receipts promise.
-- A checkpoint covers all leaves below its size; the first one that does counts.
-- :figures
SELECT count(*) AS postings,
    (SELECT coalesce(max(size), 0) FROM registry_checkpoint) AS covered
FROM registry_posting
-- :findings
WITH covered AS (
    SELECT x.posting_id, x.at FROM (
        SELECT y.posting_id, min(y.at) OVER (
            ORDER BY y.place DESC, y.posting_id NULLS FIRST ROWS UNBOUNDED PRECEDING) AS at
        FROM (
            SELECT index AS place, posting_id, NULL::timestamptz AS at FROM registry_logleaf
            UNION ALL
            SELECT size - 1, NULL, at FROM registry_checkpoint
        ) y
    ) x
    WHERE x.posting_id IS NOT NULL
)
SELECT CASE WHEN c.at IS NULL THEN 'uncovered' ELSE 'late' END AS what,
    'registry_posting' AS "table", p.id::text AS row,
    jsonb_build_object('log_by', p.recorded_at + interval '60 seconds', 'at', c.at) AS data
FROM registry_posting p LEFT JOIN covered c ON c.posting_id = p.id
WHERE coalesce(c.at, transaction_timestamp()) > p.recorded_at + interval '60 seconds'
