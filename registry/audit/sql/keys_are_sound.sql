-- What a key is and when it may sign. The thumbprint is SHA-256 of the required members of the JWK
-- in their order, as base64url (RFC 7638, RFC 8037).
-- :figures
SELECT count(*) AS keys FROM registry_keyrecord
-- :findings
WITH k AS (
    SELECT *, least(valid_to, revoked_at) AS ends, first_value(node) OVER (ORDER BY id) AS first_node,
        '{"crv":"Ed25519","kty":"OKP","x":"'
            || translate(encode(public_key, 'base64'), E'+/=\n', '-_') || '"}' AS members
    FROM registry_keyrecord)
SELECT 'thumbprint' AS what, 'registry_keyrecord' AS "table", id::text AS row,
    jsonb_build_object('key', key_id) AS data
FROM k WHERE algorithm <> 'Ed25519' OR octet_length(public_key) <> 32
    OR key_id <> translate(encode(sha256(members::bytea), 'base64'), E'+/=\n', '-_')
UNION ALL
SELECT 'owner', 'registry_keyrecord', k.id::text, jsonb_build_object('purpose', k.purpose)
FROM k LEFT JOIN registry_registry r ON r.id = k.registry_id
WHERE CASE k.purpose WHEN 'issuance' THEN r.id IS NULL
    WHEN 'log' THEN k.registry_id IS NOT NULL
    WHEN 'receipt' THEN k.registry_id IS NOT NULL
    WHEN 'message' THEN k.registry_id IS NOT NULL
    ELSE true END
UNION ALL
SELECT 'validity', 'registry_keyrecord', id::text,
    jsonb_build_object('valid_from', valid_from, 'valid_to', valid_to)
FROM k WHERE valid_to <= valid_from
UNION ALL
SELECT 'revocation', 'registry_keyrecord', id::text, jsonb_build_object('revoked_at', revoked_at)
FROM k WHERE (revoked_at IS NULL) <> (revocation_reason = '') OR revoked_at < valid_from
UNION ALL
SELECT 'overlap', 'registry_keyrecord', b.id::text, jsonb_build_object('other', a.id)
FROM k a JOIN k b ON a.id < b.id AND a.purpose = b.purpose
    AND a.registry_id IS NOT DISTINCT FROM b.registry_id
WHERE a.valid_from < coalesce(b.ends, 'infinity') AND b.valid_from < coalesce(a.ends, 'infinity')
    AND a.valid_from < coalesce(a.ends, 'infinity') AND b.valid_from < coalesce(b.ends, 'infinity')
UNION ALL
SELECT 'node', 'registry_keyrecord', id::text, jsonb_build_object('node', node)
FROM k WHERE node <> first_node OR node ~ '[[:space:]+]' OR node = ''
