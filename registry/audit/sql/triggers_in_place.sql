-- Every guard of the ledger's tables is there, fires when it should, always (also under
-- session_replication_role = replica), on every row, and calls its function; there is no other.
-- :figures
SELECT count(*) AS triggers
FROM jsonb_each(%(triggers)s::jsonb) t, jsonb_object_keys(t.value)
-- :findings
WITH expected AS (
    SELECT t.key AS "table", g.key AS name, g.value AS definition
    FROM jsonb_each(%(triggers)s::jsonb) t, jsonb_each_text(t.value) g
), present AS (
    SELECT r.relname AS "table", g.tgname AS name, g.tgenabled,
        g.tgattr::text = '' AND NOT g.tgdeferrable AS plain,
        CASE WHEN g.tgtype & 2 = 2 THEN 'BEFORE' ELSE 'AFTER' END
        || CASE WHEN g.tgtype & 4 = 4 THEN ' INSERT' ELSE '' END
        || CASE WHEN g.tgtype & 16 = 16 THEN ' UPDATE' ELSE '' END
        || CASE WHEN g.tgtype & 8 = 8 THEN ' DELETE' ELSE '' END
        || CASE WHEN g.tgtype & 32 = 32 THEN ' TRUNCATE' ELSE '' END
        || CASE WHEN g.tgtype & 1 = 1 THEN ' row ' ELSE ' statement ' END
        || f.proname || CASE WHEN g.tgnargs > 0 THEN
            '(' || rtrim(replace(encode(g.tgargs, 'escape'), '\000', ', '), ', ') || ')'
            ELSE '' END
        || coalesce(' when ' || substring(pg_get_triggerdef(g.oid) FROM 'WHEN (.*) EXECUTE'), '')
            AS definition
    FROM pg_trigger g
    JOIN pg_class r ON r.oid = g.tgrelid
    JOIN pg_proc f ON f.oid = g.tgfoid
    WHERE NOT g.tgisinternal AND r.relnamespace = 'public'::regnamespace
        AND r.relname ~ %(audited)s
)
SELECT CASE WHEN p.name IS NULL THEN 'missing' WHEN e.name IS NULL THEN 'unknown'
        WHEN p.tgenabled <> 'A' THEN 'not_always' ELSE 'differs' END AS what,
    'pg_trigger' AS "table", coalesce(e.name, p.name) AS row,
    jsonb_build_object('of', coalesce(e."table", p."table"), 'expected', e.definition,
        'found', p.definition) AS data
FROM expected e FULL JOIN present p ON p."table" = e."table" AND p.name = e.name
WHERE p.name IS NULL OR e.name IS NULL OR p.tgenabled <> 'A' OR NOT p.plain
    OR p.definition <> e.definition
