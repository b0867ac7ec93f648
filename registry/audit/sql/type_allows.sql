-- The accounts and units of a completed transaction are of the kinds that its type allows. A
-- reversal goes the other way, between the accounts of what it reverses.
-- :figures
SELECT coalesce(sum(cardinality(lines)), 0) AS lines FROM registry_transaction
WHERE status IN (4, 20)
-- :findings
WITH
-- :part line
SELECT CASE WHEN s.id IS NOT NULL AND s.kind <> ALL (y.source_kinds) THEN 'source'
        WHEN d.id IS NOT NULL AND d.kind <> ALL (y.destination_kinds) THEN 'destination'
        ELSE 'unit_kind' END AS what,
    'registry_transaction' AS "table", l.transaction_id::text AS row,
    jsonb_build_object('line', l.number, 'type', y.code,
        'source', s.kind, 'destination', d.kind, 'unit_kind', u.kind) AS data
FROM line l
JOIN registry_transactiontype y ON y.id = l.type_id
LEFT JOIN registry_account s ON s.id = l.source_id
LEFT JOIN registry_account d ON d.id = l.destination_id
LEFT JOIN registry_unittype u ON u.id = l.unit_type_id
WHERE l.status IN (4, 20) AND l.reverses_id IS NULL
    AND (s.id IS NOT NULL AND s.kind <> ALL (y.source_kinds)
        OR d.id IS NOT NULL AND d.kind <> ALL (y.destination_kinds)
        OR u.kind <> ALL (y.unit_kinds))
