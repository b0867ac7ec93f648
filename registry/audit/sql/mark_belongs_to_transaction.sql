-- Reservations stand only while their transaction waits, and are released by it; freezes are
-- placed by a completed freeze and released by a completed release of that freeze. A mark is in
-- the account and of the unit type of its line.
-- :figures
SELECT count(*) FILTER (WHERE released_at IS NULL) AS standing,
    count(*) FILTER (WHERE released_at IS NOT NULL) AS released
FROM registry_mark
-- :findings
WITH marked AS (SELECT DISTINCT transaction_id AS id FROM registry_mark),
-- :part line
SELECT CASE
        WHEN t.id IS NULL THEN 'no_transaction'
        WHEN l.number IS NULL OR m.account_id <> l.source_id OR m.unit_type_id <> l.unit_type_id
            OR a.registry_id <> m.registry_id THEN 'line'
        WHEN m.kind = 'reservation' AND y.effect NOT IN ('move', 'convert', 'post_out')
            OR m.kind = 'freeze' AND y.effect <> 'freeze' THEN 'effect'
        WHEN m.kind = 'reservation' AND m.released_at IS NULL AND t.status NOT IN (0, 30)
            THEN 'not_waiting'
        WHEN m.kind = 'freeze' AND t.status <> 4 THEN 'not_frozen'
        ELSE 'released' END AS what,
    'registry_mark' AS "table", m.id::text AS row,
    jsonb_build_object('kind', m.kind, 'transaction', m.transaction_id, 'status', t.status,
        'line', m.line, 'released_by', m.released_by_id, 'first', m.first, 'last', m.last)
        AS data
FROM registry_mark m
LEFT JOIN registry_transaction t ON t.id = m.transaction_id
LEFT JOIN registry_transactiontype y ON y.id = t.type_id
LEFT JOIN (
    SELECT * FROM line WHERE transaction_id IN (SELECT id FROM marked)
) l ON l.transaction_id = m.transaction_id AND l.number = m.line
LEFT JOIN registry_account a ON a.id = m.account_id
LEFT JOIN registry_transaction r ON r.id = m.released_by_id
LEFT JOIN registry_transactiontype z ON z.id = r.type_id
WHERE t.id IS NULL
    OR (m.released_at IS NULL) <> (m.released_by_id IS NULL)
    OR m.kind IN ('reservation', 'freeze') AND (
        l.number IS NULL OR m.account_id IS DISTINCT FROM l.source_id
        OR m.unit_type_id <> l.unit_type_id OR a.registry_id IS DISTINCT FROM m.registry_id)
    OR m.kind = 'reservation' AND (
        y.effect NOT IN ('move', 'convert', 'post_out')
        OR CASE WHEN m.released_at IS NULL THEN t.status NOT IN (0, 30)
            ELSE m.released_by_id IS DISTINCT FROM m.transaction_id OR t.status IN (0, 30) END)
    OR m.kind = 'freeze' AND (
        y.effect <> 'freeze' OR t.status <> 4
        OR m.released_at IS NOT NULL AND NOT coalesce(
            z.effect = 'release' AND r.status = 4
            AND r.attributes ->> 'freeze' = m.transaction_id::text, false))
