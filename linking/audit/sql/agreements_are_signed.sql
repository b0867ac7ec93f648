-- A version that is or was in force carries a signature of each party of its agreement, and of
-- nobody else; its digest is of its text; every version is kept; one at most is in force.
-- :figures
SELECT (SELECT count(*) FROM linking_agreement) AS agreements,
    (SELECT count(*) FROM linking_agreementversion) AS versions,
    (SELECT count(*) FROM linking_versionsignature) AS signatures
-- :findings
SELECT 'unsigned' AS what, 'linking_agreementversion' AS "table", v.id::text AS row,
    jsonb_build_object('agreement', a.code, 'party', j.code) AS data
FROM linking_agreementversion v
JOIN linking_agreement a ON a.id = v.agreement_id
JOIN linking_agreementparty p ON p.agreement_id = v.agreement_id
JOIN registry_jurisdiction j ON j.id = p.jurisdiction_id
LEFT JOIN linking_versionsignature s ON s.version_id = v.id AND s.party_id = p.id
WHERE v.in_force_at IS NOT NULL AND s.id IS NULL
UNION ALL
SELECT 'stranger', 'linking_versionsignature', s.id::text,
    jsonb_build_object('version', s.version_id)
FROM linking_versionsignature s
LEFT JOIN linking_agreementversion v ON v.id = s.version_id
LEFT JOIN linking_agreementparty p ON p.id = s.party_id AND p.agreement_id = v.agreement_id
WHERE p.id IS NULL
UNION ALL
SELECT 'digest', 'linking_agreementversion', v.id::text, '{}'
FROM linking_agreementversion v
WHERE v.digest <> sha256(convert_to(v.canonical, 'UTF8'))
UNION ALL
SELECT 'not_kept', 'linking_agreement', v.agreement_id::text,
    jsonb_build_object('kept', count(*), 'last', max(v.number))
FROM linking_agreementversion v
GROUP BY v.agreement_id HAVING count(*) <> max(v.number)
UNION ALL
SELECT 'several', 'linking_agreement', v.agreement_id::text,
    jsonb_build_object('count', count(*))
FROM linking_agreementversion v
WHERE v.status = 'in_force'
GROUP BY v.agreement_id HAVING count(*) > 1
