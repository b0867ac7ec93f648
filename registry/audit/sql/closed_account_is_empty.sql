-- A closed account holds nothing, and no posting that was proposed and made after its closing
-- brought units to it. Closing times are business times, so both times of the posting are asked.
-- :figures
SELECT count(*) AS closed_accounts FROM registry_account WHERE status = 'closed'
-- :findings
SELECT 'holds' AS what, 'registry_holding' AS "table", h.id::text AS row,
    jsonb_build_object('account', a.number, 'first', h.first, 'last', h.last) AS data
FROM registry_account a
JOIN registry_holding h ON h.account_id = a.id AND h.closed_by_id IS NULL
WHERE a.status = 'closed'
UNION ALL
SELECT 'received', 'registry_holding', h.id::text,
    jsonb_build_object('account', a.number, 'first', h.first, 'last', h.last,
        'posting', p.id, 'closed_at', a.closed_at)
FROM registry_account a
JOIN registry_holding h ON h.account_id = a.id AND h.closed_by_id IS NOT NULL
JOIN registry_posting p ON p.id = h.opened_by_id
JOIN registry_transaction t ON t.id = p.transaction_id
WHERE a.status = 'closed' AND t.at > a.closed_at
    AND p.recorded_at > a.closed_at + interval '1 minute'
