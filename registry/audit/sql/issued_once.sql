-- The issuances of a unit type share no serial, lie in range, and have an interval as vintage.
-- :figures
SELECT count(*) AS issuances, coalesce(sum(last - first + 1), 0) AS units
FROM registry_issuance
-- :findings
SELECT 'overlap' AS what, 'registry_issuance' AS "table", x.id::text AS row,
    jsonb_build_object('unit_type', x.unit_type_id, 'first', x.first, 'last', x.last,
        'other', x.before[2]) AS data
FROM (
    SELECT i.id, i.unit_type_id, i.first, i.last, max(ARRAY[i.last, i.id]) OVER (
        PARTITION BY i.unit_type_id ORDER BY i.first, i.id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM registry_issuance i
) x
WHERE x.before[1] >= x.first
UNION ALL
SELECT CASE WHEN u.id IS NULL THEN 'no_unit_type'
        WHEN i.vintage_to > i.vintage_from THEN 'range' ELSE 'vintage' END,
    'registry_issuance', i.id::text,
    jsonb_build_object('unit_type', i.unit_type_id, 'first', i.first, 'last', i.last)
FROM registry_issuance i LEFT JOIN registry_unittype u ON u.id = i.unit_type_id
WHERE u.id IS NULL OR i.first < 1 OR i.last < i.first OR i.last > 1000000000000
    OR i.vintage_to <= i.vintage_from
