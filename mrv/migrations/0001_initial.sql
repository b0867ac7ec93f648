-- What was recorded of operators and verifiers stays: only names and last days change, a last day
-- and a suspension once. All triggers are ENABLE ALWAYS.

CREATE FUNCTION mrv_operator_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.holder_id, NEW.registry_id, NEW.covered_from)
        IS DISTINCT FROM (OLD.id, OLD.holder_id, OLD.registry_id, OLD.covered_from)
    THEN
        PERFORM registry_refuse('operator_keeps_its_identity',
            format('operator %s', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER operator_is_the_same_for_ever BEFORE UPDATE ON mrv_operator
    FOR EACH ROW EXECUTE FUNCTION mrv_operator_updated();

CREATE FUNCTION mrv_installation_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.operator_id, NEW.code, NEW.jurisdiction_id, NEW.sector, NEW.started_on,
        NEW.recorded_by_id)
        IS DISTINCT FROM
       (OLD.id, OLD.operator_id, OLD.code, OLD.jurisdiction_id, OLD.sector, OLD.started_on,
        OLD.recorded_by_id)
        OR OLD.closed_on IS NOT NULL AND NEW.closed_on IS DISTINCT FROM OLD.closed_on
    THEN
        PERFORM registry_refuse('installation_keeps_its_identity',
            format('installation %s', OLD.code), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER installation_is_the_same_for_ever BEFORE UPDATE ON mrv_installation
    FOR EACH ROW EXECUTE FUNCTION mrv_installation_updated();

CREATE FUNCTION mrv_verifier_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.code, NEW.jurisdiction_id) IS DISTINCT FROM
       (OLD.id, OLD.code, OLD.jurisdiction_id)
    THEN
        PERFORM registry_refuse('verifier_keeps_its_identity',
            format('verifier %s', OLD.code), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verifier_is_the_same_for_ever BEFORE UPDATE ON mrv_verifier
    FOR EACH ROW EXECUTE FUNCTION mrv_verifier_updated();

CREATE FUNCTION mrv_accreditation_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.verifier_id, NEW.scheme_id, NEW.sectors, NEW.certificate, NEW.valid_from,
        NEW.valid_to, NEW.recorded_by_id)
        IS DISTINCT FROM
       (OLD.id, OLD.verifier_id, OLD.scheme_id, OLD.sectors, OLD.certificate, OLD.valid_from,
        OLD.valid_to, OLD.recorded_by_id)
        OR OLD.suspended_on IS NOT NULL
    THEN
        PERFORM registry_refuse('accreditation_is_only_suspended',
            format('accreditation %s', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accreditation_is_suspended_once BEFORE UPDATE ON mrv_accreditation
    FOR EACH ROW EXECUTE FUNCTION mrv_accreditation_updated();

CREATE FUNCTION mrv_verifier_member_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.verifier_id, NEW.person_id, NEW.valid_from) IS DISTINCT FROM
       (OLD.id, OLD.verifier_id, OLD.person_id, OLD.valid_from)
        OR OLD.valid_to IS NOT NULL
    THEN
        PERFORM registry_refuse('verifier_member_is_only_ended',
            format('member %s', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verifier_member_ends_once BEFORE UPDATE ON mrv_verifiermember
    FOR EACH ROW EXECUTE FUNCTION mrv_verifier_member_updated();

CREATE FUNCTION mrv_conflict_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.verifier_id, NEW.holder_id, NEW.kind, NEW.note, NEW.valid_from,
        NEW.declared_by_id)
        IS DISTINCT FROM
       (OLD.id, OLD.verifier_id, OLD.holder_id, OLD.kind, OLD.note, OLD.valid_from,
        OLD.declared_by_id)
        OR OLD.valid_to IS NOT NULL
    THEN
        PERFORM registry_refuse('conflict_of_interest_is_only_ended',
            format('conflict %s', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER conflict_of_interest_ends_once BEFORE UPDATE ON mrv_conflictofinterest
    FOR EACH ROW EXECUTE FUNCTION mrv_conflict_updated();

ALTER TABLE mrv_operator ENABLE ALWAYS TRIGGER operator_is_the_same_for_ever;
ALTER TABLE mrv_installation ENABLE ALWAYS TRIGGER installation_is_the_same_for_ever;
ALTER TABLE mrv_verifier ENABLE ALWAYS TRIGGER verifier_is_the_same_for_ever;
ALTER TABLE mrv_accreditation ENABLE ALWAYS TRIGGER accreditation_is_suspended_once;
ALTER TABLE mrv_verifiermember ENABLE ALWAYS TRIGGER verifier_member_ends_once;
ALTER TABLE mrv_conflictofinterest ENABLE ALWAYS TRIGGER conflict_of_interest_ends_once;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('operator', 'DELETE'),
        ('installation', 'DELETE'),
        ('verifier', 'DELETE'),
        ('accreditation', 'DELETE'),
        ('verifiermember', 'DELETE'),
        ('conflictofinterest', 'DELETE')
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
