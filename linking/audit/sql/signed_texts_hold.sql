-- Each signature is one over the version's text, by the key that the text names for the party; and
-- the edges that decide are, field by field, those of the text.
-- :figures
SELECT (SELECT count(*) FROM linking_versionsignature) AS signatures,
    (SELECT count(*) FROM linking_linkedge) AS edges
-- :rows signatures
SELECT s.id, s.signature, r.code, v.canonical
FROM linking_versionsignature s
JOIN linking_agreementversion v ON v.id = s.version_id
JOIN linking_agreementparty p ON p.id = s.party_id
JOIN registry_registry r ON r.id = p.registry_id
ORDER BY s.id
-- :rows edges
SELECT e.id, e.edge_id, one.code, other.code, e.document::text, v.canonical
FROM linking_linkedge e
JOIN linking_agreementversion v ON v.id = e.version_id
JOIN registry_jurisdiction one ON one.id = e.source_id
JOIN registry_jurisdiction other ON other.id = e.acceptor_id
ORDER BY e.id
