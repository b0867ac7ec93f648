-- Each version of a transaction type after its first is what one person proposed and another one
-- approved, and each approved proposal has made its version.
-- :figures
SELECT count(*) AS versions, count(*) FILTER (WHERE version > 1) AS later
FROM registry_transactiontype
-- :findings
SELECT 'not_approved' AS what, 'registry_transactiontype' AS "table", y.id::text AS row,
    jsonb_build_object('type', y.code, 'version', y.version) AS data
FROM registry_transactiontype y
WHERE y.version > 1 AND NOT EXISTS (
    SELECT FROM registry_typeproposal p
    WHERE p.version_id = y.id AND p.status = 4 AND p.payload_hash = y.digest
        AND p.code = y.code AND p.registry_id IS NOT DISTINCT FROM y.registry_id
        AND p.decider_id <> p.proposer_id)
UNION ALL
SELECT 'not_made', 'registry_typeproposal', p.id::text, jsonb_build_object('type', p.code)
FROM registry_typeproposal p
LEFT JOIN registry_transactiontype y ON y.id = p.version_id AND y.digest = p.payload_hash
WHERE p.status = 4 AND y.id IS NULL
