-- A posting across borders brings in, or sends out, exactly the serials of its message, in the
-- registry that the message names, and no other posting uses that message.
-- :figures
SELECT (SELECT count(*) FROM registry_posting WHERE message_id IS NOT NULL) AS postings,
    (SELECT count(*) FROM registry_verifiedmessage) AS messages,
    (SELECT coalesce(sum(upper(serials) - lower(serials)), 0) FROM registry_messageblock)
        AS units
-- :findings
WITH crossing AS (
    SELECT id, kind, message_id, CASE kind WHEN 'post_in' THEN 1 ELSE -1 END AS sign
    FROM registry_posting WHERE kind IN ('post_in', 'post_out')
), edge AS (
    SELECT p.id AS posting, h.registry_id, h.unit_type_id, e.at, e.change * p.sign AS change
    FROM crossing p JOIN registry_holding h ON h.opened_by_id = p.id,
        LATERAL (VALUES (h.first, 1), (h.last + 1, -1)) AS e (at, change)
    UNION ALL
    SELECT p.id, h.registry_id, h.unit_type_id, e.at, -e.change * p.sign
    FROM crossing p JOIN registry_holding h ON h.closed_by_id = p.id,
        LATERAL (VALUES (h.first, 1), (h.last + 1, -1)) AS e (at, change)
    UNION ALL
    SELECT p.id, CASE p.kind WHEN 'post_in' THEN m.receiver_id ELSE m.sender_id END,
        b.unit_type_id, e.at, -e.change
    FROM crossing p
    JOIN registry_verifiedmessage m ON m.id = p.message_id
    JOIN registry_messageblock b ON b.message_id = m.id,
        LATERAL (VALUES (lower(b.serials), 1), (upper(b.serials), -1)) AS e (at, change)
), difference AS (
    SELECT posting, registry_id, unit_type_id, at, sum(change) AS change
    FROM edge GROUP BY posting, registry_id, unit_type_id, at HAVING sum(change) <> 0
), stretch AS (
    SELECT posting, registry_id, unit_type_id, at AS first,
        lead(at) OVER sorted - 1 AS last, sum(change) OVER sorted AS excess
    FROM difference
    WINDOW sorted AS (PARTITION BY posting, registry_id, unit_type_id ORDER BY at)
)
SELECT CASE WHEN excess > 0 THEN 'not_in_message' ELSE 'not_posted' END AS what,
    'registry_posting' AS "table", posting::text AS row,
    jsonb_build_object('registry', registry_id, 'unit_type', unit_type_id, 'first', first,
        'last', last) AS data
FROM stretch WHERE excess <> 0
UNION ALL
SELECT 'used_twice', 'registry_posting', x.id::text,
    jsonb_build_object('message', x.message_id, 'other', x.other)
FROM (
    SELECT id, message_id, lag(id) OVER (PARTITION BY message_id ORDER BY id) AS other
    FROM registry_posting WHERE message_id IS NOT NULL
) x
WHERE x.other IS NOT NULL
UNION ALL
SELECT 'no_message', 'registry_posting', p.id::text,
    jsonb_build_object('message', p.message_id)
FROM crossing p LEFT JOIN registry_verifiedmessage m ON m.id = p.message_id
WHERE m.id IS NULL
