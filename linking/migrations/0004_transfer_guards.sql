-- A transfer over a link says what was accepted and never changes it; it ends once, and only as its
-- source's transaction has ended: completed when that is, aborted when that never will be.

CREATE FUNCTION linking_transfer_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_source int;
    v_destination int;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'accepted' THEN
            PERFORM registry_refuse('transfer_begins_accepted',
                format('a transfer begins as %s', NEW.state), TG_TABLE_NAME);
        END IF;
        IF NOT EXISTS (SELECT FROM registry_transaction
            WHERE id = NEW.source_transaction_id AND registry_id = NEW.sender_id)
        THEN
            PERFORM registry_refuse('transfer_begins_with_a_transaction_of_its_sender',
                format('transaction %s', NEW.source_transaction_id), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.method, NEW.edge_id, NEW.sender_id, NEW.destination_id, NEW.unit_type_id,
        NEW.quantity, NEW.source_transaction_id, NEW.accepted_at)
        IS DISTINCT FROM
       (OLD.id, OLD.method, OLD.edge_id, OLD.sender_id, OLD.destination_id, OLD.unit_type_id,
        OLD.quantity, OLD.source_transaction_id, OLD.accepted_at)
        OR OLD.state <> 'accepted'
    THEN
        PERFORM registry_refuse('transfer_keeps_what_was_accepted',
            format('transfer %s is %s', OLD.id, OLD.state), TG_TABLE_NAME);
    END IF;
    SELECT status INTO v_source FROM registry_transaction WHERE id = NEW.source_transaction_id;
    SELECT status INTO v_destination FROM registry_transaction
    WHERE id = NEW.destination_transaction_id;
    IF NEW.state = 'completed' AND (v_source = 4 AND v_destination = 4) IS NOT true THEN
        PERFORM registry_refuse('transfer_is_completed_on_both_sides',
            format('source %s, destination %s', v_source, v_destination), TG_TABLE_NAME);
    ELSIF NEW.state = 'aborted' AND (v_source IN (-1, 5, 6, 7, 40)) IS NOT true THEN
        PERFORM registry_refuse('transfer_is_aborted_only_unsent',
            format('the source is in state %s', v_source), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_follows_its_source BEFORE INSERT OR UPDATE ON linking_transfer
    FOR EACH ROW EXECUTE FUNCTION linking_transfer_written();
ALTER TABLE linking_transfer ENABLE ALWAYS TRIGGER transfer_follows_its_source;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('transfer', 'DELETE'),
        ('transferpart', 'UPDATE OR DELETE')
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
