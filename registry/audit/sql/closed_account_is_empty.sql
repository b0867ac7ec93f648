-- A closed account holds nothing, and has had as many holdings as were counted when it was closed.
-- What is beyond that count, in the order of the postings, came after the closing.
-- :figures
SELECT count(*) AS closed_accounts FROM registry_account WHERE status = 'closed'
-- :findings
SELECT 'holds' AS what, 'registry_holding' AS "table", h.id::text AS row,
    jsonb_build_object('account', a.number, 'first', h.first, 'last', h.last) AS data
FROM registry_account a
JOIN registry_holding h ON h.account_id = a.id AND h.closed_by_id IS NULL
WHERE a.status = 'closed'
UNION ALL
SELECT 'received', 'registry_holding', x.id::text,
    jsonb_build_object('account', x.number, 'posting', x.opened_by_id)
FROM (
    SELECT h.id, h.opened_by_id, h.closed_by_id, a.number, a.holdings_at_closing,
        row_number() OVER (
            PARTITION BY a.id ORDER BY q.position NULLS LAST, h.opened_by_id, h.id) AS place
    FROM registry_account a
    JOIN registry_holding h ON h.account_id = a.id
    LEFT JOIN registry_position q ON q.posting_id = h.opened_by_id
    WHERE a.status = 'closed') x
WHERE x.place > coalesce(x.holdings_at_closing, 0) AND x.closed_by_id IS NOT NULL
UNION ALL
SELECT 'fewer', 'registry_account', a.id::text,
    jsonb_build_object('account', a.number, 'counted', a.holdings_at_closing, 'found', count(h.id))
FROM registry_account a
LEFT JOIN registry_holding h ON h.account_id = a.id
WHERE a.status = 'closed'
GROUP BY a.id, a.number, a.holdings_at_closing
HAVING count(h.id) < a.holdings_at_closing
