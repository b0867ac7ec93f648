-- A rejection is by a party, of a version that is still proposed, and drops it.

CREATE FUNCTION linking_rejection_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_version linking_agreementversion;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    SELECT * INTO v_version FROM linking_agreementversion WHERE id = NEW.version_id FOR UPDATE;
    IF v_version.status IS DISTINCT FROM 'proposed' THEN
        PERFORM registry_refuse('agreement_rejection_is_of_a_proposal',
            format('version %s is %s', v_version.number, v_version.status), TG_TABLE_NAME);
    END IF;
    IF NOT EXISTS (SELECT FROM linking_agreementparty
        WHERE id = NEW.party_id AND agreement_id = v_version.agreement_id)
    THEN
        PERFORM registry_refuse('agreement_rejection_is_by_a_party',
            format('party %s is not of this agreement', NEW.party_id), TG_TABLE_NAME);
    END IF;
    UPDATE linking_agreementversion SET status = 'dropped' WHERE id = NEW.version_id;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_rejection_drops_a_proposal BEFORE INSERT ON linking_versionrejection
    FOR EACH ROW EXECUTE FUNCTION linking_rejection_inserted();
CREATE TRIGGER linking_versionrejection_is_append_only BEFORE UPDATE OR DELETE
    ON linking_versionrejection FOR EACH ROW
    EXECUTE FUNCTION registry_refuse_change('linking_versionrejection_is_append_only');
CREATE TRIGGER linking_versionrejection_is_never_truncated BEFORE TRUNCATE
    ON linking_versionrejection FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_change('linking_versionrejection_is_never_truncated');
ALTER TABLE linking_versionrejection
    ENABLE ALWAYS TRIGGER agreement_rejection_drops_a_proposal,
    ENABLE ALWAYS TRIGGER linking_versionrejection_is_append_only,
    ENABLE ALWAYS TRIGGER linking_versionrejection_is_never_truncated;
