-- Every holding is in an account that exists, and in the registry of that account.
-- :figures
SELECT (SELECT count(*) FROM registry_holding) AS holdings,
    (SELECT count(*) FROM registry_account) AS accounts
-- :findings
SELECT CASE WHEN a.id IS NULL THEN 'no_account' ELSE 'other_registry' END AS what,
    'registry_holding' AS "table", h.id::text AS row,
    jsonb_build_object('account', coalesce(a.number, h.account_id::text),
        'registry', h.registry_id, 'account_registry', a.registry_id) AS data
FROM registry_holding h LEFT JOIN registry_account a ON a.id = h.account_id
WHERE a.id IS NULL OR a.registry_id <> h.registry_id
