-- Where the type of a transaction records use, the ranges of use are exactly the ranges that
-- moved, of the kind that the type says; elsewhere there is no use.
-- :figures
SELECT count(*) AS uses, coalesce(sum(last - first + 1), 0) AS units FROM registry_use
-- :findings
WITH recording AS (
    SELECT p.id, y.records_use
    FROM registry_posting p
    JOIN registry_transaction t ON t.id = p.transaction_id
    JOIN registry_transactiontype y ON y.id = t.type_id
    WHERE y.records_use <> ''
), scope AS (SELECT id FROM recording),
-- :part movement
, edge AS (
    SELECT m.posting, m.registry_id, m.unit_type_id, e.at, e.change
    FROM movement m, LATERAL (VALUES (m.first, 1), (m.last + 1, -1)) AS e (at, change)
    WHERE m.source IS DISTINCT FROM m.destination
    UNION ALL
    SELECT s.posting_id, s.registry_id, s.unit_type_id, e.at, -e.change
    FROM registry_use s JOIN scope ON scope.id = s.posting_id,
        LATERAL (VALUES (s.first, 1), (s.last + 1, -1)) AS e (at, change)
), difference AS (
    SELECT posting, registry_id, unit_type_id, at, sum(change) AS change
    FROM edge GROUP BY posting, registry_id, unit_type_id, at HAVING sum(change) <> 0
), stretch AS (
    SELECT posting, unit_type_id, at AS first, lead(at) OVER sorted - 1 AS last,
        sum(change) OVER sorted AS excess
    FROM difference
    WINDOW sorted AS (PARTITION BY posting, registry_id, unit_type_id ORDER BY at)
)
SELECT CASE WHEN excess > 0 THEN 'not_recorded' ELSE 'not_moved' END AS what,
    'registry_posting' AS "table", posting::text AS row,
    jsonb_build_object('unit_type', unit_type_id, 'first', first, 'last', last) AS data
FROM stretch WHERE excess <> 0
UNION ALL
SELECT CASE WHEN r.id IS NULL THEN 'not_foreseen' ELSE 'kind' END,
    'registry_use', s.id::text,
    jsonb_build_object('posting', s.posting_id, 'kind', s.kind, 'foreseen', r.records_use,
        'first', s.first, 'last', s.last)
FROM registry_use s LEFT JOIN recording r ON r.id = s.posting_id
WHERE r.id IS NULL OR s.kind <> r.records_use
