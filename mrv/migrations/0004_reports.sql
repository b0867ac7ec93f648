-- A report takes values while it is a draft, and nothing of it changes afterwards but its state. All
-- triggers are ENABLE ALWAYS.

ALTER TABLE mrv_reportversion ADD CONSTRAINT report_version_digest_is_of_its_text CHECK (
    digest IS NULL OR digest = sha256(convert_to(canonical, 'UTF8')));
ALTER TABLE mrv_determination ADD CONSTRAINT determination_digest_is_of_its_text CHECK (
    digest = sha256(convert_to(canonical, 'UTF8')));
ALTER TABLE mrv_determination ADD CONSTRAINT determination_signature_has_its_length CHECK (
    octet_length(signature) = 64);

CREATE FUNCTION mrv_report_version_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_closed boolean;
    v_plan mrv_monitoringplan;
    v_report mrv_emissionreport;
    v_opinion text;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    SELECT * INTO v_report FROM mrv_emissionreport WHERE id = NEW.report_id;
    v_closed := EXISTS (SELECT FROM mrv_reportingyear y
        JOIN mrv_operator o ON o.registry_id = y.registry_id
        JOIN mrv_installation i ON i.operator_id = o.id
        WHERE i.id = v_report.installation_id AND y.year = v_report.year);
    IF v_closed AND (TG_OP = 'INSERT' OR OLD.state = 'draft' AND NEW.state <> 'draft') THEN
        PERFORM registry_refuse('report_version_is_of_an_open_year',
            format('%s is closed', v_report.year), TG_TABLE_NAME);
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO v_plan FROM mrv_monitoringplan WHERE id = NEW.plan_id;
        IF NEW.state <> 'draft' THEN
            PERFORM registry_refuse('report_version_begins_as_a_draft',
                format('version %s begins as %s', NEW.number, NEW.state), TG_TABLE_NAME);
        END IF;
        IF v_plan.installation_id <> v_report.installation_id OR v_plan.from_year > v_report.year
            OR v_plan.state NOT IN ('approved', 'superseded')
        THEN
            PERFORM registry_refuse('report_version_follows_an_approved_plan',
                format('plan %s is %s', NEW.plan_id, v_plan.state), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.report_id, NEW.number, NEW.plan_id, NEW.drafted_by_id, NEW.drafted_at)
        IS DISTINCT FROM
       (OLD.id, OLD.report_id, OLD.number, OLD.plan_id, OLD.drafted_by_id, OLD.drafted_at)
        OR OLD.state <> 'draft' AND (NEW.submitted_by_id, NEW.submitted_at, NEW.total_t,
            NEW.derivation, NEW.warnings, NEW.canonical, NEW.digest)
            IS DISTINCT FROM (OLD.submitted_by_id, OLD.submitted_at, OLD.total_t,
            OLD.derivation, OLD.warnings, OLD.canonical, OLD.digest)
        OR OLD.state = 'returned' AND (NEW.returned_by_id, NEW.returned_at, NEW.return_reason)
            IS DISTINCT FROM (OLD.returned_by_id, OLD.returned_at, OLD.return_reason)
    THEN
        PERFORM registry_refuse('report_version_keeps_what_it_says',
            format('version %s is %s', OLD.number, OLD.state), TG_TABLE_NAME);
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('submitted', 'verified'), ('submitted', 'returned'),
        ('verified', 'determined'), ('verified', 'returned'), ('determined', 'superseded'))
    THEN
        PERFORM registry_refuse('report_version_states_follow_the_table',
            format('%s after %s', NEW.state, OLD.state), TG_TABLE_NAME);
    END IF;
    IF OLD.state = 'draft' AND NEW.state = 'submitted' AND EXISTS (
        SELECT FROM mrv_sourcestream s WHERE s.plan_id = NEW.plan_id AND NOT EXISTS (
            SELECT FROM mrv_figure f WHERE f.version_id = NEW.id AND f.stream_id = s.id))
    THEN
        PERFORM registry_refuse('report_version_has_a_figure_for_each_stream',
            format('version %s lacks figures', NEW.number), TG_TABLE_NAME);
    END IF;
    SELECT opinion INTO v_opinion FROM mrv_verification WHERE version_id = NEW.id;
    IF NEW.state = 'verified' AND (v_opinion IN ('satisfactory', 'with_comments')) IS NOT true
        OR OLD.state = 'submitted' AND NEW.state = 'returned'
            AND (v_opinion = 'not_satisfactory') IS NOT true
    THEN
        PERFORM registry_refuse('report_version_is_verified_by_a_verifier',
            format('version %s has the opinion %s', NEW.number, v_opinion), TG_TABLE_NAME);
    END IF;
    IF OLD.state = 'verified' AND NEW.state = 'determined' AND NOT EXISTS (
        SELECT FROM mrv_determination WHERE version_id = NEW.id)
    THEN
        PERFORM registry_refuse('report_version_is_determined_by_a_determination',
            format('version %s has none', NEW.number), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER report_version_follows_its_states BEFORE INSERT OR UPDATE ON mrv_reportversion
    FOR EACH ROW EXECUTE FUNCTION mrv_report_version_written();

-- Values and figures are of a draft, and of a stream of its plan. The version is locked, so that it
-- is not submitted meanwhile.
CREATE FUNCTION mrv_part_of_report_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_version mrv_reportversion;
    v_row record;
BEGIN
    v_row := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    SELECT * INTO v_version FROM mrv_reportversion WHERE id = v_row.version_id FOR SHARE;
    IF v_version.state <> 'draft' THEN
        PERFORM registry_refuse('report_takes_values_while_it_is_a_draft',
            format('version %s is %s', v_version.number, v_version.state), TG_TABLE_NAME);
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT FROM mrv_sourcestream
        WHERE id = v_row.stream_id AND plan_id = v_version.plan_id)
    THEN
        PERFORM registry_refuse('report_is_of_the_streams_of_its_plan',
            format('stream %s is of another plan', v_row.stream_id), TG_TABLE_NAME);
    END IF;
    RETURN v_row;
END $$;
CREATE TRIGGER activity_value_is_of_a_draft BEFORE INSERT OR DELETE ON mrv_activityvalue
    FOR EACH ROW EXECUTE FUNCTION mrv_part_of_report_written();
CREATE TRIGGER figure_is_of_a_draft BEFORE INSERT ON mrv_figure
    FOR EACH ROW EXECUTE FUNCTION mrv_part_of_report_written();

-- A verifier looks at what is submitted, accredited for the scheme and the sector on that day, and
-- independent of the operator; its person has not submitted the report.
CREATE FUNCTION mrv_verification_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v record;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    SELECT r.state, r.submitted_by_id, i.sector, o.holder_id, g.scheme_id INTO v
    FROM mrv_reportversion r
    JOIN mrv_emissionreport e ON e.id = r.report_id
    JOIN mrv_installation i ON i.id = e.installation_id
    JOIN mrv_operator o ON o.id = i.operator_id
    JOIN registry_registry g ON g.id = o.registry_id
    WHERE r.id = NEW.version_id FOR SHARE OF r;
    IF v.state IS DISTINCT FROM 'submitted' THEN
        PERFORM registry_refuse('verification_is_of_what_was_submitted',
            format('the version is %s', v.state), TG_TABLE_NAME);
    END IF;
    IF NOT EXISTS (SELECT FROM mrv_accreditation a
        WHERE a.verifier_id = NEW.verifier_id AND a.scheme_id = v.scheme_id
            AND v.sector = ANY (a.sectors) AND NEW.on BETWEEN a.valid_from AND a.valid_to
            AND (a.suspended_on IS NULL OR a.suspended_on > NEW.on))
    THEN
        PERFORM registry_refuse('verification_is_by_an_accredited_verifier',
            format('verifier %s is not accredited for %s', NEW.verifier_id, v.sector),
            TG_TABLE_NAME);
    END IF;
    IF NEW.person_id = v.submitted_by_id OR NOT EXISTS (SELECT FROM mrv_verifiermember m
            WHERE m.verifier_id = NEW.verifier_id AND m.person_id = NEW.person_id
                AND NEW.on >= m.valid_from AND (m.valid_to IS NULL OR NEW.on <= m.valid_to))
        OR EXISTS (SELECT FROM mrv_conflictofinterest c
            WHERE c.verifier_id = NEW.verifier_id AND c.holder_id = v.holder_id
                AND NEW.on >= c.valid_from AND (c.valid_to IS NULL OR NEW.on <= c.valid_to))
    THEN
        PERFORM registry_refuse('verification_is_independent_of_the_operator',
            format('verifier %s, person %s', NEW.verifier_id, NEW.person_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verification_is_by_who_may BEFORE INSERT ON mrv_verification
    FOR EACH ROW EXECUTE FUNCTION mrv_verification_inserted();

-- What is determined was verified, tonne by tonne, or is an estimate where nothing was reported.
-- Who decides has neither reported nor verified.
CREATE FUNCTION mrv_determination_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v record;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    IF NEW.kind = 'report' THEN
        SELECT r.*, w.person_id AS verified_by INTO v FROM mrv_reportversion r
        LEFT JOIN mrv_verification w ON w.version_id = r.id
        WHERE r.id = NEW.version_id FOR SHARE OF r;
        IF v.state <> 'verified' OR v.report_id <> NEW.report_id OR v.total_t <> NEW.total_t THEN
            PERFORM registry_refuse('determination_is_of_what_was_verified',
                format('version %s is %s', v.number, v.state), TG_TABLE_NAME);
        END IF;
        IF NEW.by_id IN (v.submitted_by_id, v.verified_by) THEN
            PERFORM registry_refuse('determination_is_by_another',
                format('person %s has reported or verified', NEW.by_id), TG_TABLE_NAME);
        END IF;
    ELSIF EXISTS (SELECT FROM mrv_reportversion
        WHERE report_id = NEW.report_id AND state IN ('submitted', 'verified', 'determined'))
    THEN
        PERFORM registry_refuse('estimate_is_of_what_was_not_reported',
            format('report %s has a version', NEW.report_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER determination_is_of_what_may_be BEFORE INSERT ON mrv_determination
    FOR EACH ROW EXECUTE FUNCTION mrv_determination_inserted();

ALTER TABLE mrv_reportversion ENABLE ALWAYS TRIGGER report_version_follows_its_states;
ALTER TABLE mrv_activityvalue ENABLE ALWAYS TRIGGER activity_value_is_of_a_draft;
ALTER TABLE mrv_figure ENABLE ALWAYS TRIGGER figure_is_of_a_draft;
ALTER TABLE mrv_verification ENABLE ALWAYS TRIGGER verification_is_by_who_may;
ALTER TABLE mrv_determination ENABLE ALWAYS TRIGGER determination_is_of_what_may_be;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('reportingyear', 'UPDATE OR DELETE'),
        ('emissionreport', 'UPDATE OR DELETE'),
        ('reportversion', 'DELETE'),
        ('activityvalue', 'UPDATE'),
        ('figure', 'UPDATE OR DELETE'),
        ('verification', 'UPDATE OR DELETE'),
        ('determination', 'UPDATE OR DELETE')
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
