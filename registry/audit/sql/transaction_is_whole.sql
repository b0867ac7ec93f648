-- What a transaction and its lines refer to exists, and each line is in form.
-- :figures
SELECT count(*) AS transactions, coalesce(sum(cardinality(lines)), 0) AS lines
FROM registry_transaction
-- :findings
WITH
-- :part line
SELECT CASE WHEN y.id IS NULL THEN 'no_type' WHEN r.id IS NULL THEN 'no_registry'
        WHEN p.id IS NULL THEN 'no_proposer' WHEN cardinality(t.lines) > 0
        THEN 'key_of_another' ELSE 'no_lines' END AS what,
    'registry_transaction' AS "table", t.id::text AS row,
    jsonb_build_object('type', t.type_id, 'registry', t.registry_id,
        'person', t.proposer_id, 'key', t.api_key_id) AS data
FROM registry_transaction t
LEFT JOIN registry_transactiontype y ON y.id = t.type_id
LEFT JOIN registry_registry r ON r.id = t.registry_id
LEFT JOIN registry_person p ON p.id = t.proposer_id
LEFT JOIN registry_apikey k ON k.id = t.api_key_id AND k.person_id = t.proposer_id
WHERE y.id IS NULL OR r.id IS NULL OR p.id IS NULL
    OR t.api_key_id IS NOT NULL AND k.id IS NULL OR cardinality(t.lines) = 0
UNION ALL
SELECT CASE WHEN s.id IS NULL AND l.source_id IS NOT NULL
            OR d.id IS NULL AND l.destination_id IS NOT NULL THEN 'no_account'
        WHEN u.id IS NULL THEN 'no_unit_type'
        WHEN e.id IS NULL AND l.entity_id IS NOT NULL THEN 'no_entity'
        ELSE 'form' END,
    'registry_transaction', l.transaction_id::text,
    jsonb_build_object('line', l.number, 'source', l.source_id,
        'destination', l.destination_id, 'quantity', l.quantity, 'minimum', l.minimum)
FROM line l
LEFT JOIN registry_account s ON s.id = l.source_id
LEFT JOIN registry_account d ON d.id = l.destination_id
LEFT JOIN registry_unittype u ON u.id = l.unit_type_id
LEFT JOIN registry_accountholder e ON e.id = l.entity_id
WHERE s.id IS NULL AND l.source_id IS NOT NULL
    OR d.id IS NULL AND l.destination_id IS NOT NULL
    OR u.id IS NULL OR e.id IS NULL AND l.entity_id IS NOT NULL
    OR l.source_id IS NULL AND l.destination_id IS NULL
    OR l.quantity IS NULL OR l.quantity < 1 OR l.minimum < 1 OR l.minimum > l.quantity
    OR l.first < 1 OR l.last > 1000000000000
