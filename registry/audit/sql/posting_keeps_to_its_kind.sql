-- What kinds of rows a posting wrote is what its kind says, and its kind is that of its
-- transaction's type.
-- :figures
SELECT count(*) FILTER (WHERE kind = 'issue') AS issue,
    count(*) FILTER (WHERE kind = 'move') AS move,
    count(*) FILTER (WHERE kind = 'convert') AS convert,
    count(*) FILTER (WHERE kind = 'post_in') AS post_in,
    count(*) FILTER (WHERE kind = 'post_out') AS post_out
FROM registry_posting
-- :findings
WITH opened AS (
    SELECT opened_by_id AS posting, bool_or(is_foreign) AS abroad, bool_and(is_foreign) AS only
    FROM registry_holding GROUP BY opened_by_id
), closed AS (
    SELECT closed_by_id AS posting, bool_or(is_foreign) AS abroad, bool_and(is_foreign) AS only
    FROM registry_holding WHERE closed_by_id IS NOT NULL GROUP BY closed_by_id
), issued AS (
    SELECT DISTINCT posting_id AS posting FROM registry_issuance WHERE posting_id IS NOT NULL
), seen AS (
    SELECT p.id, p.kind, p.message_id, y.effect,
        o.posting IS NOT NULL AS opens, c.posting IS NOT NULL AS closes,
        i.posting IS NOT NULL AS issues,
        coalesce(o.only, true) AND coalesce(c.only, true) AS foreign_only
    FROM registry_posting p
    LEFT JOIN registry_transaction t ON t.id = p.transaction_id
    LEFT JOIN registry_transactiontype y ON y.id = t.type_id
    LEFT JOIN opened o ON o.posting = p.id
    LEFT JOIN closed c ON c.posting = p.id
    LEFT JOIN issued i ON i.posting = p.id
), allowed (kind, opens, closes, issues) AS (VALUES
    ('issue', true, false, true),
    ('move', true, true, false),
    ('convert', true, true, true),
    ('post_in', true, false, false),
    ('post_out', NULL, true, false)
)
SELECT CASE
        WHEN a.kind IS NULL OR s.kind
            <> CASE s.effect WHEN 'consolidate' THEN 'move' ELSE s.effect END THEN 'type'
        WHEN (s.kind IN ('post_in', 'post_out')) <> (s.message_id IS NOT NULL) THEN 'message'
        WHEN s.kind IN ('post_in', 'post_out') AND NOT s.foreign_only THEN 'home_units'
        ELSE 'rows' END AS what,
    'registry_posting' AS "table", s.id::text AS row,
    jsonb_build_object('kind', s.kind, 'effect', s.effect, 'opens', s.opens,
        'closes', s.closes, 'issues', s.issues) AS data
FROM seen s LEFT JOIN allowed a ON a.kind = s.kind
WHERE a.kind IS NULL OR s.opens <> a.opens OR s.closes <> a.closes OR s.issues <> a.issues
    OR s.kind IS DISTINCT FROM CASE s.effect WHEN 'consolidate' THEN 'move' ELSE s.effect END
    OR (s.kind IN ('post_in', 'post_out')) <> (s.message_id IS NOT NULL)
    OR s.kind IN ('post_in', 'post_out') AND NOT s.foreign_only
