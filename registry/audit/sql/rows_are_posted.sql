-- Whatever a posting writes names a posting that exists and was written in the same database
-- transaction. Rows without one appear when foreign keys are switched off.
-- :figures
SELECT (SELECT count(*) FROM registry_holding) AS holdings,
    (SELECT count(*) FROM registry_issuance) AS issuances,
    (SELECT count(*) FROM registry_use) AS uses,
    (SELECT count(*) FROM registry_posting) AS postings
-- :findings
SELECT CASE WHEN p.id IS NULL THEN 'opened_by_nothing' ELSE 'opened_elsewhere' END AS what,
    'registry_holding' AS "table", h.id::text AS row,
    jsonb_build_object('posting', h.opened_by_id, 'xid', h.opened_xid::text,
        'posting_xid', p.xid::text, 'first', h.first, 'last', h.last) AS data
FROM registry_holding h LEFT JOIN registry_posting p ON p.id = h.opened_by_id
WHERE p.id IS NULL OR p.xid <> h.opened_xid
UNION ALL
SELECT CASE WHEN p.id IS NULL THEN 'closed_by_nothing' ELSE 'closed_elsewhere' END,
    'registry_holding', h.id::text,
    jsonb_build_object('posting', h.closed_by_id, 'xid', h.closed_xid::text,
        'posting_xid', p.xid::text, 'first', h.first, 'last', h.last)
FROM registry_holding h LEFT JOIN registry_posting p ON p.id = h.closed_by_id
WHERE h.closed_by_id IS NOT NULL AND (p.id IS NULL OR p.xid IS DISTINCT FROM h.closed_xid)
UNION ALL
SELECT CASE WHEN i.posting_id IS NULL THEN 'issued_without' WHEN p.id IS NULL
        THEN 'issued_by_nothing' ELSE 'issued_elsewhere' END,
    'registry_issuance', i.id::text,
    jsonb_build_object('posting', i.posting_id, 'xid', i.xid::text,
        'posting_xid', p.xid::text, 'first', i.first, 'last', i.last)
FROM registry_issuance i
LEFT JOIN registry_posting p ON p.id = i.posting_id
LEFT JOIN registry_unittype u ON u.id = i.unit_type_id
LEFT JOIN registry_registry r ON r.id = u.registry_id
WHERE CASE WHEN i.posting_id IS NULL THEN i.xid IS NOT NULL OR r.hosted
    ELSE p.id IS NULL OR p.xid IS DISTINCT FROM i.xid END
UNION ALL
SELECT 'used_by_nothing', 'registry_use', s.id::text,
    jsonb_build_object('posting', s.posting_id, 'first', s.first, 'last', s.last)
FROM registry_use s LEFT JOIN registry_posting p ON p.id = s.posting_id
WHERE p.id IS NULL
