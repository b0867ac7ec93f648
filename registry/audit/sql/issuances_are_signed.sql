-- Each issuance on this node has one signature that stands: one that no other replaces, by a key of
-- the issuing registry, made while the key was valid and before it was revoked. What a revocation
-- made void may be replaced. A signature may take a minute.
-- :figures
SELECT count(*) AS issuances, (SELECT count(*) FROM registry_issuancesignature) AS signatures
FROM registry_issuance WHERE posting_id IS NOT NULL
-- :findings
WITH signed AS (
    SELECT s.id, s.issuance_id, s.signed_at, s.replaces_id, k.key_id, k.id AS key, k.purpose,
        k.registry_id, k.valid_from, k.valid_to,
        coalesce(k.revoked_at <= s.signed_at, false) AS is_void,
        r.id IS NOT NULL AS is_replaced
    FROM registry_issuancesignature s
    LEFT JOIN registry_keyrecord k ON k.id = s.key_id
    LEFT JOIN (SELECT DISTINCT replaces_id AS id FROM registry_issuancesignature) r ON r.id = s.id)
SELECT 'unsigned' AS what, 'registry_issuance' AS "table", i.id::text AS row,
    jsonb_build_object('unit_type', u.code, 'first', i.first, 'last', i.last,
        'since', p.recorded_at) AS data
FROM registry_issuance i
JOIN registry_posting p ON p.id = i.posting_id
LEFT JOIN registry_unittype u ON u.id = i.unit_type_id
LEFT JOIN signed s ON s.issuance_id = i.id AND NOT s.is_void AND NOT s.is_replaced
WHERE s.id IS NULL AND p.recorded_at < transaction_timestamp() - interval '60 seconds'
UNION ALL
SELECT 'no_issuance', 'registry_issuancesignature', s.id::text,
    jsonb_build_object('issuance', s.issuance_id)
FROM signed s LEFT JOIN registry_issuance i ON i.id = s.issuance_id WHERE i.id IS NULL
UNION ALL
SELECT 'key', 'registry_issuancesignature', s.id::text, jsonb_build_object('key', s.key_id)
FROM signed s
LEFT JOIN registry_issuance i ON i.id = s.issuance_id
LEFT JOIN registry_unittype u ON u.id = i.unit_type_id
WHERE s.key IS NULL OR s.purpose <> 'issuance' OR s.registry_id IS DISTINCT FROM u.registry_id
UNION ALL
SELECT 'validity', 'registry_issuancesignature', id::text,
    jsonb_build_object('signed_at', signed_at)
FROM signed WHERE signed_at < valid_from OR signed_at >= valid_to
UNION ALL
SELECT 'twice', 'registry_issuancesignature', id::text,
    jsonb_build_object('issuance', issuance_id)
FROM (SELECT id, issuance_id, row_number() OVER (
        PARTITION BY issuance_id, replaces_id ORDER BY id) AS n FROM signed) numbered
WHERE n > 1
UNION ALL
SELECT 'replaces', 'registry_issuancesignature', s.id::text,
    jsonb_build_object('replaces', s.replaces_id)
FROM signed s LEFT JOIN signed o ON o.id = s.replaces_id
WHERE s.replaces_id IS NOT NULL
    AND (o.id IS NULL OR NOT o.is_void OR o.issuance_id <> s.issuance_id OR o.id >= s.id)
