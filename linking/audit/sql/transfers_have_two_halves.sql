-- A transfer over a link moves the units of its parts, each as it was decided; it is completed when
-- both of its transactions have postings, and aborted when the first never will have one, and then,
-- and only then, what its decisions took is given back. Of a transfer between nodes the half that
-- this node keeps is judged: the source's by its posting out, the destination's by its posting in.
-- :figures
SELECT (SELECT count(*) FROM linking_transfer) AS transfers, coalesce(sum(quantity), 0) AS units
FROM linking_transferpart
-- :findings
WITH part AS (
    SELECT p.*, d.edge_id AS decided_on, (d.outcome ->> 'accepted')::bigint AS accepted,
        (d.outcome ->> 'withheld')::bigint AS kept, r.id AS release_id
    FROM linking_transferpart p
    JOIN linking_storeddecision d ON d.id = p.decision_id
    LEFT JOIN linking_release r ON r.decision_id = d.id
), whole AS (
    SELECT t.*, one.status AS sent, one.posting_id AS sent_by, other.posting_id AS taken_by,
        (SELECT sum(p.quantity) FROM part p WHERE p.transfer_id = t.id) AS parts,
        (SELECT sum(l.quantity) FROM unnest(other.lines) l) AS brought
    FROM linking_transfer t
    LEFT JOIN registry_transaction one ON one.id = t.source_transaction_id
    LEFT JOIN registry_transaction other ON other.id = t.destination_transaction_id
)
SELECT 'parts' AS what, 'linking_transfer' AS "table", w.id::text AS row,
    jsonb_build_object('units', w.quantity, 'parts', coalesce(w.parts, 0)) AS data
-- What people of the destination never accepted was decided on only to ask them.
FROM whole w WHERE w.role <> 'source' AND w.accepted_at IS NOT NULL
    AND w.quantity IS DISTINCT FROM w.parts
UNION ALL
SELECT 'decision', 'linking_transferpart', p.id::text,
    jsonb_build_object('transfer', p.transfer_id, 'decision', p.decision_id)
FROM part p JOIN whole w ON w.id = p.transfer_id
WHERE p.quantity <> p.accepted OR p.withheld <> p.kept
    OR p.decided_on IS DISTINCT FROM w.edge_id
UNION ALL
SELECT 'half', 'linking_transfer', w.id::text, jsonb_build_object('state', w.state)
FROM whole w
WHERE CASE
    WHEN w.state IN ('committed', 'completed') THEN
        w.role <> 'destination' AND w.sent_by IS NULL OR w.role <> 'source' AND w.taken_by IS NULL
    WHEN w.role = 'destination' THEN false
    WHEN w.state IN ('aborted', 'rejected') THEN coalesce(w.sent NOT IN (-1, 5, 6, 7, 40), true)
    -- Between nodes the units leave with the state that says so.
    ELSE w.role = 'source' AND w.sent_by IS NOT NULL END
UNION ALL
SELECT 'brought', 'linking_transfer', w.id::text,
    jsonb_build_object('units', w.quantity, 'brought', coalesce(w.brought, 0))
FROM whole w
WHERE w.state = 'completed' AND w.role <> 'source' AND w.method IN ('recognition', 'repatriation')
    AND w.brought IS DISTINCT FROM w.quantity
UNION ALL
SELECT CASE WHEN w.state = 'aborted' THEN 'not_given_back' ELSE 'given_back' END,
    'linking_transferpart', p.id::text,
    jsonb_build_object('transfer', p.transfer_id, 'decision', p.decision_id)
FROM part p JOIN whole w ON w.id = p.transfer_id
WHERE (w.state = 'aborted') <> (p.release_id IS NOT NULL)
