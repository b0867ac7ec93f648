-- Where a blocking mark stands, its account holds the units: nothing has moved them since.
-- :figures
SELECT count(*) AS marks, coalesce(sum(last - first + 1), 0) AS units
FROM registry_mark
WHERE released_at IS NULL AND kind IN ('reservation', 'lien', 'freeze')
-- :findings
WITH standing AS (
    SELECT id, kind, registry_id, unit_type_id, account_id, first, last
    FROM registry_mark
    WHERE released_at IS NULL AND kind IN ('reservation', 'lien', 'freeze')
), block AS (
    SELECT registry_id, unit_type_id, account_id, true AS marked, first, last FROM standing
    UNION ALL
    SELECT registry_id, unit_type_id, account_id, false, first, last
    FROM registry_holding
    WHERE closed_by_id IS NULL
        AND (account_id, unit_type_id) IN (SELECT account_id, unit_type_id FROM standing)
), edge AS (
    SELECT b.registry_id, b.unit_type_id, b.account_id, e.at,
        sum(e.change) FILTER (WHERE b.marked) AS marked,
        sum(e.change) FILTER (WHERE NOT b.marked) AS held
    FROM block b, LATERAL (VALUES (b.first, 1), (b.last + 1, -1)) AS e (at, change)
    GROUP BY b.registry_id, b.unit_type_id, b.account_id, e.at
), stretch AS (
    SELECT registry_id, unit_type_id, account_id, at AS first,
        lead(at) OVER sorted - 1 AS last, coalesce(sum(marked) OVER sorted, 0) AS marked,
        coalesce(sum(held) OVER sorted, 0) AS held
    FROM edge
    WINDOW sorted AS (PARTITION BY registry_id, unit_type_id, account_id ORDER BY at)
)
SELECT 'not_held' AS what, 'registry_mark' AS "table", m.id::text AS row,
    jsonb_build_object('kind', m.kind, 'account', coalesce(a.number, m.account_id::text),
        'first', greatest(s.first, m.first), 'last', least(s.last, m.last)) AS data
FROM stretch s
JOIN standing m ON (m.registry_id, m.unit_type_id, m.account_id)
    = (s.registry_id, s.unit_type_id, s.account_id)
    AND m.first <= s.last AND m.last >= s.first
LEFT JOIN registry_account a ON a.id = m.account_id
WHERE s.marked > 0 AND s.held <= 0
