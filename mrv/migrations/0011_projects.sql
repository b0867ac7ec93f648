-- What was said of methodologies, projects and their reports stays as it was said; their states
-- follow what verifiers and administrators say. All triggers are ENABLE ALWAYS.

CREATE FUNCTION mrv_named_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id IS DISTINCT FROM OLD.id OR NEW.code IS DISTINCT FROM OLD.code THEN
        PERFORM registry_refuse(TG_ARGV[0], format('%s of %s', OLD.code, TG_TABLE_NAME),
            TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER project_type_keeps_its_code BEFORE UPDATE ON mrv_projecttype
    FOR EACH ROW EXECUTE FUNCTION mrv_named_once('project_type_keeps_its_code');

CREATE FUNCTION mrv_methodology_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.code, NEW.scheme_id) IS DISTINCT FROM (OLD.id, OLD.code, OLD.scheme_id) THEN
        PERFORM registry_refuse('methodology_keeps_its_scheme',
            format('methodology %s', OLD.code), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER methodology_is_the_same_for_ever BEFORE UPDATE ON mrv_methodology
    FOR EACH ROW EXECUTE FUNCTION mrv_methodology_updated();

-- What a project is about fits together; its states follow opinions and decisions.
CREATE FUNCTION mrv_offset_project_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_fits boolean;
    v_opinion boolean;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        SELECT m.scheme_id = r.scheme_id AND u.registry_id = a.registry_id AND u.kind = 'credit'
               AND v.document->'project_types' ? t.code
          INTO v_fits
          FROM mrv_methodologyversion v
          JOIN mrv_methodology m ON m.id = v.methodology_id
          JOIN registry_account a ON a.id = NEW.account_id
          JOIN registry_registry r ON r.id = a.registry_id
          JOIN registry_unittype u ON u.id = NEW.unit_type_id
          JOIN mrv_projecttype t ON t.id = NEW.project_type_id
         WHERE v.id = NEW.version_id;
        IF v_fits IS NOT true OR NEW.state <> 'proposed' THEN
            PERFORM registry_refuse('offset_project_begins_by_its_methodology',
                format('project %s begins as %s', NEW.code, NEW.state), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.code, NEW.name, NEW.account_id, NEW.unit_type_id, NEW.jurisdiction_id,
        NEW.project_type_id, NEW.version_id, NEW.values, NEW.description, NEW.crediting_from,
        NEW.crediting_to, NEW.proposed_by_id, NEW.proposed_at)
        IS DISTINCT FROM
       (OLD.id, OLD.code, OLD.name, OLD.account_id, OLD.unit_type_id, OLD.jurisdiction_id,
        OLD.project_type_id, OLD.version_id, OLD.values, OLD.description, OLD.crediting_from,
        OLD.crediting_to, OLD.proposed_by_id, OLD.proposed_at)
    THEN
        PERFORM registry_refuse('offset_project_keeps_what_was_proposed',
            format('project %s', OLD.code), TG_TABLE_NAME);
    END IF;
    SELECT positive INTO v_opinion FROM mrv_projectopinion
     WHERE project_id = OLD.id AND report_id IS NULL;
    IF ((OLD.state, NEW.state) IN (('proposed', 'refused'), ('validated', 'refused'),
                                   ('registered', 'closed'))
        OR (OLD.state, NEW.state) IN (('proposed', 'validated'), ('validated', 'registered'))
           AND v_opinion) IS NOT true
    THEN
        PERFORM registry_refuse('offset_project_follows_its_states',
            format('project %s is %s, not to be %s', OLD.code, OLD.state, NEW.state),
            TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER offset_project_is_validated_then_registered BEFORE INSERT OR UPDATE
    ON mrv_offsetproject
    FOR EACH ROW EXECUTE FUNCTION mrv_offset_project_written();

-- Days of a registered project, inside the time in which it earns; verified by an opinion.
CREATE FUNCTION mrv_monitoring_report_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_fits boolean;
    v_opinion boolean;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        SELECT state = 'registered' AND crediting_from <= NEW.period_from
               AND NEW.period_to <= crediting_to
          INTO v_fits FROM mrv_offsetproject WHERE id = NEW.project_id FOR SHARE;
        IF v_fits IS NOT true OR NEW.state <> 'submitted' THEN
            PERFORM registry_refuse('monitoring_report_is_of_a_project_that_earns',
                format('from %s until %s', NEW.period_from, NEW.period_to), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    SELECT positive INTO v_opinion FROM mrv_projectopinion WHERE report_id = OLD.id;
    IF (NEW.id, NEW.project_id, NEW.period_from, NEW.period_to, NEW.values, NEW.evidence,
        NEW.tonnes, NEW.derivation, NEW.digest, NEW.submitted_by_id, NEW.submitted_at)
        IS DISTINCT FROM
       (OLD.id, OLD.project_id, OLD.period_from, OLD.period_to, OLD.values, OLD.evidence,
        OLD.tonnes, OLD.derivation, OLD.digest, OLD.submitted_by_id, OLD.submitted_at)
        OR OLD.state <> 'submitted'
        OR (NEW.state = 'verified') IS DISTINCT FROM v_opinion
        OR (NEW.state = 'returned') IS NOT DISTINCT FROM v_opinion
    THEN
        PERFORM registry_refuse('monitoring_report_is_verified_by_an_opinion',
            format('report %s is %s', OLD.id, OLD.state), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER monitoring_report_is_judged_once BEFORE INSERT OR UPDATE ON mrv_monitoringreport
    FOR EACH ROW EXECUTE FUNCTION mrv_monitoring_report_written();
ALTER TABLE mrv_monitoringreport ADD CONSTRAINT monitoring_report_has_days_of_its_own
    EXCLUDE USING gist (
        int8range(project_id, project_id, '[]') WITH &&,
        daterange(period_from, period_to) WITH &&
    ) WHERE (state <> 'returned');

-- Who says it is accredited on that day for the scheme and the type, and free of conflicts.
CREATE FUNCTION mrv_project_opinion_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_on date := (NEW.at AT TIME ZONE 'UTC')::date;
    v_may boolean;
    v_waits boolean;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    SELECT EXISTS (
        SELECT FROM mrv_accreditation c
         WHERE c.verifier_id = NEW.verifier_id AND c.scheme_id = r.scheme_id
           AND t.code = ANY (c.sectors) AND v_on BETWEEN c.valid_from AND c.valid_to
           AND (c.suspended_on IS NULL OR c.suspended_on > v_on))
       AND NOT EXISTS (
        SELECT FROM mrv_conflictofinterest i
         WHERE i.verifier_id = NEW.verifier_id AND i.holder_id = a.holder_id
           AND i.valid_from <= v_on AND (i.valid_to IS NULL OR i.valid_to >= v_on))
      INTO v_may
      FROM mrv_offsetproject p
      JOIN mrv_projecttype t ON t.id = p.project_type_id
      JOIN registry_account a ON a.id = p.account_id
      JOIN registry_registry r ON r.id = a.registry_id
     WHERE p.id = NEW.project_id;
    IF v_may IS NOT true THEN
        PERFORM registry_refuse('project_opinion_is_of_an_accredited_verifier',
            format('verifier %s, project %s', NEW.verifier_id, NEW.project_id), TG_TABLE_NAME);
    END IF;
    IF NEW.report_id IS NULL THEN
        SELECT state = 'proposed' INTO v_waits FROM mrv_offsetproject WHERE id = NEW.project_id;
    ELSE
        SELECT state = 'submitted' AND project_id = NEW.project_id
          INTO v_waits FROM mrv_monitoringreport WHERE id = NEW.report_id;
    END IF;
    IF v_waits IS NOT true THEN
        PERFORM registry_refuse('project_opinion_is_of_what_waits',
            format('project %s, report %s', NEW.project_id, NEW.report_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER project_opinion_is_given_in_time BEFORE INSERT ON mrv_projectopinion
    FOR EACH ROW EXECUTE FUNCTION mrv_project_opinion_inserted();

ALTER TABLE mrv_projecttype ENABLE ALWAYS TRIGGER project_type_keeps_its_code;
ALTER TABLE mrv_methodology ENABLE ALWAYS TRIGGER methodology_is_the_same_for_ever;
ALTER TABLE mrv_offsetproject ENABLE ALWAYS TRIGGER offset_project_is_validated_then_registered;
ALTER TABLE mrv_monitoringreport ENABLE ALWAYS TRIGGER monitoring_report_is_judged_once;
ALTER TABLE mrv_projectopinion ENABLE ALWAYS TRIGGER project_opinion_is_given_in_time;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('projecttype', 'DELETE'),
        ('methodology', 'DELETE'),
        ('methodologyversion', 'UPDATE OR DELETE'),
        ('offsetproject', 'DELETE'),
        ('monitoringreport', 'DELETE'),
        ('projectopinion', 'UPDATE OR DELETE')
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
