-- What was stated of credits that were retired elsewhere never changes; it is decided once. What is
-- confirmed has been issued.

CREATE FUNCTION linking_external_retirement_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_status int;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'stated' THEN
            PERFORM registry_refuse('external_retirement_begins_as_a_statement',
                format('it begins as %s', NEW.state), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.decision_id, NEW.unit_type_id, NEW.serial, NEW.series, NEW.serials, NEW.vintage_from,
        NEW.account_id, NEW.period, NEW.retired_on, NEW.evidence, NEW.document_hash,
        NEW.stated_by_id, NEW.stated_at)
        IS DISTINCT FROM
       (OLD.id, OLD.decision_id, OLD.unit_type_id, OLD.serial, OLD.series, OLD.serials, OLD.vintage_from,
        OLD.account_id, OLD.period, OLD.retired_on, OLD.evidence, OLD.document_hash,
        OLD.stated_by_id, OLD.stated_at)
        OR OLD.state <> 'stated'
    THEN
        PERFORM registry_refuse('external_retirement_keeps_what_was_stated',
            format('retirement %s is %s', OLD.id, OLD.state), TG_TABLE_NAME);
    END IF;
    SELECT status INTO v_status FROM registry_transaction WHERE id = NEW.transaction_id;
    IF NEW.state = 'confirmed' AND (v_status = 4) IS NOT true THEN
        PERFORM registry_refuse('external_retirement_is_confirmed_once_issued',
            format('its issuance is in state %s', v_status), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER external_retirement_is_decided_once BEFORE INSERT OR UPDATE
    ON linking_externalretirement
    FOR EACH ROW EXECUTE FUNCTION linking_external_retirement_written();
CREATE TRIGGER linking_externalretirement_is_append_only BEFORE DELETE
    ON linking_externalretirement
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('linking_externalretirement_is_append_only');
CREATE TRIGGER linking_externalretirement_is_never_truncated BEFORE TRUNCATE
    ON linking_externalretirement
    FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_change('linking_externalretirement_is_never_truncated');
ALTER TABLE linking_externalretirement
    ENABLE ALWAYS TRIGGER external_retirement_is_decided_once,
    ENABLE ALWAYS TRIGGER linking_externalretirement_is_append_only,
    ENABLE ALWAYS TRIGGER linking_externalretirement_is_never_truncated;

-- A credit counts once: a series is one hash, so that the exclusion needs no further extension.
ALTER TABLE linking_externalretirement ADD CONSTRAINT external_credit_is_used_once
    EXCLUDE USING gist (
        numrange(hashtextextended(series, 0)::numeric, hashtextextended(series, 0)::numeric, '[]')
            WITH &&,
        serials WITH &&
    ) WHERE (state <> 'refused');
