-- Leaves run from 0 without a gap, and postings are logged once, in the order of their positions,
-- within a minute.
-- :figures
SELECT count(*) AS leaves, coalesce(max(index) + 1, 0) AS head,
    (SELECT count(*) FROM registry_position) - count(*) FILTER (WHERE kind = 'posting') AS waiting
FROM registry_logleaf
-- :findings
SELECT 'gap' AS what, 'registry_logleaf' AS "table", x.index::text AS row,
    jsonb_build_object('before', x.before) AS data
FROM (
    SELECT l.index, lag(l.index, 1, -1::bigint) OVER (ORDER BY l.index) AS before
    FROM registry_logleaf l
) x
WHERE x.index <> x.before + 1
UNION ALL
SELECT CASE WHEN x.position IS NULL THEN 'no_position' WHEN x.times > 1 THEN 'twice'
        ELSE 'order' END,
    'registry_logleaf', x.index::text,
    jsonb_build_object('posting', x.posting_id, 'position', x.position,
        'position_before', x.position_before)
FROM (
    SELECT l.index, l.posting_id, q.position,
        lag(q.position, 1, 0::bigint) OVER (ORDER BY l.index) AS position_before,
        row_number() OVER (PARTITION BY l.posting_id ORDER BY l.index) AS times
    FROM registry_logleaf l LEFT JOIN registry_position q ON q.posting_id = l.posting_id
    WHERE l.kind = 'posting'
) x
WHERE x.position IS NULL OR x.times > 1 OR x.position <> x.position_before + 1
UNION ALL
SELECT 'missing', 'registry_posting', q.posting_id::text,
    jsonb_build_object('position', q.position, 'instant', q.instant)
FROM registry_position q
LEFT JOIN registry_logleaf l ON l.posting_id = q.posting_id
WHERE l.index IS NULL AND q.instant < transaction_timestamp() - interval '1 minute'
