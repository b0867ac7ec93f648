-- Standing marks of one exclusive kind share no serial, and nothing else blocks what a waiting
-- transaction has reserved.
-- :figures
SELECT count(*) AS marks FROM registry_mark
WHERE released_at IS NULL AND kind IN ('reservation', 'lien', 'freeze', 'first_transfer')
-- :findings
SELECT 'overlap' AS what, 'registry_mark' AS "table", x.id::text AS row,
    jsonb_build_object('kind', x.kind, 'first', x.first, 'last', x.last,
        'other', x.before[2]) AS data
FROM (
    SELECT id, kind, first, last, max(ARRAY[last, id]) OVER (
        PARTITION BY registry_id, unit_type_id, kind ORDER BY first, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM registry_mark
    WHERE released_at IS NULL AND kind IN ('reservation', 'lien', 'freeze', 'first_transfer')
) x
WHERE x.before[1] >= x.first
