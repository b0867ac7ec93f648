-- What the posting of a transaction moved, from which account to which, is what its lines ask:
-- no more than the quantity, no less than the minimum, and nothing else. A consolidation moves
-- nothing. Blocks are cut only in accounts that the lines name.
--
-- Issuing postings close nothing, so that what they brought to an account is what they opened.
-- :figures
SELECT count(*) AS lines, coalesce(sum(l.quantity), 0) AS units
FROM registry_transaction t, unnest(t.lines) l WHERE t.posting_id IS NOT NULL
-- :findings
WITH scope AS (SELECT id FROM registry_posting WHERE kind <> 'issue'),
-- :part movement
, moved AS (
    SELECT posting, unit_type_id, coalesce(source, 0) AS source,
        coalesce(destination, 0) AS destination, sum(last - first + 1) AS units
    FROM movement
    GROUP BY posting, unit_type_id, source, destination
    UNION ALL
    SELECT h.opened_by_id, h.unit_type_id, 0, h.account_id, sum(h.last - h.first + 1)
    FROM registry_holding h JOIN registry_posting p ON p.id = h.opened_by_id
    WHERE p.kind = 'issue'
    GROUP BY h.opened_by_id, h.unit_type_id, h.account_id
),
-- :part line
, asked AS (
    SELECT l.posting, l.unit_type_id, coalesce(l.source_id, 0) AS source,
        coalesce(l.destination_id, 0) AS destination, sum(l.quantity) AS quantity,
        sum(l.minimum) AS minimum
    FROM line l JOIN registry_transactiontype y ON y.id = l.type_id
    WHERE l.posting IS NOT NULL AND y.effect <> 'consolidate'
    GROUP BY l.posting, l.unit_type_id, l.source_id, l.destination_id
), cut AS (
    SELECT DISTINCT posting, unit_type_id, source_id AS source FROM line
    WHERE posting IS NOT NULL AND source_id IS NOT NULL
), compared AS (
    SELECT posting, unit_type_id, source, destination, m.units, a.quantity, a.minimum
    FROM (SELECT * FROM moved WHERE source <> destination) m
    FULL JOIN asked a USING (posting, unit_type_id, source, destination)
)
SELECT CASE WHEN c.units IS NULL THEN 'not_moved' WHEN c.quantity IS NULL THEN 'not_asked'
        ELSE 'quantity' END AS what,
    'registry_posting' AS "table", c.posting::text AS row,
    jsonb_build_object('unit_type', coalesce(u.code, c.unit_type_id::text),
        'source', coalesce(s.number, '-'), 'destination', coalesce(d.number, '-'),
        'moved', coalesce(c.units, 0), 'quantity', c.quantity, 'minimum', c.minimum) AS data
FROM compared c
LEFT JOIN registry_unittype u ON u.id = c.unit_type_id
LEFT JOIN registry_account s ON s.id = c.source
LEFT JOIN registry_account d ON d.id = c.destination
WHERE c.units IS NULL OR c.quantity IS NULL OR c.units > c.quantity OR c.units < c.minimum
UNION ALL
SELECT 'touched', 'registry_posting', m.posting::text,
    jsonb_build_object('unit_type', m.unit_type_id, 'source', coalesce(s.number, '-'),
        'moved', m.units)
FROM moved m
LEFT JOIN cut c ON (c.posting, c.unit_type_id, c.source) = (m.posting, m.unit_type_id, m.source)
LEFT JOIN registry_account s ON s.id = m.source
WHERE m.source = m.destination AND c.posting IS NULL
