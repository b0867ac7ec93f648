-- Positions run from 1 without a gap, instants never go back, and each position is that of one
-- posting that exists.
-- :figures
SELECT count(*) AS positions, coalesce(max(position), 0) AS head FROM registry_position
-- :findings
SELECT CASE WHEN x.posting IS NULL THEN 'no_posting' WHEN x.position <> x.before + 1 THEN 'gap'
        WHEN x.placed > 1 THEN 'twice' ELSE 'instant' END AS what,
    'registry_position' AS "table", x.position::text AS row,
    jsonb_build_object('position', x.position, 'before', x.before, 'posting', x.posting_id)
        AS data
FROM (
    SELECT o.position, o.posting_id, o.instant, p.id AS posting,
        lag(o.position, 1, 0::bigint) OVER sorted AS before,
        lag(o.instant) OVER sorted AS instant_before,
        row_number() OVER (PARTITION BY o.posting_id ORDER BY o.position) AS placed
    FROM registry_position o LEFT JOIN registry_posting p ON p.id = o.posting_id
    WINDOW sorted AS (ORDER BY o.position)
) x
WHERE x.posting IS NULL OR x.position <> x.before + 1 OR x.instant < x.instant_before
    OR x.placed > 1
