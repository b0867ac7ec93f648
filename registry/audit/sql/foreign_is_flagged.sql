-- A holding is flagged as foreign exactly when another registry issued its unit type.
-- :figures
SELECT count(*) FILTER (WHERE NOT is_foreign) AS home_holdings,
    count(*) FILTER (WHERE is_foreign) AS foreign_holdings
FROM registry_holding
-- :findings
SELECT CASE WHEN u.id IS NULL THEN 'no_unit_type' WHEN h.is_foreign THEN 'home'
        ELSE 'foreign' END AS what,
    'registry_holding' AS "table", h.id::text AS row,
    jsonb_build_object('registry', h.registry_id,
        'unit_type', coalesce(u.code, h.unit_type_id::text)) AS data
FROM registry_holding h LEFT JOIN registry_unittype u ON u.id = h.unit_type_id
WHERE u.id IS NULL OR h.is_foreign <> (u.registry_id <> h.registry_id)
