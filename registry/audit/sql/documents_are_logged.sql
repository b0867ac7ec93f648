-- Each document that was recorded for the log has one leaf, of its kind and digest, within a minute,
-- and that leaf has the hash of its own data; each leaf that is of no posting is of a document.
-- :figures
SELECT count(*) AS documents, count(*) FILTER (WHERE leaf_id IS NULL) AS waiting
FROM registry_loggeddocument
-- :findings
SELECT CASE WHEN l.index IS NULL THEN 'missing' ELSE 'differs' END AS what,
    'registry_loggeddocument' AS "table", d.id::text AS row,
    jsonb_build_object('recorded_at', d.recorded_at, 'leaf', l.index) AS data
FROM registry_loggeddocument d LEFT JOIN registry_logleaf l ON l.index = d.leaf_id
WHERE (l.index IS NULL AND d.recorded_at < transaction_timestamp() - interval '1 minute')
    OR (d.kind, d.digest) IS DISTINCT FROM (coalesce(l.kind, d.kind), coalesce(l.digest, d.digest))
UNION ALL
SELECT CASE WHEN d.id IS NULL THEN 'no_document' ELSE 'leaf_hash' END, 'registry_logleaf',
    l.index::text, '{}'::jsonb
FROM registry_logleaf l LEFT JOIN registry_loggeddocument d ON d.leaf_id = l.index
WHERE l.posting_id IS NULL AND (d.id IS NULL
    OR l.leaf_hash IS DISTINCT FROM sha256('\x00'::bytea || convert_to(
        '{"format":"concord-leaf-1","kind":' || to_json(d.kind) || ',"recorded_at":"'
        || to_char(d.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00'
        || '","sha256":"' || encode(d.digest, 'hex') || '","subject":' || to_json(d.subject)
        || '}', 'UTF8')))
