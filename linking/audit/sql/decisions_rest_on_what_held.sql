-- A decision rests on the version of its edge that was in force then, and what a use took is given
-- back only when the use did not come about.
-- :figures
SELECT (SELECT count(*) FROM linking_storeddecision) AS decisions,
    (SELECT count(*) FROM linking_release) AS given_back
-- :findings
SELECT 'not_in_force' AS what, 'linking_storeddecision' AS "table", d.id::text AS row,
    jsonb_build_object('edge', e.edge_id, 'version', v.number) AS data
FROM linking_storeddecision d
JOIN linking_linkedge e ON e.id = d.edge_id
JOIN linking_agreementversion v ON v.id = e.version_id
WHERE v.in_force_at IS NULL OR d.at < v.in_force_at OR EXISTS (
    SELECT FROM linking_agreementversion later
    WHERE later.agreement_id = v.agreement_id AND later.number > v.number
        AND later.in_force_at < d.at)
UNION ALL
SELECT 'stands', 'linking_release', r.id::text,
    jsonb_build_object('decision', d.id, 'transaction', u.transaction)
FROM linking_release r
JOIN linking_storeddecision d ON d.id = r.decision_id
JOIN (
    SELECT t.id AS transaction, t.status, split_part(l.factor, ' ', 1) AS decision
    FROM registry_transaction t, unnest(t.lines) AS l (source, destination,
        unit_type, quantity, minimum, first, vintage, entity, period, credit, factor)
    WHERE l.factor LIKE '%% %%'
) u ON u.decision = d.id::text
WHERE d.kind = 'use' AND u.status NOT IN (-1, 5, 6, 7, 20, 40)
