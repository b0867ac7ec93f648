-- Each signature of an issuance is one of its key (Ed25519) over the canonical JSON (RFC 8785) of
-- what the ledger says of the issuance, of the key, and of the moment.
-- :figures
SELECT count(*) AS signatures FROM registry_issuancesignature
-- :rows signed
SELECT s.id, s.issuance_id, s.signature, k.public_key, json_build_object(
    'format', 'concord-issuance-1',
    'registry', r.code,
    'unit_type', u.code,
    'kind', u.kind,
    'metric', u.metric,
    'first', i.first::text,
    'last', i.last::text,
    'vintage', i.vintage_label,
    'vintage_from', to_char(i.vintage_from, 'YYYY-MM-DD'),
    'vintage_to', to_char(i.vintage_to, 'YYYY-MM-DD'),
    'usable_until', to_char(i.usable_until, 'YYYY-MM-DD'),
    'legal_basis', i.legal_basis,
    'project', i.project,
    'activity', i.activity,
    'sector', i.sector,
    'mitigation_type', i.mitigation_type,
    'posting', i.posting_id::text,
    'issued_at', to_char(p.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00',
    'key_id', k.key_id,
    'algorithm', k.algorithm,
    'signed_at', to_char(s.signed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00')
FROM registry_issuancesignature s
JOIN registry_keyrecord k ON k.id = s.key_id
JOIN registry_issuance i ON i.id = s.issuance_id
JOIN registry_unittype u ON u.id = i.unit_type_id
JOIN registry_registry r ON r.id = u.registry_id
LEFT JOIN registry_posting p ON p.id = i.posting_id
ORDER BY s.id
