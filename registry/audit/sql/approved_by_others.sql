-- A completed transaction was approved by as many persons as its type asks, none of them its
-- proposer, each once, each approving exactly its payload; nobody had rejected it.
-- :figures
SELECT count(*) AS approvals, count(*) FILTER (WHERE NOT approved) AS rejections
FROM registry_approval
-- :findings
SELECT CASE WHEN t.id IS NULL THEN 'no_transaction' WHEN a.person_id = t.proposer_id
        THEN 'own' ELSE 'payload' END AS what,
    'registry_approval' AS "table", a.id::text AS row,
    jsonb_build_object('transaction', a.transaction_id, 'person', a.person_id) AS data
FROM registry_approval a LEFT JOIN registry_transaction t ON t.id = a.transaction_id
WHERE t.id IS NULL OR a.person_id = t.proposer_id OR a.payload_hash IS DISTINCT FROM t.payload_hash
UNION ALL
SELECT 'twice', 'registry_approval', x.id::text,
    jsonb_build_object('transaction', x.transaction_id, 'person', x.person_id)
FROM (
    SELECT id, transaction_id, person_id,
        row_number() OVER (PARTITION BY transaction_id, person_id ORDER BY id) AS number
    FROM registry_approval
) x
WHERE x.number > 1
UNION ALL
SELECT 'too_few', 'registry_transaction', t.id::text,
    jsonb_build_object('approvals', coalesce(a.persons, 0), 'needed', t.approvals_needed)
FROM registry_transaction t
LEFT JOIN (
    SELECT a.transaction_id, count(DISTINCT a.person_id) AS persons
    FROM registry_approval a JOIN registry_transaction t ON t.id = a.transaction_id
    WHERE a.approved AND a.payload_hash = t.payload_hash AND a.person_id <> t.proposer_id
    GROUP BY a.transaction_id
) a ON a.transaction_id = t.id
WHERE t.status IN (4, 20, 30) AND coalesce(a.persons, 0) < t.approvals_needed
UNION ALL
SELECT 'asked_too_few', 'registry_transaction', x.id::text,
    jsonb_build_object('asked', x.approvals_needed, 'needed', x.needed)
FROM (
    SELECT t.id, t.approvals_needed, greatest(y.approvals, (
        SELECT max((b ->> 'approvals')::int) FROM jsonb_array_elements(y.bands) b
        WHERE (b ->> 'above')::bigint < (SELECT sum(l.quantity) FROM unnest(t.lines) l)
        )) AS needed
    FROM registry_transaction t JOIN registry_transactiontype y ON y.id = t.type_id
) x
WHERE x.approvals_needed < x.needed
UNION ALL
SELECT 'rejected', 'registry_transaction', t.id::text,
    jsonb_build_object('status', t.status)
FROM registry_transaction t
LEFT JOIN (
    SELECT DISTINCT transaction_id FROM registry_approval WHERE NOT approved
) a ON a.transaction_id = t.id
WHERE (a.transaction_id IS NOT NULL) <> (t.status = 6)
