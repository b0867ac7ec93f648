-- Every posting older than a minute has its position, and none is hidden behind the point up to
-- which the sequencer has finished.
-- :figures
SELECT count(*) AS postings, count(*) - count(o.posting_id) AS waiting
FROM registry_posting p LEFT JOIN registry_position o ON o.posting_id = p.id
-- :findings
SELECT CASE WHEN p.id <= s.watermark THEN 'hidden' ELSE 'late' END AS what,
    'registry_posting' AS "table", p.id::text AS row,
    jsonb_build_object('recorded_at', p.recorded_at, 'watermark', s.watermark) AS data
FROM registry_posting p
CROSS JOIN registry_sequencer s
LEFT JOIN registry_position o ON o.posting_id = p.id
WHERE o.posting_id IS NULL
    AND (p.id <= s.watermark OR p.recorded_at < transaction_timestamp() - interval '1 minute')
UNION ALL
SELECT 'sequencers', 'registry_sequencer', '1', jsonb_build_object('rows', count(*))
FROM registry_sequencer HAVING count(*) <> 1
