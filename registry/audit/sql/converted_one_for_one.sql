-- A conversion issues, of each type, as many units as it puts into accounts of converted units
-- of the types that convert to it; everything that it moves goes into such accounts.
-- :figures
SELECT count(DISTINCT p.id) AS postings, coalesce(sum(i.last - i.first + 1), 0) AS units
FROM registry_posting p LEFT JOIN registry_issuance i ON i.posting_id = p.id
WHERE p.kind = 'convert'
-- :findings
WITH scope AS (SELECT id FROM registry_posting WHERE kind = 'convert'),
-- :part movement
, ended AS (
    SELECT m.posting, u.converts_to_id AS unit_type_id, m.unit_type_id AS from_id,
        a.kind, m.last - m.first + 1 AS units
    FROM movement m
    JOIN registry_unittype u ON u.id = m.unit_type_id
    LEFT JOIN registry_account a ON a.id = m.destination
    WHERE m.source IS NOT NULL AND m.source IS DISTINCT FROM m.destination
), balance AS (
    SELECT posting, unit_type_id, sum(ended) AS ended, sum(issued) AS issued
    FROM (
        SELECT posting, unit_type_id, units AS ended, 0 AS issued FROM ended
        UNION ALL
        SELECT i.posting_id, i.unit_type_id, 0, i.last - i.first + 1
        FROM registry_issuance i JOIN scope ON scope.id = i.posting_id
    ) x
    GROUP BY posting, unit_type_id
)
SELECT 'unequal' AS what, 'registry_posting' AS "table", b.posting::text AS row,
    jsonb_build_object('unit_type', coalesce(u.code, '-'), 'ended', b.ended,
        'issued', b.issued) AS data
FROM balance b LEFT JOIN registry_unittype u ON u.id = b.unit_type_id
WHERE b.ended <> b.issued OR b.unit_type_id IS NULL
UNION ALL
SELECT 'not_ended', 'registry_posting', posting::text,
    jsonb_build_object('unit_type', from_id, 'units', sum(units))
FROM ended WHERE kind IS DISTINCT FROM 'conversion' GROUP BY posting, from_id
