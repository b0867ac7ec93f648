-- A completed opening balance brought to each account what the old registry said that it held, and
-- nothing to others; old serials stand for serials that it issued.
-- :figures
SELECT count(*) AS accounts, coalesce(sum(units), 0) AS units FROM registry_openingtotal
-- :findings
WITH opening AS (
    SELECT o.id, o.unit_type_id, t.posting_id
    FROM registry_openingbalance o JOIN registry_transaction t ON t.id = o.transaction_id
    WHERE t.posting_id IS NOT NULL
), brought AS (
    SELECT o.id, h.account_id, sum(h.last - h.first + 1) AS units
    FROM opening o JOIN registry_holding h ON h.opened_by_id = o.posting_id
    GROUP BY o.id, h.account_id
), told AS (
    SELECT x.opening_id AS id, x.account_id, x.units
    FROM registry_openingtotal x JOIN opening o ON o.id = x.opening_id
)
SELECT 'total' AS what, 'registry_openingbalance' AS "table", id::text AS row,
    jsonb_build_object('account', account_id, 'brought', coalesce(b.units, 0),
        'total', coalesce(t.units, 0)) AS data
FROM brought b FULL JOIN told t USING (id, account_id)
WHERE b.units IS DISTINCT FROM t.units
UNION ALL
SELECT 'serials', 'registry_legacyblock', l.id::text, jsonb_build_object('opening', o.id)
FROM opening o JOIN registry_legacyblock l ON l.opening_id = o.id
WHERE NOT EXISTS (
    SELECT FROM registry_issuance i
    WHERE i.posting_id = o.posting_id AND i.unit_type_id = o.unit_type_id
        AND l.first >= i.first AND l.last <= i.last)
