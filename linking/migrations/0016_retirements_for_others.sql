-- A retirement for a use elsewhere says what was ordered, follows its transaction, and ends once. The
-- message by which a mechanism's node states a retirement is part of what was stated.

CREATE FUNCTION linking_retirement_for_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_status int;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            PERFORM registry_refuse('retirement_for_begins_as_a_proposal',
                format('it begins as %s', NEW.state), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.transaction_id, NEW.unit_type_id, NEW.first, NEW.last, NEW.acceptor_id,
        NEW.account, NEW.period)
        IS DISTINCT FROM
       (OLD.id, OLD.transaction_id, OLD.unit_type_id, OLD.first, OLD.last, OLD.acceptor_id,
        OLD.account, OLD.period)
        OR OLD.message_id IS NOT NULL AND NEW.message_id IS DISTINCT FROM OLD.message_id
        OR OLD.statement_id IS NOT NULL AND NEW.statement_id IS DISTINCT FROM OLD.statement_id
    THEN
        PERFORM registry_refuse('retirement_for_keeps_what_was_ordered',
            format('retirement %s is %s', OLD.id, OLD.state), TG_TABLE_NAME);
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('proposed', 'told'), ('proposed', 'refused'),
        ('proposed', 'aborted'), ('told', 'credited'), ('told', 'refused'))
    THEN
        PERFORM registry_refuse('retirement_for_states_follow_the_table',
            format('retirement %s: %s to %s', OLD.id, OLD.state, NEW.state), TG_TABLE_NAME);
    END IF;
    SELECT status INTO v_status FROM registry_transaction WHERE id = NEW.transaction_id;
    IF NEW.state <> 'aborted' AND (v_status = 4) IS NOT true THEN
        PERFORM registry_refuse('retirement_for_is_told_once_retired',
            format('its transaction is in state %s', v_status), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retirement_for_follows_its_transaction BEFORE INSERT OR UPDATE
    ON linking_retirementfor
    FOR EACH ROW EXECUTE FUNCTION linking_retirement_for_written();
CREATE TRIGGER linking_retirementfor_is_append_only BEFORE DELETE ON linking_retirementfor
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('linking_retirementfor_is_append_only');
CREATE TRIGGER linking_retirementfor_is_never_truncated BEFORE TRUNCATE ON linking_retirementfor
    FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_change('linking_retirementfor_is_never_truncated');
ALTER TABLE linking_retirementfor
    ENABLE ALWAYS TRIGGER retirement_for_follows_its_transaction,
    ENABLE ALWAYS TRIGGER linking_retirementfor_is_append_only,
    ENABLE ALWAYS TRIGGER linking_retirementfor_is_never_truncated;

CREATE OR REPLACE FUNCTION linking_external_retirement_written() RETURNS trigger LANGUAGE plpgsql AS $$
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
        NEW.stated_by_id, NEW.stated_at, NEW.message_id)
        IS DISTINCT FROM
       (OLD.id, OLD.decision_id, OLD.unit_type_id, OLD.serial, OLD.series, OLD.serials, OLD.vintage_from,
        OLD.account_id, OLD.period, OLD.retired_on, OLD.evidence, OLD.document_hash,
        OLD.stated_by_id, OLD.stated_at, OLD.message_id)
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
