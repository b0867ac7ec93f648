-- Open holdings of a unit type share no serial within a registry. Sorted by their first serial,
-- each must begin after everything before it has ended.
-- :figures
SELECT count(*) AS holdings, coalesce(sum(last - first + 1), 0) AS units
FROM registry_holding WHERE closed_by_id IS NULL
-- :findings
SELECT 'overlap' AS what, 'registry_holding' AS "table", x.id::text AS row,
    jsonb_build_object('registry', x.registry_id, 'unit_type', x.unit_type_id,
        'first', x.first, 'last', x.last, 'other', x.before[2],
        'other_last', x.before[1]) AS data
FROM (
    SELECT h.id, h.registry_id, h.unit_type_id, h.first, h.last,
        max(ARRAY[h.last, h.id]) OVER (
            PARTITION BY h.registry_id, h.unit_type_id ORDER BY h.first, h.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM registry_holding h
    WHERE h.closed_by_id IS NULL
) x
WHERE x.before[1] >= x.first
