-- Every constraint and unique index of the ledger's tables is there, of its kind, valid and in
-- force, and so are the indexes and the inner triggers that carry it.
-- :figures
SELECT count(*) AS constraints
FROM jsonb_each(%(constraints)s::jsonb) t, jsonb_object_keys(t.value)
-- :findings
WITH expected AS (
    SELECT t.key AS "table", c.key AS name, c.value AS kind
    FROM jsonb_each(%(constraints)s::jsonb) t, jsonb_each_text(t.value) c
), present AS (
    SELECT c.oid, r.relname AS "table", c.conname AS name, c.contype, c.convalidated,
        to_jsonb(c) ->> 'conenforced' AS enforced,
        CASE c.contype WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key'
            WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclusion' END
            AS kind
    FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
    WHERE r.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT NULL, r.relname, i.relname, NULL, true, NULL, 'unique index'
    FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_class r ON r.oid = x.indrelid
    WHERE x.indisunique AND r.relnamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid)
)
SELECT CASE WHEN p.name IS NULL THEN 'missing' WHEN p.kind <> e.kind THEN 'other_kind'
        ELSE 'not_in_force' END AS what,
    'pg_constraint' AS "table", e.name AS row,
    jsonb_build_object('of', e."table", 'kind', e.kind, 'found', p.kind) AS data
FROM expected e LEFT JOIN present p ON p."table" = e."table" AND p.name = e.name
WHERE p.name IS NULL OR p.kind IS DISTINCT FROM e.kind OR NOT p.convalidated
    OR p.enforced = 'false'
UNION ALL
SELECT 'switched_off', 'pg_constraint', p.name, jsonb_build_object('of', p."table")
FROM present p JOIN pg_trigger g ON g.tgconstraint = p.oid
WHERE p.contype = 'f' AND g.tgenabled NOT IN ('O', 'A')
GROUP BY p.name, p."table"
UNION ALL
SELECT 'index', 'pg_index', i.relname, jsonb_build_object('of', r.relname)
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class r ON r.oid = x.indrelid
WHERE r.relnamespace = 'public'::regnamespace
    AND NOT (x.indisvalid AND x.indisready AND x.indislive)
