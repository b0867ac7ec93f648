-- Units leave a terminal account only by the reversal of the transaction that brought them
-- there, back to where they came from. The list of terminal kinds is this file's own.
-- :figures
SELECT count(*) AS holdings, coalesce(sum(h.last - h.first + 1), 0) AS units
FROM registry_holding h JOIN registry_account a ON a.id = h.account_id
WHERE h.closed_by_id IS NULL AND a.kind IN ('surrender', 'retirement', 'cancellation',
    'mandatory_cancellation', 'omge_cancellation', 'adaptation_fund', 'conversion')
-- :findings
WITH final AS (
    SELECT id, number FROM registry_account
    WHERE kind IN ('surrender', 'retirement', 'cancellation', 'mandatory_cancellation',
        'omge_cancellation', 'adaptation_fund', 'conversion')
), leaving AS (
    SELECT DISTINCT h.closed_by_id AS posting, t.reverses_id, o.posting_id AS original
    FROM registry_holding h
    JOIN final a ON a.id = h.account_id
    LEFT JOIN registry_posting p ON p.id = h.closed_by_id
    LEFT JOIN registry_transaction t ON t.id = p.transaction_id
    LEFT JOIN registry_transaction o ON o.id = t.reverses_id
    WHERE h.closed_by_id IS NOT NULL
), scope AS (
    SELECT posting AS id FROM leaving
    UNION
    SELECT original FROM leaving WHERE original IS NOT NULL
),
-- :part movement
, gone AS (
    SELECT m.posting, l.original, m.registry_id, m.unit_type_id, m.source,
        coalesce(m.destination, 0) AS destination, m.first, m.last
    FROM movement m
    JOIN leaving l ON l.posting = m.posting
    JOIN final a ON a.id = m.source
    WHERE m.destination IS DISTINCT FROM m.source
), edge AS (
    SELECT g.posting, g.registry_id, g.unit_type_id, g.source, g.destination, e.at, e.change
    FROM gone g, LATERAL (VALUES (g.first, 1), (g.last + 1, -1)) AS e (at, change)
    UNION ALL
    SELECT l.posting, m.registry_id, m.unit_type_id, m.destination, m.source, e.at, -e.change
    FROM movement m JOIN leaving l ON l.original = m.posting,
        LATERAL (VALUES (m.first, 1), (m.last + 1, -1)) AS e (at, change)
    WHERE m.source IS NOT NULL AND m.destination IS NOT NULL
), balance AS (
    SELECT posting, registry_id, unit_type_id, source, destination, at, sum(change) AS change
    FROM edge GROUP BY posting, registry_id, unit_type_id, source, destination, at
), stretch AS (
    SELECT posting, source, unit_type_id, at AS first, lead(at) OVER sorted - 1 AS last,
        sum(change) OVER sorted AS unexplained
    FROM balance
    WINDOW sorted AS (PARTITION BY posting, registry_id, unit_type_id, source, destination
        ORDER BY at)
)
SELECT CASE WHEN l.reverses_id IS NULL THEN 'left' ELSE 'not_returned' END AS what,
    'registry_posting' AS "table", s.posting::text AS row,
    jsonb_build_object('account', a.number, 'unit_type', s.unit_type_id, 'first', s.first,
        'last', s.last, 'reverses', l.reverses_id) AS data
FROM stretch s
JOIN leaving l ON l.posting = s.posting
JOIN final a ON a.id = s.source
WHERE s.unexplained > 0
