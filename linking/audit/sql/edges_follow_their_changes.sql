-- What happened to an edge can have happened: each state follows the one before, is told by the
-- acceptor of the edge or, at the same instant, by that of the edge the other way, and is of an edge
-- that was in force once; phases that began are in its text.
-- :figures
SELECT (SELECT count(*) FROM linking_edgechange) AS changes_of_edges,
    (SELECT count(*) FROM linking_phasestart) AS phases
-- :findings
WITH known AS (
    SELECT v.agreement_id, e.edge_id, e.source_id, e.acceptor_id, e.document
    FROM linking_linkedge e JOIN linking_agreementversion v ON v.id = e.version_id
    WHERE v.in_force_at IS NOT NULL
), change AS (
    SELECT c.*, lag(c.state) OVER (PARTITION BY c.agreement_id, c.edge_id ORDER BY c.at) AS before
    FROM linking_edgechange c
)
SELECT 'order' AS what, 'linking_edgechange' AS "table", c.id::text AS row,
    jsonb_build_object('edge', c.edge_id, 'state', c.state, 'before', c.before) AS data
FROM change c
WHERE c.before IS NOT NULL AND (c.before, c.state) NOT IN (
    ('pilot', 'active'), ('pilot', 'suspended'), ('pilot', 'terminated'), ('active', 'suspended'),
    ('active', 'terminated'), ('suspended', 'pilot'), ('suspended', 'active'),
    ('suspended', 'terminated'))
UNION ALL
SELECT 'no_edge', 'linking_edgechange', c.id::text, jsonb_build_object('edge', c.edge_id)
FROM change c
WHERE NOT EXISTS (SELECT FROM known k
    WHERE k.agreement_id = c.agreement_id AND k.edge_id = c.edge_id)
UNION ALL
SELECT 'by', 'linking_edgechange', c.id::text,
    jsonb_build_object('edge', c.edge_id, 'party', c.by_id)
FROM change c
WHERE c.cause NOT IN ('in_force', 'reciprocity') AND NOT EXISTS (
    SELECT FROM known k JOIN linking_agreementparty p ON p.id = c.by_id
        AND p.agreement_id = c.agreement_id AND p.jurisdiction_id = k.acceptor_id
    WHERE k.agreement_id = c.agreement_id AND k.edge_id = c.edge_id)
UNION ALL
SELECT 'alone', 'linking_edgechange', c.id::text, jsonb_build_object('edge', c.edge_id)
FROM change c
WHERE c.cause = 'reciprocity' AND NOT EXISTS (
    SELECT FROM known k
    JOIN known b ON b.agreement_id = k.agreement_id AND b.source_id = k.acceptor_id
        AND b.acceptor_id = k.source_id
    JOIN linking_edgechange o ON o.agreement_id = b.agreement_id AND o.edge_id = b.edge_id
        AND o.at = c.at AND o.state = c.state AND o.cause <> 'reciprocity'
    WHERE k.agreement_id = c.agreement_id AND k.edge_id = c.edge_id)
UNION ALL
SELECT 'no_phase', 'linking_phasestart', s.id::text,
    jsonb_build_object('edge', s.edge_id, 'phase', s.n)
FROM linking_phasestart s
WHERE NOT EXISTS (
    SELECT FROM known k, jsonb_array_elements(k.document -> 'phases') phase
    WHERE k.agreement_id = s.agreement_id AND k.edge_id = s.edge_id
        AND phase -> 'n' = to_jsonb(s.n))
