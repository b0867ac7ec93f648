-- Each leaf has the digest of what the ledger's rows say of its posting, and the hash of its own
-- data. Both are derived here anew: the canonical bytes, the hidden accounts and entities
-- (HMAC-SHA256 under the posting's salt, RFC 2104), and the leaf.
-- :figures
SELECT count(*) AS leaves FROM registry_logleaf WHERE kind = 'posting'
-- :findings
WITH keyed AS (
    SELECT p.id, p.kind, p.recorded_at, p.transaction_id, p.message_id,
        -- A key that is shorter than the 64 bytes of SHA-256's block is filled up with zeros.
        CASE WHEN length(p.salt) > 64 THEN sha256(p.salt) ELSE p.salt END
            || decode(repeat('00', 64), 'hex') AS key
    FROM registry_posting p JOIN registry_logleaf l ON l.posting_id = p.id
), padded AS MATERIALIZED (
    -- The key under 0x36 and under 0x5c, eight bytes at a time.
    SELECT k.id, k.kind, k.recorded_at, k.transaction_id, k.message_id,
        int8send(w1 # 3906369333256140342) || int8send(w2 # 3906369333256140342)
            || int8send(w3 # 3906369333256140342) || int8send(w4 # 3906369333256140342)
            || int8send(w5 # 3906369333256140342) || int8send(w6 # 3906369333256140342)
            || int8send(w7 # 3906369333256140342) || int8send(w8 # 3906369333256140342) AS inner,
        int8send(w1 # 6655295901103053916) || int8send(w2 # 6655295901103053916)
            || int8send(w3 # 6655295901103053916) || int8send(w4 # 6655295901103053916)
            || int8send(w5 # 6655295901103053916) || int8send(w6 # 6655295901103053916)
            || int8send(w7 # 6655295901103053916) || int8send(w8 # 6655295901103053916) AS outer
    FROM keyed k
    CROSS JOIN LATERAL (SELECT 'x' || encode(k.key, 'hex') AS hex) h
    CROSS JOIN LATERAL (SELECT
        substr(hex, 1, 17)::bit(64)::bigint AS w1,
        ('x' || substr(hex, 18, 16))::bit(64)::bigint AS w2,
        ('x' || substr(hex, 34, 16))::bit(64)::bigint AS w3,
        ('x' || substr(hex, 50, 16))::bit(64)::bigint AS w4,
        ('x' || substr(hex, 66, 16))::bit(64)::bigint AS w5,
        ('x' || substr(hex, 82, 16))::bit(64)::bigint AS w6,
        ('x' || substr(hex, 98, 16))::bit(64)::bigint AS w7,
        ('x' || substr(hex, 114, 16))::bit(64)::bigint AS w8) words
), moved AS (
    SELECT h.opened_by_id AS posting, 'opened' AS ends, h.* FROM registry_holding h
    UNION ALL
    SELECT h.closed_by_id, 'closed', h.* FROM registry_holding h WHERE h.closed_by_id IS NOT NULL
), blocks AS (
    SELECT m.posting, m.ends, '[' || string_agg(
        '[' || to_json(r.code) || ',' || to_json(u.code) || ',"' || m.first || '","' || m.last
            || '","' || encode(sha256(p.outer || sha256(p.inner || convert_to('account', 'UTF8')
                || '\x00'::bytea || convert_to(a.number, 'UTF8'))), 'hex') || '"]',
        ',' ORDER BY r.code COLLATE "C", u.code COLLATE "C", m.first) || ']' AS said
    FROM moved m
    JOIN padded p ON p.id = m.posting
    JOIN registry_registry r ON r.id = m.registry_id
    JOIN registry_unittype u ON u.id = m.unit_type_id
    JOIN registry_account a ON a.id = m.account_id
    GROUP BY m.posting, m.ends
), issued AS (
    SELECT i.posting_id AS posting, '[' || string_agg(
        '{"activity":' || to_json(i.activity) || ',"first":"' || i.first || '","last":"' || i.last
            || '","legal_basis":' || to_json(i.legal_basis) || ',"mitigation_type":'
            || to_json(i.mitigation_type) || ',"project":' || to_json(i.project) || ',"sector":'
            || to_json(i.sector) || ',"unit_type":' || to_json(u.code) || ',"usable_until":'
            || coalesce('"' || to_char(i.usable_until, 'YYYY-MM-DD') || '"', 'null')
            || ',"vintage":' || to_json(i.vintage_label) || ',"vintage_from":"'
            || to_char(i.vintage_from, 'YYYY-MM-DD') || '","vintage_to":"'
            || to_char(i.vintage_to, 'YYYY-MM-DD') || '"}',
        ',' ORDER BY u.code COLLATE "C", i.first) || ']' AS said
    FROM registry_issuance i JOIN registry_unittype u ON u.id = i.unit_type_id
    GROUP BY i.posting_id
), used AS (
    SELECT s.posting_id AS posting, '[' || string_agg(
        '[' || to_json(r.code) || ',' || to_json(u.code) || ',"' || s.first || '","' || s.last
            || '",' || to_json(s.kind) || ',' || to_json(s.period) || ','
            || coalesce('"' || encode(sha256(p.outer || sha256(p.inner
                || convert_to('entity', 'UTF8') || '\x00'::bytea || convert_to(e.code, 'UTF8'))),
                'hex') || '"', 'null')
            || ',"' || s.credited_tonnes || '",' || to_json(s.factor_version) || ']',
        ',' ORDER BY r.code COLLATE "C", u.code COLLATE "C", s.first) || ']' AS said
    FROM registry_use s
    JOIN padded p ON p.id = s.posting_id
    JOIN registry_registry r ON r.id = s.registry_id
    JOIN registry_unittype u ON u.id = s.unit_type_id
    LEFT JOIN registry_accountholder e ON e.id = s.entity_id
    GROUP BY s.posting_id
), derived AS (
    SELECT p.id, to_char(p.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
            || '+00:00' AS recorded_at,
        '{"closed":' || coalesce(c.said, '[]') || ',"format":"concord-posting-1","issued":'
            || coalesce(i.said, '[]') || ',"kind":' || to_json(p.kind) || ',"message":'
            || coalesce('"' || encode(m.digest, 'hex') || '"', 'null') || ',"opened":'
            || coalesce(o.said, '[]') || ',"payload":'
            || coalesce('"' || encode(t.payload_hash, 'hex') || '"', 'null') || ',"posting":"'
            || p.id || '","recorded_at":"' AS start,
        '","request":"' || encode(t.request_hash, 'hex') || '","reverses":'
            || coalesce('"' || t.reverses_id || '"', 'null') || ',"transaction":"' || t.id
            || '","type":' || to_json(y.code) || ',"type_version":' || y.version || ',"used":'
            || coalesce(s.said, '[]') || '}' AS rest
    FROM padded p
    LEFT JOIN registry_transaction t ON t.id = p.transaction_id
    LEFT JOIN registry_transactiontype y ON y.id = t.type_id
    LEFT JOIN registry_verifiedmessage m ON m.id = p.message_id
    LEFT JOIN blocks c ON c.posting = p.id AND c.ends = 'closed'
    LEFT JOIN blocks o ON o.posting = p.id AND o.ends = 'opened'
    LEFT JOIN issued i ON i.posting = p.id
    LEFT JOIN used s ON s.posting = p.id
), compared AS (
    SELECT l.index, l.posting_id, l.digest, l.leaf_hash, d.recorded_at,
        sha256(convert_to(d.start || d.recorded_at || d.rest, 'UTF8')) AS expected
    FROM registry_logleaf l LEFT JOIN derived d ON d.id = l.posting_id
    WHERE l.kind = 'posting'
)
SELECT CASE WHEN x.digest IS DISTINCT FROM x.expected THEN 'digest' ELSE 'leaf_hash' END AS what,
    'registry_logleaf' AS "table", x.index::text AS row,
    jsonb_build_object('posting', x.posting_id, 'expected', encode(x.expected, 'hex'),
        'digest', encode(x.digest, 'hex')) AS data
FROM compared x
WHERE x.digest IS DISTINCT FROM x.expected
    OR x.leaf_hash IS DISTINCT FROM sha256('\x00'::bytea || convert_to(
        '{"format":"concord-leaf-1","kind":"posting","recorded_at":"' || x.recorded_at
        || '","sha256":"' || encode(x.digest, 'hex') || '","subject":"' || x.posting_id || '"}',
        'UTF8'))
