-- The ledger's tables are ordinary logged tables: no views in their place, no rewrite rules, no
-- row security that hides rows, no children whose rows would be read with theirs.
-- :figures
SELECT count(*) AS tables FROM jsonb_object_keys(%(rights)s::jsonb)
-- :findings
WITH expected AS (SELECT jsonb_object_keys(%(rights)s::jsonb) AS name),
present AS (
    SELECT e.name, c.oid, c.relkind, c.relpersistence, c.relrowsecurity
    FROM expected e
    LEFT JOIN pg_class c ON c.relname = e.name AND c.relnamespace = 'public'::regnamespace
)
SELECT CASE WHEN p.oid IS NULL THEN 'missing' WHEN p.relkind <> 'r' THEN 'not_a_table'
        WHEN p.relpersistence <> 'p' THEN 'not_logged' WHEN p.relrowsecurity THEN 'hides_rows'
        ELSE 'rewritten' END AS what,
    'pg_class' AS "table", p.name AS row, '{}'::jsonb AS data
FROM present p
LEFT JOIN (SELECT DISTINCT ev_class FROM pg_rewrite) w ON w.ev_class = p.oid
WHERE p.oid IS NULL OR p.relkind <> 'r' OR p.relpersistence <> 'p' OR p.relrowsecurity
    OR w.ev_class IS NOT NULL
UNION ALL
SELECT 'has_children', 'pg_class', p.name,
    jsonb_build_object('child', c.inhrelid::regclass::text)
FROM present p JOIN pg_inherits c ON c.inhparent = p.oid
