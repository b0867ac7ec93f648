-- A holding is opened by one posting and closed by a later one, or still open.
-- :figures
SELECT count(*) FILTER (WHERE closed_by_id IS NULL) AS open_holdings,
    count(*) FILTER (WHERE closed_by_id IS NOT NULL) AS closed_holdings
FROM registry_holding
-- :findings
SELECT CASE WHEN closed_by_id <= opened_by_id THEN 'earlier' ELSE 'half' END AS what,
    'registry_holding' AS "table", id::text AS row,
    jsonb_build_object('opened_by', opened_by_id, 'closed_by', closed_by_id,
        'closed_xid', closed_xid::text) AS data
FROM registry_holding
WHERE closed_by_id <= opened_by_id OR (closed_by_id IS NULL) <> (closed_xid IS NULL)
