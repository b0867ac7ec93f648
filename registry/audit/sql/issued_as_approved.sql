-- The issuances of a posting are those of the payload that was approved: as many, in the same
-- order, with the quantity of their lines and with the same attributes. A line belongs to the
-- issuance that begins at or before it.
-- :figures
SELECT count(*) AS issuances FROM registry_issuance WHERE posting_id IS NOT NULL
-- :findings
WITH
-- :part line
, approved AS (
    SELECT t.posting_id AS posting, x.number, x.item
    FROM registry_transaction t
    JOIN registry_transactiontype y ON y.id = t.type_id AND y.effect IN ('issue', 'convert'),
        LATERAL jsonb_array_elements(coalesce(t.attributes -> 'issuances', '[]'))
            WITH ORDINALITY AS x (item, number)
    WHERE t.posting_id IS NOT NULL
), sorted_line AS (
    SELECT posting, (item ->> 'first_line')::bigint AS at, number, NULL::bigint AS quantity,
        NULL::bigint AS unit_type_id
    FROM approved
    UNION ALL
    SELECT l.posting, l.number, NULL, l.quantity, l.unit_type_id
    FROM line l JOIN registry_transactiontype y ON y.id = l.type_id
    WHERE l.posting IS NOT NULL AND l.source_id IS NULL AND y.effect IN ('issue', 'convert')
), assigned AS (
    SELECT posting, quantity, unit_type_id,
        (max(ARRAY[at, number]) FILTER (WHERE number IS NOT NULL) OVER (
            PARTITION BY posting ORDER BY at))[2] AS number
    FROM sorted_line
), quantity AS (
    SELECT posting, number, sum(quantity) AS units, min(unit_type_id) AS unit_type_id
    FROM assigned GROUP BY posting, number
), written AS (
    SELECT i.*, row_number() OVER (PARTITION BY i.posting_id ORDER BY i.id) AS number
    FROM registry_issuance i WHERE i.posting_id IS NOT NULL
)
SELECT CASE WHEN w.id IS NULL THEN 'not_issued' WHEN a.posting IS NULL THEN 'not_approved'
        WHEN q.units IS DISTINCT FROM w.last - w.first + 1
            OR q.unit_type_id <> w.unit_type_id THEN 'quantity'
        ELSE 'attributes' END AS what,
    CASE WHEN w.id IS NULL THEN 'registry_posting' ELSE 'registry_issuance' END AS "table",
    coalesce(w.id, a.posting)::text AS row,
    jsonb_build_object('posting', coalesce(a.posting, w.posting_id), 'approved', q.units,
        'issued', w.last - w.first + 1) AS data
FROM approved a
LEFT JOIN quantity q ON (q.posting, q.number) = (a.posting, a.number)
FULL JOIN written w ON w.posting_id = a.posting AND w.number = a.number
WHERE w.id IS NULL OR a.posting IS NULL
    OR q.units IS DISTINCT FROM w.last - w.first + 1 OR q.unit_type_id <> w.unit_type_id
    OR (a.item ->> 'first')::bigint <> w.first
    OR (a.item ->> 'vintage_from')::date IS DISTINCT FROM w.vintage_from
    OR (a.item ->> 'vintage_to')::date IS DISTINCT FROM w.vintage_to
    OR (a.item ->> 'vintage_label') IS DISTINCT FROM w.vintage_label
    OR (a.item ->> 'usable_until')::date IS DISTINCT FROM w.usable_until
    OR (coalesce(a.item ->> 'legal_basis', ''), coalesce(a.item ->> 'project', ''),
        coalesce(a.item ->> 'activity', ''), coalesce(a.item ->> 'sector', ''),
        coalesce(a.item ->> 'mitigation_type', ''))
    <> (w.legal_basis, w.project, w.activity, w.sector, w.mitigation_type)
