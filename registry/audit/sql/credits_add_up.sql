-- The ranges of use of one purpose (entity, period, factor) have the units that the lines with
-- this purpose ask, and are credited with as many tonnes as these lines, less where they were
-- filled in part.
-- :figures
SELECT coalesce(sum(last - first + 1), 0) AS units, coalesce(sum(credited_tonnes), 0) AS tonnes
FROM registry_use
-- :findings
WITH
-- :part line
, used AS (
    SELECT posting_id AS posting, unit_type_id, coalesce(entity_id, 0) AS entity, period,
        factor_version, sum(last - first + 1) AS units, sum(credited_tonnes) AS tonnes
    FROM registry_use
    GROUP BY posting_id, unit_type_id, entity_id, period, factor_version
), asked AS (
    SELECT l.posting, l.unit_type_id, coalesce(l.entity_id, 0) AS entity, l.period,
        l.factor_version, sum(l.quantity) AS quantity, sum(l.minimum) AS minimum,
        sum(l.tonnes) AS tonnes
    FROM line l JOIN registry_transactiontype y ON y.id = l.type_id AND y.records_use <> ''
    WHERE l.posting IS NOT NULL
    GROUP BY l.posting, l.unit_type_id, l.entity_id, l.period, l.factor_version
)
SELECT CASE WHEN u.posting IS NULL OR a.posting IS NULL OR u.units > a.quantity
        OR u.units < a.minimum THEN 'units' ELSE 'tonnes' END AS what,
    'registry_posting' AS "table", posting::text AS row,
    jsonb_build_object('entity', entity, 'period', period, 'factor', factor_version,
        'units', coalesce(u.units, 0), 'asked', coalesce(a.quantity, 0),
        'tonnes', coalesce(u.tonnes, 0), 'expected', coalesce(a.tonnes, 0)) AS data
FROM used u FULL JOIN asked a USING (posting, unit_type_id, entity, period, factor_version)
WHERE u.posting IS NULL OR a.posting IS NULL OR u.units > a.quantity OR u.units < a.minimum
    OR CASE WHEN u.units = a.quantity THEN u.tonnes <> a.tonnes ELSE u.tonnes > a.tonnes END
UNION ALL
SELECT 'negative', 'registry_use', id::text, jsonb_build_object('tonnes', credited_tonnes)
FROM registry_use WHERE credited_tonnes < 0
