-- While a registry of this node holds a unit of another registry of this node, the issuing
-- registry holds it in the account of that partner: at every position, not only now.
--
-- Serials are cut at all ends of blocks, found by equality and numbered, so that no range is
-- compared with another. Within each piece of serials remain intervals of positions, and those
-- abroad must be covered by those at home. Postings without a position come after the head.
-- :figures
SELECT count(*) AS holdings, coalesce(sum(h.last - h.first + 1), 0) AS units
FROM registry_holding h
JOIN registry_unittype u ON u.id = h.unit_type_id AND u.registry_id <> h.registry_id
JOIN registry_registry home ON home.id = u.registry_id AND home.hosted
WHERE h.is_foreign
-- :findings
WITH head AS (SELECT coalesce(max(position), 0) AS position FROM registry_position),
row_of AS (
    SELECT h.id, true AS abroad, h.unit_type_id, h.registry_id AS partner, h.first, h.last,
        h.opened_by_id, h.closed_by_id
    FROM registry_holding h
    JOIN registry_unittype u ON u.id = h.unit_type_id AND u.registry_id <> h.registry_id
    JOIN registry_registry home ON home.id = u.registry_id AND home.hosted
    UNION ALL
    SELECT h.id, false, h.unit_type_id, a.stands_for_id, h.first, h.last,
        h.opened_by_id, h.closed_by_id
    FROM registry_holding h
    JOIN registry_account a ON a.id = h.account_id AND a.stands_for_id IS NOT NULL
    JOIN registry_unittype u ON u.id = h.unit_type_id AND u.registry_id = h.registry_id
    WHERE EXISTS (
        SELECT FROM registry_holding f
        WHERE f.is_foreign AND f.registry_id = a.stands_for_id
            AND f.unit_type_id = h.unit_type_id)
), placed AS (
    SELECT r.id, r.abroad, r.unit_type_id, r.partner, r.first, r.last + 1 AS until,
        coalesce(o.position, head.position + r.opened_by_id) AS from_position,
        CASE WHEN r.closed_by_id IS NOT NULL
            THEN coalesce(c.position, head.position + r.closed_by_id) END AS to_position
    FROM row_of r CROSS JOIN head
    LEFT JOIN registry_position o ON o.posting_id = r.opened_by_id
    LEFT JOIN registry_position c ON c.posting_id = r.closed_by_id
), cut AS (
    SELECT unit_type_id, partner, at,
        row_number() OVER (PARTITION BY unit_type_id, partner ORDER BY at) AS number
    FROM (
        SELECT unit_type_id, partner, first AS at FROM placed
        UNION
        SELECT unit_type_id, partner, until FROM placed
    ) x
), piece AS (
    SELECT p.id, p.abroad, p.unit_type_id, p.partner, p.from_position, p.to_position,
        generate_series(f.number, l.number - 1) AS number
    FROM placed p
    JOIN cut f ON (f.unit_type_id, f.partner, f.at) = (p.unit_type_id, p.partner, p.first)
    JOIN cut l ON (l.unit_type_id, l.partner, l.at) = (p.unit_type_id, p.partner, p.until)
), change AS (
    SELECT unit_type_id, partner, number, id, abroad, from_position AS position, 1 AS change
    FROM piece
    UNION ALL
    SELECT unit_type_id, partner, number, id, abroad, to_position, -1
    FROM piece WHERE to_position IS NOT NULL
), state AS (
    SELECT c.*,
        sum(change) FILTER (WHERE abroad) OVER sorted AS held_abroad,
        sum(change) FILTER (WHERE NOT abroad) OVER sorted AS held_at_home,
        max(ARRAY[position, id]) FILTER (WHERE abroad AND change = 1) OVER sorted AS latest
    FROM change c
    WINDOW sorted AS (PARTITION BY unit_type_id, partner, number ORDER BY position)
)
SELECT DISTINCT 'not_at_home' AS what, 'registry_holding' AS "table", s.latest[2]::text AS row,
    jsonb_build_object('unit_type', u.code, 'first', f.at, 'last', l.at - 1,
        'position', s.position, 'partner', g.code) AS data
FROM state s
JOIN cut f ON (f.unit_type_id, f.partner, f.number) = (s.unit_type_id, s.partner, s.number)
JOIN cut l ON (l.unit_type_id, l.partner, l.number) = (s.unit_type_id, s.partner, s.number + 1)
JOIN registry_unittype u ON u.id = s.unit_type_id
JOIN registry_registry g ON g.id = s.partner
WHERE s.held_abroad > 0 AND coalesce(s.held_at_home, 0) = 0
