-- Every holding lies inside the issuance that it names and carries its unit type and vintage.
-- :figures
SELECT count(*) AS holdings, coalesce(sum(last - first + 1), 0) AS units FROM registry_holding
-- :findings
SELECT CASE WHEN i.id IS NULL THEN 'no_issuance'
        WHEN i.unit_type_id <> h.unit_type_id THEN 'unit_type'
        WHEN i.vintage_from <> h.vintage_from THEN 'vintage'
        ELSE 'outside' END AS what,
    'registry_holding' AS "table", h.id::text AS row,
    jsonb_build_object('first', h.first, 'last', h.last, 'issuance', h.issuance_id,
        'unit_type', h.unit_type_id, 'vintage', h.vintage_from, 'issued_first', i.first,
        'issued_last', i.last, 'issued_vintage', i.vintage_from) AS data
FROM registry_holding h LEFT JOIN registry_issuance i ON i.id = h.issuance_id
WHERE i.id IS NULL OR i.unit_type_id <> h.unit_type_id OR i.vintage_from <> h.vintage_from
    OR h.first < i.first OR h.last > i.last OR h.last < h.first
