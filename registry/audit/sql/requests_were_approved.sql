-- A closed request is what those say who decided: approved by as many others as it needs, each once,
-- each by its hash and before it was closed; rejected by one; withdrawn by who asked. Its hash is
-- that of what it says.
-- :figures
SELECT (SELECT count(*) FROM registry_governancerequest) AS requests,
    (SELECT count(*) FROM registry_governancedecision) AS decisions
-- :rows requests
SELECT r.id, r.status, r.approvals_needed, r.requested_by_id, r.requested_at, r.closed_at,
    r.payload_hash,
    json_build_object('kind', r.kind, 'registry', g.code, 'account', a.number,
        'payload', r.payload::json, 'reason', r.reason),
    CASE WHEN r.kind = 'stop_lifting' THEN (
        SELECT s.placed_by_id FROM registry_stop s
        WHERE s.id::text = r.payload ->> 'stop') END
FROM registry_governancerequest r
LEFT JOIN registry_registry g ON g.id = r.registry_id
LEFT JOIN registry_account a ON a.id = r.account_id
ORDER BY r.id
-- :rows decisions
SELECT d.request_id, d.id, d.person_id, d.approved, d.payload_hash, d.at
FROM registry_governancedecision d
ORDER BY d.request_id, d.id
