-- A waiting transaction has reserved, and a completed freeze has frozen, what each line asks: no
-- more than its quantity, no less than its minimum, and the serials that it names. A completed
-- release has left no mark of its freeze standing.
-- :figures
SELECT count(*) FILTER (WHERE t.status IN (0, 30)) AS waiting,
    count(*) FILTER (WHERE t.status = 4) AS frozen
FROM registry_transaction t JOIN registry_transactiontype y ON y.id = t.type_id
WHERE t.status IN (0, 30) AND y.effect IN ('move', 'convert', 'post_out')
    OR t.status = 4 AND y.effect = 'freeze'
-- :findings
WITH
-- :part line
, asking AS (
    SELECT t.id, CASE y.effect WHEN 'freeze' THEN 'freeze' ELSE 'reservation' END AS kind
    FROM registry_transaction t JOIN registry_transactiontype y ON y.id = t.type_id
    WHERE t.status IN (0, 30) AND y.effect IN ('move', 'convert', 'post_out')
        OR t.status = 4 AND y.effect = 'freeze'
), marked AS (
    SELECT transaction_id, line, kind, sum(last - first + 1) AS units,
        min(first) AS first, max(last) AS last
    FROM registry_mark GROUP BY transaction_id, line, kind
)
SELECT CASE WHEN m.first IS NOT NULL AND m.units BETWEEN l.minimum AND l.quantity
        THEN 'serials' ELSE 'quantity' END AS what,
    'registry_transaction' AS "table", a.id::text AS row,
    jsonb_build_object('line', l.number, 'marked', coalesce(m.units, 0),
        'quantity', l.quantity, 'minimum', l.minimum) AS data
FROM asking a
JOIN line l ON l.transaction_id = a.id AND l.source_id IS NOT NULL
LEFT JOIN marked m ON m.transaction_id = a.id AND m.line = l.number AND m.kind = a.kind
WHERE coalesce(m.units, 0) NOT BETWEEN l.minimum AND l.quantity
    OR m.first < l.first OR m.last > l.last
UNION ALL
SELECT 'not_released', 'registry_mark', m.id::text,
    jsonb_build_object('transaction', r.id, 'freeze', m.transaction_id)
FROM registry_transaction r
JOIN registry_transactiontype y ON y.id = r.type_id AND y.effect = 'release'
JOIN registry_mark m ON m.transaction_id = (r.attributes ->> 'freeze')::bigint
    AND m.kind = 'freeze' AND m.released_at IS NULL
WHERE r.status = 4
