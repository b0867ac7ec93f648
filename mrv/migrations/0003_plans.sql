-- A plan keeps what was submitted and is decided once, whole: with as many source streams as it says.

ALTER TABLE mrv_monitoringplan ADD CONSTRAINT monitoring_plan_digest_is_of_its_text CHECK (
    digest = sha256(convert_to(canonical, 'UTF8')));

CREATE FUNCTION mrv_plan_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_streams int;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'submitted' THEN
            PERFORM registry_refuse('monitoring_plan_begins_submitted',
                format('version %s begins as %s', NEW.number, NEW.state), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.installation_id, NEW.number, NEW.template_id, NEW.from_year, NEW.gwp_set,
        NEW.stream_count, NEW.canonical, NEW.digest, NEW.submitted_by_id, NEW.submitted_at)
        IS DISTINCT FROM
       (OLD.id, OLD.installation_id, OLD.number, OLD.template_id, OLD.from_year, OLD.gwp_set,
        OLD.stream_count, OLD.canonical, OLD.digest, OLD.submitted_by_id, OLD.submitted_at)
        OR OLD.decided_by_id IS NOT NULL AND (NEW.decided_by_id, NEW.decided_at, NEW.reason)
            IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_at, OLD.reason)
    THEN
        PERFORM registry_refuse('monitoring_plan_keeps_what_it_says',
            format('version %s is written', OLD.number), TG_TABLE_NAME);
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('submitted', 'approved'), ('submitted', 'refused'), ('approved', 'superseded'))
    THEN
        PERFORM registry_refuse('monitoring_plan_states_follow_the_table',
            format('%s after %s', NEW.state, OLD.state), TG_TABLE_NAME);
    END IF;
    SELECT count(*) INTO v_streams FROM mrv_sourcestream WHERE plan_id = NEW.id;
    IF NEW.state = 'approved' AND v_streams <> NEW.stream_count THEN
        PERFORM registry_refuse('monitoring_plan_is_approved_whole',
            format('it has %s of %s streams', v_streams, NEW.stream_count), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_plan_is_decided_once BEFORE INSERT OR UPDATE ON mrv_monitoringplan
    FOR EACH ROW EXECUTE FUNCTION mrv_plan_written();
ALTER TABLE mrv_monitoringplan ENABLE ALWAYS TRIGGER monitoring_plan_is_decided_once;

CREATE FUNCTION mrv_stream_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_plan mrv_monitoringplan;
BEGIN
    SELECT * INTO v_plan FROM mrv_monitoringplan WHERE id = NEW.plan_id FOR UPDATE;
    IF v_plan.state <> 'submitted' OR v_plan.stream_count <= (
        SELECT count(*) FROM mrv_sourcestream WHERE plan_id = NEW.plan_id)
    THEN
        PERFORM registry_refuse('source_stream_is_of_what_was_submitted',
            format('plan %s has all of its streams', NEW.plan_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER source_stream_comes_with_its_plan BEFORE INSERT ON mrv_sourcestream
    FOR EACH ROW EXECUTE FUNCTION mrv_stream_inserted();
ALTER TABLE mrv_sourcestream ENABLE ALWAYS TRIGGER source_stream_comes_with_its_plan;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('monitoringplan', 'DELETE'),
        ('sourcestream', 'UPDATE OR DELETE')
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
