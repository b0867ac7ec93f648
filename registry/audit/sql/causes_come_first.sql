-- In the order of positions a holding is opened before it is closed, a transaction comes before
-- its reversal, and what has a position does not rest on what has none.
-- :figures
SELECT count(closed_by_id) AS closed_holdings FROM registry_holding
-- :findings
SELECT CASE WHEN o.position IS NULL THEN 'unplaced' ELSE 'later' END AS what,
    'registry_holding' AS "table", h.id::text AS row,
    jsonb_build_object('opened_by', h.opened_by_id, 'closed_by', h.closed_by_id,
        'opened_at', o.position, 'closed_at', c.position) AS data
FROM registry_holding h
JOIN registry_position c ON c.posting_id = h.closed_by_id
LEFT JOIN registry_position o ON o.posting_id = h.opened_by_id
WHERE o.position IS NULL OR o.position >= c.position
UNION ALL
SELECT 'reversal', 'registry_transaction', t.id::text,
    jsonb_build_object('original', t.reverses_id, 'opened_at', o.position,
        'closed_at', c.position)
FROM registry_transaction t
JOIN registry_transaction original ON original.id = t.reverses_id
JOIN registry_position c ON c.posting_id = t.posting_id
LEFT JOIN registry_position o ON o.posting_id = original.posting_id
WHERE o.position IS NULL OR o.position >= c.position
