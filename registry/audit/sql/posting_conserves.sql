-- Each posting that stays inside this node conserves: in each registry and unit type, what it
-- opens is exactly what it closes and issues, serial by serial. Since issuances share no serial
-- and holdings lie inside theirs, this is conservation per issuance as well.
--
-- A block adds one at its first serial and takes one away after its last. Where blocks of one side
-- follow each other the two cancel, and are dropped in one sorted pass; what remains of both
-- sides must cancel at every serial.
-- :figures
SELECT (SELECT count(*) FROM registry_posting WHERE kind IN ('issue', 'move', 'convert'))
        AS postings,
    count(*) AS opened, count(closed_by_id) AS closed
FROM registry_holding
-- :findings
WITH opened AS (
    SELECT opened_by_id AS posting, registry_id, unit_type_id, first, last,
        lag(last) OVER sorted AS before, lead(first) OVER sorted AS after
    FROM registry_holding
    WINDOW sorted AS (PARTITION BY opened_by_id, registry_id, unit_type_id ORDER BY first)
), closed AS (
    SELECT closed_by_id AS posting, registry_id, unit_type_id, first, last,
        lag(last) OVER sorted AS before, lead(first) OVER sorted AS after
    FROM registry_holding
    WHERE closed_by_id IS NOT NULL
    WINDOW sorted AS (PARTITION BY closed_by_id, registry_id, unit_type_id ORDER BY first)
), edge AS (
    SELECT posting, registry_id, unit_type_id, first AS at, 1 AS change FROM opened
    WHERE before IS DISTINCT FROM first - 1
    UNION ALL
    SELECT posting, registry_id, unit_type_id, last + 1, -1 FROM opened
    WHERE after IS DISTINCT FROM last + 1
    UNION ALL
    SELECT posting, registry_id, unit_type_id, first, -1 FROM closed
    WHERE before IS DISTINCT FROM first - 1
    UNION ALL
    SELECT posting, registry_id, unit_type_id, last + 1, 1 FROM closed
    WHERE after IS DISTINCT FROM last + 1
    UNION ALL
    SELECT i.posting_id, u.registry_id, i.unit_type_id, e.at, e.change
    FROM registry_issuance i JOIN registry_unittype u ON u.id = i.unit_type_id,
        LATERAL (VALUES (i.first, -1), (i.last + 1, 1)) AS e (at, change)
    WHERE i.posting_id IS NOT NULL
), difference AS (
    SELECT posting, registry_id, unit_type_id, at, sum(change) AS change
    FROM edge
    GROUP BY posting, registry_id, unit_type_id, at
    HAVING sum(change) <> 0
), stretch AS (
    SELECT posting, registry_id, unit_type_id, at AS first,
        lead(at) OVER sorted - 1 AS last, sum(change) OVER sorted AS excess
    FROM difference
    WINDOW sorted AS (PARTITION BY posting, registry_id, unit_type_id ORDER BY at)
)
SELECT CASE WHEN s.excess > 0 THEN 'added' ELSE 'lost' END AS what,
    'registry_posting' AS "table", s.posting::text AS row,
    jsonb_build_object('registry', s.registry_id, 'unit_type', s.unit_type_id,
        'first', s.first, 'last', s.last, 'units', s.last - s.first + 1) AS data
FROM stretch s LEFT JOIN registry_posting p ON p.id = s.posting
WHERE s.excess <> 0 AND coalesce(p.kind, '') NOT IN ('post_in', 'post_out')
