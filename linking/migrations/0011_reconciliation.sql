-- What a comparison found stays as it was found, and a case keeps what it is about.

CREATE FUNCTION linking_reconciliation_case_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN
            PERFORM registry_refuse('reconciliation_case_begins_open',
                format('it begins as %s', NEW.state), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.kind, NEW.registry_id, NEW.partner_id, NEW.unit_type_id, NEW.run_id,
        NEW.ranges, NEW.units, NEW.about, NEW.evidence, NEW.freezes, NEW.opened_at)
        IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.registry_id, OLD.partner_id, OLD.unit_type_id, OLD.run_id,
        OLD.ranges, OLD.units, OLD.about, OLD.evidence, OLD.freezes, OLD.opened_at)
        OR OLD.state IN ('repaired', 'dismissed')
        OR (OLD.state = 'open' AND NEW.state IN ('repaired', 'dismissed'))
    THEN
        PERFORM registry_refuse('reconciliation_case_keeps_what_was_found',
            format('case %s is %s', OLD.id, OLD.state), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reconciliation_case_follows_its_states BEFORE INSERT OR UPDATE
    ON linking_reconciliationcase
    FOR EACH ROW EXECUTE FUNCTION linking_reconciliation_case_written();
ALTER TABLE linking_reconciliationcase
    ENABLE ALWAYS TRIGGER reconciliation_case_follows_its_states;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('digestnode', 'DELETE'),
        ('digestpass', 'DELETE'),
        ('reconciliationcase', 'DELETE'),
        ('reconciliationrun', 'UPDATE OR DELETE')
    ) AS x (name, events)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER linking_%1$s_is_append_only BEFORE %2$s ON linking_%1$s'
            ' FOR EACH ROW EXECUTE FUNCTION registry_refuse_change(%3$L)',
            v.name, v.events, 'linking_' || v.name || '_is_append_only');
        EXECUTE format(
            'CREATE TRIGGER linking_%1$s_is_never_truncated BEFORE TRUNCATE ON linking_%1$s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change(%2$L)',
            v.name, 'linking_' || v.name || '_is_never_truncated');
        EXECUTE format(
            'ALTER TABLE linking_%1$s ENABLE ALWAYS TRIGGER linking_%1$s_is_append_only,'
            ' ENABLE ALWAYS TRIGGER linking_%1$s_is_never_truncated', v.name);
    END LOOP;
END $$;
