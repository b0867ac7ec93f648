-- Since there are two system administrators, each change of reference data is what one of them
-- proposed and another one approved, or was loaded by the owner of the database; and each row is
-- what its history says last. Columns that came after a row's last change do not count. Account
-- holders also change in the daily work of registries. Instants are left out of the comparison:
-- as text they depend on the session's time zone.
-- :figures
SELECT count(*) AS changes, count(*) FILTER (WHERE change_id IS NOT NULL) AS approved
FROM registry_referencehistory
-- :findings
WITH held (name, id, said) AS (
    SELECT 'jurisdiction', id, to_jsonb(t) FROM registry_jurisdiction t
    UNION ALL SELECT 'scheme', id, to_jsonb(t) FROM registry_scheme t
    UNION ALL SELECT 'registry', id, to_jsonb(t) FROM registry_registry t
    UNION ALL SELECT 'unit_type', id, to_jsonb(t) FROM registry_unittype t
    UNION ALL SELECT 'unit_type_alias', id, to_jsonb(t) FROM registry_unittypealias t
    UNION ALL SELECT 'account_class', id, to_jsonb(t) FROM registry_accountclass t
    UNION ALL SELECT 'account_holder', id, to_jsonb(t) FROM registry_accountholder t
    UNION ALL SELECT 'corporate_group', id, to_jsonb(t) FROM registry_corporategroup t
    UNION ALL SELECT 'group_limit', id, to_jsonb(t) FROM registry_grouplimit t
    UNION ALL SELECT 'registry_rules', id, to_jsonb(t) - '{valid_from,valid_to}'::text[] FROM registry_registryrules t
    UNION ALL SELECT 'issuance_cap', id, to_jsonb(t) FROM registry_issuancecap t
    UNION ALL SELECT 'calendar_day', id, to_jsonb(t) FROM registry_calendarday t
    UNION ALL SELECT 'calendar_year', id, to_jsonb(t) FROM registry_calendaryear t
    UNION ALL SELECT 'office_hours', id, to_jsonb(t) FROM registry_officehours t
    UNION ALL SELECT 'fact', id, to_jsonb(t) FROM registry_fact t
    UNION ALL SELECT 'source', id, to_jsonb(t) FROM registry_source t
), latest AS (
    SELECT DISTINCT ON ("table", row_id) "table" AS name, row_id AS id, operation,
        CASE WHEN "table" = 'registry_rules' THEN new - '{valid_from,valid_to}'::text[] ELSE new END
            AS said
    FROM registry_referencehistory h ORDER BY h."table", h.row_id, h.id DESC
)
SELECT 'not_approved' AS what, 'registry_referencehistory' AS "table", h.id::text AS row,
    jsonb_build_object('name', h."table", 'of', h.row_id) AS data
FROM registry_referencehistory h
WHERE h.at > (SELECT governed_since FROM registry_reference) AND h.loading_id IS NULL
    AND h."table" <> 'account_holder'
    AND NOT EXISTS (
        SELECT FROM registry_referencechange c
        WHERE c.id = h.change_id AND c.status = 'approved' AND c.decider_id <> c.proposer_id
            AND c."table" = h."table" AND c.row_id = h.row_id)
UNION ALL
SELECT 'not_remembered', 'registry_' || replace(coalesce(r.name, l.name), '_', ''),
    coalesce(r.id, l.id)::text, jsonb_build_object('name', coalesce(r.name, l.name))
FROM held r FULL JOIN latest l ON (l.name, l.id) = (r.name, r.id)
WHERE (r.id IS NULL AND l.operation <> 'delete')
    OR (r.id IS NOT NULL AND (l.id IS NULL OR l.operation = 'delete'
        OR EXISTS (SELECT FROM jsonb_each(l.said) e
            WHERE r.said ? e.key AND r.said -> e.key IS DISTINCT FROM e.value)))
