-- The functions of the gate and of the guards are, to the letter, those of this release, and what
-- runs with their owner's rights looks for names in known schemas only.
-- :figures
SELECT count(*) AS functions FROM jsonb_object_keys(%(functions)s::jsonb)
-- :findings
WITH expected AS (
    SELECT key AS name, value AS digest FROM jsonb_each_text(%(functions)s::jsonb)
), present AS (
    SELECT p.proname AS name, md5(p.prosrc) AS digest, p.prosecdef,
        coalesce(p.proconfig @> ARRAY['search_path=public, pg_temp'], false) AS pinned
    FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
        AND (p.proname ~ %(audited)s OR p.prosecdef)
)
SELECT CASE WHEN p.name IS NULL THEN 'missing' WHEN e.name IS NULL THEN 'unknown'
        WHEN p.digest <> e.digest THEN 'differs' ELSE 'search_path' END AS what,
    'pg_proc' AS "table", coalesce(e.name, p.name) AS row, '{}'::jsonb AS data
FROM expected e FULL JOIN present p ON p.name = e.name
WHERE p.name IS NULL OR e.name IS NULL OR p.digest <> e.digest OR p.prosecdef AND NOT p.pinned
