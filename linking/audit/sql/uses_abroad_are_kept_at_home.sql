-- Units of this node's registries that were used abroad stay booked abroad until that is undone. What
-- a registry of this node has used is as its ledger says, and all of it up to where homes were told.
-- :figures
SELECT count(*) FILTER (WHERE undone_at IS NULL) AS standing, coalesce(sum(last - first + 1), 0) AS units
FROM linking_usedabroad
-- :findings
WITH ended AS (
    -- Units of another registry that came into a terminal account here, and under which position.
    SELECT h.registry_id, h.unit_type_id, h.opened_by_id AS posting_id, y.registry_id AS home_id,
        t.id AS transaction_id, int8multirange(int8range(h.first, h.last, '[]')) AS serials
    FROM registry_holding h
    JOIN registry_account a ON a.id = h.account_id AND a.terminal
    JOIN registry_unittype y ON y.id = h.unit_type_id
    JOIN registry_registry r ON r.id = y.registry_id AND r.hosted
    JOIN registry_posting p ON p.id = h.opened_by_id
    JOIN registry_transaction t ON t.id = p.transaction_id
    WHERE h.is_foreign
), own AS (
    SELECT *, posting::bigint AS posting_id,
        int8multirange(int8range(first, last, '[]')) AS serials
    FROM linking_usedabroad WHERE message_id IS NULL
)
SELECT 'not_abroad' AS what, 'linking_usedabroad' AS "table", u.id::text AS row,
    jsonb_build_object('first', u.first, 'last', u.last, 'registry', r.code) AS data
FROM linking_usedabroad u JOIN registry_registry r ON r.id = u.registry_id
WHERE u.undone_at IS NULL AND NOT coalesce((
    SELECT range_agg(int8range(h.first, h.last, '[]')) @> int8range(u.first, u.last, '[]')
    FROM registry_holding h JOIN registry_account a ON a.id = h.account_id
    WHERE a.stands_for_id = u.registry_id AND h.unit_type_id = u.unit_type_id
        AND h.closed_by_id IS NULL AND h.first <= u.last AND h.last >= u.first), false)
UNION ALL
SELECT 'posting', 'linking_usedabroad', u.id::text,
    jsonb_build_object('first', u.first, 'last', u.last, 'posting', u.posting)
FROM own u
WHERE NOT coalesce((
    SELECT range_agg(e.serials) @> u.serials
    FROM ended e
    WHERE e.posting_id = u.posting_id AND e.registry_id = u.registry_id
        AND e.unit_type_id = u.unit_type_id), false)
UNION ALL
SELECT 'undone', 'linking_usedabroad', u.id::text,
    jsonb_build_object('posting', u.posting, 'by', u.undone_by)
FROM own u
WHERE u.undone_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM registry_transaction q JOIN registry_transaction t ON t.id = q.reverses_id
    WHERE t.posting_id = u.posting_id AND q.posting_id = u.undone_by::bigint)
UNION ALL
SELECT 'not_kept', 'registry_transaction', e.transaction_id::text,
    jsonb_build_object('unit_type', y.code, 'units', sum(upper(part) - lower(part)))
FROM ended e
JOIN registry_position p ON p.posting_id = e.posting_id
JOIN linking_usestold told ON told.home_id = e.home_id AND told.position >= p.position
JOIN registry_unittype y ON y.id = e.unit_type_id
JOIN LATERAL unnest(e.serials - coalesce((
    SELECT range_agg(int8range(u.first, u.last, '[]'))
    FROM own u
    WHERE u.posting_id = e.posting_id AND u.unit_type_id = e.unit_type_id
        AND u.registry_id = e.registry_id), '{}')) part ON true
GROUP BY e.transaction_id, y.code
