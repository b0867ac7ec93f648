-- A completed reversal moves exactly the units of the transaction that it reverses, back. The
-- reversed transaction says so, is of a type that can be reversed, and has one reversal.
-- :figures
SELECT count(*) AS reversals FROM registry_transaction
WHERE reverses_id IS NOT NULL AND status IN (4, 20)
-- :findings
WITH reversal AS (
    SELECT t.id, t.posting_id AS posting, o.id AS original, o.posting_id AS original_posting,
        o.status, y.reversible, t.reverses_id,
        lag(t.id) OVER (PARTITION BY t.reverses_id ORDER BY t.id) AS other
    FROM registry_transaction t
    LEFT JOIN registry_transaction o ON o.id = t.reverses_id
    LEFT JOIN registry_transactiontype y ON y.id = o.type_id
    WHERE t.reverses_id IS NOT NULL AND t.status IN (4, 20)
), scope AS (
    SELECT posting AS id FROM reversal UNION SELECT original_posting FROM reversal
),
-- :part movement
, edge AS (
    SELECT r.id, m.registry_id, m.unit_type_id, m.source, m.destination, e.at, e.change
    FROM movement m JOIN reversal r ON r.posting = m.posting,
        LATERAL (VALUES (m.first, 1), (m.last + 1, -1)) AS e (at, change)
    WHERE m.source IS DISTINCT FROM m.destination
    UNION ALL
    SELECT r.id, m.registry_id, m.unit_type_id, m.destination, m.source, e.at, -e.change
    FROM movement m JOIN reversal r ON r.original_posting = m.posting,
        LATERAL (VALUES (m.first, 1), (m.last + 1, -1)) AS e (at, change)
    WHERE m.source IS DISTINCT FROM m.destination
), difference AS (
    SELECT id, registry_id, unit_type_id, source, destination, at, sum(change) AS change
    FROM edge GROUP BY id, registry_id, unit_type_id, source, destination, at
    HAVING sum(change) <> 0
), stretch AS (
    SELECT id, unit_type_id, source, destination, at AS first,
        lead(at) OVER sorted - 1 AS last, sum(change) OVER sorted AS excess
    FROM difference
    WINDOW sorted AS (PARTITION BY id, registry_id, unit_type_id, source, destination
        ORDER BY at)
)
SELECT CASE WHEN excess > 0 THEN 'moved_more' ELSE 'not_returned' END AS what,
    'registry_transaction' AS "table", id::text AS row,
    jsonb_build_object('unit_type', unit_type_id, 'first', first, 'last', last,
        'source', source, 'destination', destination) AS data
FROM stretch WHERE excess <> 0
UNION ALL
SELECT CASE WHEN original IS NULL THEN 'no_original' WHEN status <> 20 THEN 'not_reversed'
        WHEN NOT reversible THEN 'irreversible' ELSE 'twice' END,
    'registry_transaction', id::text,
    jsonb_build_object('original', reverses_id, 'status', status, 'other', other)
FROM reversal
WHERE original IS NULL OR status <> 20 OR NOT reversible OR other IS NOT NULL
UNION ALL
SELECT 'not_by_reversal', 'registry_transaction', t.id::text, '{}'
FROM registry_transaction t
WHERE t.status = 20 AND NOT EXISTS (SELECT FROM reversal r WHERE r.original = t.id)
