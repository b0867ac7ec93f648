-- For those who decide a batch is one: its transactions are its proposer's and need as many approvals
-- as it does; who approved or rejected one of them has said so of the batch, by its hash, and is not
-- its proposer. Of a batch that is all or nothing all transactions are completed, or none.
-- :figures
SELECT (SELECT count(*) FROM registry_batch) AS batches,
    (SELECT count(*) FROM registry_batchitem) AS transactions,
    (SELECT count(*) FROM registry_batchdecision) AS decisions
-- :findings
SELECT 'not_alike' AS what, 'registry_batchitem' AS "table", i.id::text AS row,
    jsonb_build_object('batch', i.batch_id, 'transaction', i.transaction_id) AS data
FROM registry_batchitem i
LEFT JOIN registry_batch b ON b.id = i.batch_id
LEFT JOIN registry_transaction t ON t.id = i.transaction_id
WHERE (t.proposer_id = b.proposer_id AND t.approvals_needed = b.approvals_needed) IS NOT true
UNION ALL
SELECT 'alone', 'registry_approval', a.id::text,
    jsonb_build_object('batch', i.batch_id, 'transaction', i.transaction_id)
FROM registry_batchitem i
JOIN registry_approval a ON a.transaction_id = i.transaction_id
LEFT JOIN registry_batchdecision d ON d.batch_id = i.batch_id AND d.person_id = a.person_id
    AND d.approved = a.approved
WHERE d.id IS NULL
UNION ALL
SELECT CASE WHEN d.person_id = b.proposer_id THEN 'own' ELSE 'payload' END,
    'registry_batchdecision', d.id::text,
    jsonb_build_object('batch', d.batch_id, 'person', d.person_id)
FROM registry_batchdecision d LEFT JOIN registry_batch b ON b.id = d.batch_id
WHERE d.person_id = b.proposer_id OR d.payload_hash IS DISTINCT FROM b.payload_hash
UNION ALL
SELECT 'apart', 'registry_batch', x.id::text,
    jsonb_build_object('completed', x.completed, 'others', x.others)
FROM (
    SELECT b.id, count(*) FILTER (WHERE t.status IN (4, 20)) AS completed,
        count(*) FILTER (WHERE t.status NOT IN (4, 20)) AS others
    FROM registry_batch b
    JOIN registry_batchitem i ON i.batch_id = b.id
    JOIN registry_transaction t ON t.id = i.transaction_id
    WHERE b.mode = 'all_or_nothing' GROUP BY b.id
) x
WHERE x.completed > 0 AND x.others > 0
