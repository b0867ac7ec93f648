-- The application's role owns nothing, is nobody of consequence, and has on each table no more
-- than the ledger needs; it calls the gate's entries and no other function that has more rights.
-- :figures
SELECT count(*) AS tables,
    (SELECT count(*) FROM jsonb_array_elements(%(entries)s::jsonb)) AS functions
FROM jsonb_object_keys(%(rights)s::jsonb)
-- :findings
WITH me AS (SELECT * FROM pg_roles WHERE rolname = %(role)s),
privilege (name) AS (
    SELECT * FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
        || CASE WHEN current_setting('server_version_num')::int >= 170000
            THEN ARRAY['MAINTAIN'] ELSE ARRAY[]::text[] END)
), relation AS (
    SELECT oid, relname, CASE
            WHEN relname ~ %(audited)s
                THEN coalesce(%(rights)s::jsonb ->> relname, 'SELECT')
            WHEN relname = 'django_migrations' THEN 'SELECT'
            ELSE 'SELECT, INSERT, UPDATE, DELETE' END AS rights
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
)
SELECT 'no_role' AS what, 'pg_roles' AS "table", %(role)s AS row, '{}'::jsonb AS data
WHERE NOT EXISTS (SELECT FROM me)
UNION ALL
SELECT 'attribute', 'pg_roles', me.rolname, jsonb_build_object('right', x.name)
FROM me, LATERAL (VALUES ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole),
    ('CREATEDB', rolcreatedb), ('BYPASSRLS', rolbypassrls), ('REPLICATION', rolreplication))
    AS x (name, has)
WHERE x.has
UNION ALL
SELECT 'member', 'pg_roles', me.rolname, jsonb_build_object('right', r.rolname)
FROM me JOIN pg_auth_members m ON m.member = me.oid JOIN pg_roles r ON r.oid = m.roleid
UNION ALL
SELECT 'owns', 'pg_shdepend', pg_describe_object(d.classid, d.objid, d.objsubid), '{}'
FROM me JOIN pg_shdepend d ON d.refobjid = me.oid
    AND d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
WHERE d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
UNION ALL
SELECT 'table', 'pg_class', r.relname, jsonb_build_object('right', p.name)
FROM me, relation r, privilege p
WHERE p.name <> ALL (string_to_array(r.rights, ', '))
    AND (has_table_privilege(me.oid, r.oid, p.name)
        OR CASE WHEN p.name IN ('INSERT', 'UPDATE', 'REFERENCES')
            THEN has_any_column_privilege(me.oid, r.oid, p.name) ELSE false END)
UNION ALL
SELECT 'sequence', 'pg_class', s.relname, jsonb_build_object('right', 'UPDATE')
FROM me, pg_class s
WHERE s.relnamespace = 'public'::regnamespace AND s.relkind = 'S'
    AND has_sequence_privilege(me.oid, s.oid, 'UPDATE')
UNION ALL
SELECT 'function', 'pg_proc', f.proname, jsonb_build_object('right', 'EXECUTE')
FROM me, pg_proc f
WHERE f.pronamespace = 'public'::regnamespace
    AND (f.prosecdef OR f.proname ~ %(audited)s)
    AND NOT %(entries)s::jsonb ? f.proname
    AND has_function_privilege(me.oid, f.oid, 'EXECUTE')
UNION ALL
SELECT 'makes', x.catalog, x.name, jsonb_build_object('right', x.permission)
FROM me, LATERAL (VALUES
    ('pg_namespace', 'public', 'CREATE', has_schema_privilege(me.oid, 'public', 'CREATE')),
    ('pg_database', current_database(), 'CREATE',
        has_database_privilege(me.oid, current_database(), 'CREATE')),
    ('pg_settings', 'session_replication_role', 'SET',
        has_parameter_privilege(me.oid, 'session_replication_role', 'SET'))
    ) AS x (catalog, name, permission, has)
WHERE x.has
UNION ALL
SELECT 'setting', 'pg_db_role_setting', s.setting, '{}'
FROM (SELECT unnest(setconfig) AS setting FROM pg_db_role_setting) s
WHERE starts_with(s.setting, 'session_replication_role')
