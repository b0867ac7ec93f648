-- What a registry brought with it is written once, with the proposal, and stays.
DO $$
DECLARE
    v_name text;
BEGIN
    FOREACH v_name IN ARRAY ARRAY['openingbalance', 'openingtotal', 'legacyblock']
    LOOP
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_append_only BEFORE UPDATE OR DELETE ON registry_%1$s'
            ' FOR EACH ROW EXECUTE FUNCTION registry_refuse_change(%2$L)',
            v_name, v_name || '_is_append_only');
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_never_truncated BEFORE TRUNCATE ON registry_%1$s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change(%2$L)',
            v_name, v_name || '_is_never_truncated');
        EXECUTE format(
            'ALTER TABLE registry_%1$s ENABLE ALWAYS TRIGGER %1$s_is_append_only,'
            ' ENABLE ALWAYS TRIGGER %1$s_is_never_truncated', v_name);
    END LOOP;
END $$;
