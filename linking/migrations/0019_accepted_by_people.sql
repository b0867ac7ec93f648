-- What people accept stays accepted by them; of a transfer on this node, by another person than the one
-- who has proposed it. Nothing comes in that waits for them.

CREATE FUNCTION linking_transfer_accepted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.asks_people IS DISTINCT FROM OLD.asks_people
        OR OLD.accepted_by_id IS NOT NULL AND NEW.accepted_by_id IS DISTINCT FROM OLD.accepted_by_id
    THEN
        PERFORM registry_refuse('transfer_keeps_who_accepted',
            format('transfer %s', OLD.id), TG_TABLE_NAME);
    END IF;
    IF NEW.accepted_by_id IS NOT NULL AND EXISTS (SELECT FROM registry_transaction
        WHERE id = NEW.source_transaction_id AND proposer_id = NEW.accepted_by_id)
    THEN
        PERFORM registry_refuse('transfer_is_accepted_by_another',
            format('person %s proposed it', NEW.accepted_by_id), TG_TABLE_NAME);
    END IF;
    IF NEW.asks_people AND NEW.accepted_by_id IS NULL AND (NEW.state = 'completed'
        OR NEW.role = 'destination' AND NEW.state = 'accepted')
    THEN
        PERFORM registry_refuse('transfer_waits_for_its_people',
            format('transfer %s is %s', OLD.id, NEW.state), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_is_accepted_by_people BEFORE UPDATE ON linking_transfer
    FOR EACH ROW EXECUTE FUNCTION linking_transfer_accepted();
ALTER TABLE linking_transfer ENABLE ALWAYS TRIGGER transfer_is_accepted_by_people;

-- As before, but that people accept or refuse what is accepted by the rules.
CREATE OR REPLACE FUNCTION linking_transfer_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_source int;
    v_destination int;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> ALL (CASE NEW.role WHEN 'both' THEN ARRAY['accepted']
            WHEN 'source' THEN ARRAY['proposed'] ELSE ARRAY['asked', 'accepted', 'rejected'] END)
        THEN
            PERFORM registry_refuse('transfer_begins_as_its_half_does',
                format('the %s of a transfer begins as %s', NEW.role, NEW.state), TG_TABLE_NAME);
        END IF;
        IF NEW.role <> 'destination' AND NOT EXISTS (SELECT FROM registry_transaction
            WHERE id = NEW.source_transaction_id AND registry_id = NEW.sender_id)
        THEN
            PERFORM registry_refuse('transfer_begins_with_a_transaction_of_its_sender',
                format('transaction %s', NEW.source_transaction_id), TG_TABLE_NAME);
        END IF;
        IF NEW.role <> 'source' AND NOT EXISTS (SELECT FROM registry_account
            WHERE id = NEW.destination_id AND registry_id = NEW.receiver_id)
        THEN
            PERFORM registry_refuse('transfer_goes_to_an_account_of_its_receiver',
                format('account %s', NEW.destination_id), TG_TABLE_NAME);
        END IF;
        IF NEW.role <> 'both' AND EXISTS (SELECT FROM registry_registry WHERE hosted
            AND id = CASE NEW.role WHEN 'source' THEN NEW.receiver_id ELSE NEW.sender_id END)
        THEN
            PERFORM registry_refuse('transfer_half_is_of_two_nodes',
                'both registries are on this node', TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.uuid, NEW.role, NEW.peer_id, NEW.method, NEW.edge_id, NEW.sender_id,
        NEW.receiver_id, NEW.destination_id, NEW.account_abroad, NEW.unit_type_id, NEW.quantity,
        NEW.period, NEW.source_transaction_id)
        IS DISTINCT FROM
       (OLD.id, OLD.uuid, OLD.role, OLD.peer_id, OLD.method, OLD.edge_id, OLD.sender_id,
        OLD.receiver_id, OLD.destination_id, OLD.account_abroad, OLD.unit_type_id, OLD.quantity,
        OLD.period, OLD.source_transaction_id)
        OR OLD.accepted_at IS NOT NULL AND (NEW.accepted_at, NEW.valid_until)
            IS DISTINCT FROM (OLD.accepted_at, OLD.valid_until)
    THEN
        PERFORM registry_refuse('transfer_keeps_what_was_accepted',
            format('transfer %s is %s', OLD.id, OLD.state), TG_TABLE_NAME);
    END IF;
    IF (NEW.role, OLD.state, NEW.state) NOT IN (
        ('both', 'accepted', 'accepted'), ('both', 'accepted', 'completed'),
        ('both', 'accepted', 'aborted'),
        ('source', 'proposed', 'asked'), ('source', 'proposed', 'aborted'),
        ('source', 'asked', 'accepted'), ('source', 'asked', 'rejected'),
        ('source', 'asked', 'aborted'), ('source', 'accepted', 'committed'),
        ('source', 'accepted', 'aborted'), ('source', 'committed', 'completed'),
        ('destination', 'asked', 'accepted'), ('destination', 'asked', 'rejected'),
        ('destination', 'asked', 'aborted'), ('destination', 'accepted', 'completed'),
        ('destination', 'accepted', 'aborted'))
    THEN
        PERFORM registry_refuse('transfer_states_follow_the_table',
            format('the %s of a transfer: %s to %s', NEW.role, OLD.state, NEW.state),
            TG_TABLE_NAME);
    END IF;
    SELECT status INTO v_source FROM registry_transaction WHERE id = NEW.source_transaction_id;
    SELECT status INTO v_destination FROM registry_transaction
    WHERE id = NEW.destination_transaction_id;
    IF NEW.state IN ('committed', 'completed') AND (
        (NEW.role = 'destination' OR v_source = 4)
        AND (NEW.role = 'source' OR v_destination = 4)) IS NOT true
    THEN
        PERFORM registry_refuse('transfer_is_completed_on_both_sides',
            format('source %s, destination %s', v_source, v_destination), TG_TABLE_NAME);
    ELSIF NEW.role <> 'destination' AND NEW.state IN ('aborted', 'rejected')
        AND (v_source IN (-1, 5, 6, 7, 40)) IS NOT true
    THEN
        PERFORM registry_refuse('transfer_is_aborted_only_unsent',
            format('the source is in state %s', v_source), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
