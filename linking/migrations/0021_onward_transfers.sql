-- Where units go on to from their home is said before they set out, and how that ended is said once.

CREATE FUNCTION linking_onward_transfer_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'planned' THEN
            PERFORM registry_refuse('onward_transfer_begins_planned',
                format('it begins as %s', NEW.state), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.uuid, NEW.role, NEW.peer_id, NEW.registry_id, NEW.account, NEW.period,
        NEW.ordered_at)
        IS DISTINCT FROM
       (OLD.id, OLD.uuid, OLD.role, OLD.peer_id, OLD.registry_id, OLD.account, OLD.period,
        OLD.ordered_at)
        OR OLD.second_id IS NOT NULL AND NEW.second_id IS DISTINCT FROM OLD.second_id
    THEN
        PERFORM registry_refuse('onward_transfer_keeps_what_was_ordered',
            format('onward transfer %s is %s', OLD.id, OLD.state), TG_TABLE_NAME);
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('planned', 'at_home'), ('planned', 'dropped'),
        ('at_home', 'stayed'))
        AND (NEW.role, OLD.state, NEW.state) NOT IN (('source', 'at_home', 'arrived'),
        ('destination', 'at_home', 'sent'), ('both', 'at_home', 'sent'),
        ('destination', 'sent', 'arrived'), ('both', 'sent', 'arrived'),
        ('destination', 'sent', 'stayed'), ('both', 'sent', 'stayed'))
    THEN
        PERFORM registry_refuse('onward_transfer_states_follow_the_table',
            format('onward transfer %s: %s to %s', OLD.id, OLD.state, NEW.state), TG_TABLE_NAME);
    END IF;
    -- Of a transfer that was rejected, its destination keeps no half.
    IF NEW.state = 'at_home' AND NOT EXISTS (SELECT FROM linking_transfer
            WHERE uuid = NEW.uuid AND role = NEW.role AND state = 'completed')
        OR NEW.state = 'dropped' AND EXISTS (SELECT FROM linking_transfer
            WHERE uuid = NEW.uuid AND role = NEW.role AND state NOT IN ('rejected', 'aborted'))
    THEN
        PERFORM registry_refuse('onward_transfer_follows_the_first',
            format('onward transfer %s is %s', OLD.id, NEW.state), TG_TABLE_NAME);
    END IF;
    IF NEW.role <> 'source' AND NEW.state = 'arrived' AND NOT EXISTS (SELECT FROM linking_transfer
        WHERE id = NEW.second_id AND state = 'completed')
    THEN
        PERFORM registry_refuse('onward_transfer_arrives_by_the_second',
            format('onward transfer %s', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER onward_transfer_follows_its_transfers BEFORE INSERT OR UPDATE
    ON linking_onwardtransfer
    FOR EACH ROW EXECUTE FUNCTION linking_onward_transfer_written();
CREATE TRIGGER linking_onwardtransfer_is_append_only BEFORE DELETE ON linking_onwardtransfer
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('linking_onwardtransfer_is_append_only');
CREATE TRIGGER linking_onwardtransfer_is_never_truncated BEFORE TRUNCATE ON linking_onwardtransfer
    FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_change('linking_onwardtransfer_is_never_truncated');
ALTER TABLE linking_onwardtransfer
    ENABLE ALWAYS TRIGGER onward_transfer_follows_its_transfers,
    ENABLE ALWAYS TRIGGER linking_onwardtransfer_is_append_only,
    ENABLE ALWAYS TRIGGER linking_onwardtransfer_is_never_truncated;
