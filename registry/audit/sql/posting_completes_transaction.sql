-- A completed transaction has exactly one posting, unless it only freezes or releases; every
-- posting belongs to one completed transaction, and each names the other.
-- :figures
SELECT (SELECT count(*) FROM registry_posting) AS postings,
    (SELECT count(*) FROM registry_transaction WHERE status IN (4, 20)) AS completed
-- :findings
SELECT CASE WHEN t.id IS NULL THEN 'no_transaction' WHEN t.status NOT IN (4, 20)
        THEN 'not_completed' ELSE 'other_posting' END AS what,
    'registry_posting' AS "table", p.id::text AS row,
    jsonb_build_object('transaction', p.transaction_id, 'status', t.status,
        'other', t.posting_id) AS data
FROM registry_posting p LEFT JOIN registry_transaction t ON t.id = p.transaction_id
WHERE t.id IS NULL OR t.posting_id IS DISTINCT FROM p.id OR t.status NOT IN (4, 20)
UNION ALL
SELECT CASE WHEN t.posting_id IS NULL THEN 'without'
        WHEN p.id IS NULL THEN 'posting_missing'
        WHEN y.effect IN ('freeze', 'release') THEN 'needs_none'
        ELSE 'unfinished' END,
    'registry_transaction', t.id::text,
    jsonb_build_object('posting', t.posting_id, 'status', t.status, 'type', y.code)
FROM registry_transaction t
LEFT JOIN registry_transactiontype y ON y.id = t.type_id
LEFT JOIN registry_posting p ON p.id = t.posting_id
WHERE CASE WHEN t.posting_id IS NULL
    THEN t.status IN (4, 20) AND coalesce(y.effect, '') NOT IN ('freeze', 'release')
    ELSE p.id IS NULL OR t.status NOT IN (4, 20) OR y.effect IN ('freeze', 'release') END
