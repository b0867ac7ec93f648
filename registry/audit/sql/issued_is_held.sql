-- In its own registry, the open holdings of a unit type cover exactly the serials that were
-- issued here: nothing lost, nothing added. Both sides are reduced to the edges of what they
-- cover, in one sorted pass; then the edges are swept, and stretches where the sides differ remain.
-- :figures
SELECT u.code AS of, i.units AS issued, coalesce(h.units, 0) AS held
FROM registry_unittype u
JOIN (
    SELECT unit_type_id, sum(last - first + 1) AS units FROM registry_issuance
    WHERE posting_id IS NOT NULL GROUP BY unit_type_id
) i ON i.unit_type_id = u.id
LEFT JOIN (
    SELECT registry_id, unit_type_id, sum(last - first + 1) AS units FROM registry_holding
    WHERE closed_by_id IS NULL GROUP BY registry_id, unit_type_id
) h ON h.unit_type_id = u.id AND h.registry_id = u.registry_id
ORDER BY u.code
-- :findings
WITH block AS (
    SELECT h.unit_type_id, true AS held, h.first, h.last
    FROM registry_holding h
    JOIN registry_unittype u ON u.id = h.unit_type_id AND u.registry_id = h.registry_id
    WHERE h.closed_by_id IS NULL
    UNION ALL
    SELECT unit_type_id, false, first, last FROM registry_issuance WHERE posting_id IS NOT NULL
), follows AS (
    SELECT unit_type_id, held, first, last,
        max(last) OVER (sorted ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
        lead(first) OVER sorted IS NULL AS final
    FROM block
    WINDOW sorted AS (PARTITION BY unit_type_id, held ORDER BY first)
), edge AS (
    SELECT f.unit_type_id, e.at,
        sum(e.change) FILTER (WHERE f.held) AS held,
        sum(e.change) FILTER (WHERE NOT f.held) AS issued
    FROM follows f, LATERAL (
        SELECT f.first AS at, 1 AS change
        WHERE f.before IS NULL OR f.before < f.first - 1
        UNION ALL
        SELECT f.before + 1, -1 WHERE f.before < f.first - 1
        UNION ALL
        SELECT greatest(f.before, f.last) + 1, -1 WHERE f.final
    ) e
    WHERE f.final OR f.before IS NULL OR f.before < f.first - 1
    GROUP BY f.unit_type_id, e.at
), stretch AS (
    SELECT unit_type_id, at AS first, lead(at) OVER sorted - 1 AS last,
        coalesce(sum(held) OVER sorted, 0) AS held,
        coalesce(sum(issued) OVER sorted, 0) AS issued
    FROM edge
    WINDOW sorted AS (PARTITION BY unit_type_id ORDER BY at)
)
SELECT 'lost' AS what, 'registry_issuance' AS "table", (
        SELECT i.id FROM registry_issuance i
        WHERE i.unit_type_id = s.unit_type_id AND i.last >= s.first
        ORDER BY i.last LIMIT 1)::text AS row,
    jsonb_build_object('unit_type', u.code, 'first', s.first, 'last', s.last,
        'units', s.last - s.first + 1) AS data
FROM stretch s JOIN registry_unittype u ON u.id = s.unit_type_id
WHERE s.issued > 0 AND s.held = 0
UNION ALL
SELECT 'added', 'registry_holding', (
        SELECT h.id FROM registry_holding h
        WHERE h.registry_id = u.registry_id AND h.unit_type_id = s.unit_type_id
            AND h.closed_by_id IS NULL AND h.first <= s.first
        ORDER BY h.first DESC LIMIT 1)::text,
    jsonb_build_object('unit_type', u.code, 'first', s.first, 'last', s.last,
        'units', s.last - s.first + 1)
FROM stretch s JOIN registry_unittype u ON u.id = s.unit_type_id
WHERE s.held > 0 AND s.issued = 0
