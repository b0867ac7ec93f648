-- The sum by which credits are rounded is that of the units of all uses that were not given back.
-- :figures
SELECT count(*) AS entities, coalesce(sum(units), 0) AS units FROM linking_unitsused
-- :findings
WITH used AS (
    SELECT d.outcome ->> 'edge' AS edge_id, d.outcome ->> 'factor' AS factor,
        (d.request -> 'request' ->> 'entity')::bigint AS entity_id,
        d.request -> 'request' ->> 'period' AS period,
        sum((d.outcome ->> 'consumed')::bigint) AS units
    FROM linking_storeddecision d
    WHERE d.kind = 'use'
        AND NOT EXISTS (SELECT FROM linking_release r WHERE r.decision_id = d.id)
    GROUP BY 1, 2, 3, 4
)
SELECT CASE WHEN s.id IS NULL THEN 'missing' ELSE 'differs' END AS what,
    'linking_unitsused' AS "table", coalesce(s.id::text, edge_id) AS row,
    jsonb_build_object('edge', edge_id, 'entity', entity_id, 'period', period,
        'units', coalesce(s.units, 0), 'used', coalesce(u.units, 0)) AS data
FROM linking_unitsused s FULL JOIN used u USING (edge_id, factor, entity_id, period)
WHERE coalesce(s.units, 0) <> coalesce(u.units, 0)
