-- Factor sets and sector templates never change: reports rest on them.

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('factorset', 'UPDATE OR DELETE'),
        ('factor', 'UPDATE OR DELETE'),
        ('sectortemplate', 'UPDATE OR DELETE')
    ) AS x (name, events)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER mrv_%1$s_is_append_only BEFORE %2$s ON mrv_%1$s'
            ' FOR EACH ROW EXECUTE FUNCTION registry_refuse_change(%3$L)',
            v.name, v.events, 'mrv_' || v.name || '_is_append_only');
        EXECUTE format(
            'CREATE TRIGGER mrv_%1$s_is_never_truncated BEFORE TRUNCATE ON mrv_%1$s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change(%2$L)',
            v.name, 'mrv_' || v.name || '_is_never_truncated');
        EXECUTE format(
            'ALTER TABLE mrv_%1$s ENABLE ALWAYS TRIGGER mrv_%1$s_is_append_only,'
            ' ENABLE ALWAYS TRIGGER mrv_%1$s_is_never_truncated', v.name);
    END LOOP;
END $$;
