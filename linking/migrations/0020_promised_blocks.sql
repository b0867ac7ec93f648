-- What another node was promised to be taken in is promised to nobody else: not while its transfer is
-- accepted, and never again where other units are issued for it.

CREATE FUNCTION linking_promised_block_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_half linking_transfer;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    SELECT * INTO v_half FROM linking_transfer WHERE id = NEW.transfer_id;
    IF TG_OP = 'INSERT' THEN
        IF (v_half.role, v_half.unit_type_id) IS DISTINCT FROM ('destination', NEW.unit_type_id)
            OR NEW.released_at IS NOT NULL
        THEN
            PERFORM registry_refuse('promised_block_is_of_what_comes_in',
                format('transfer %s is the %s', NEW.transfer_id, v_half.role), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.transfer_id, NEW.unit_type_id, NEW.first, NEW.last)
        IS DISTINCT FROM (OLD.id, OLD.transfer_id, OLD.unit_type_id, OLD.first, OLD.last)
        OR OLD.released_at IS NOT NULL
    THEN
        PERFORM registry_refuse('promised_block_keeps_what_was_promised',
            format('block %s', OLD.id), TG_TABLE_NAME);
    END IF;
    IF NEW.released_at IS NOT NULL AND v_half.state <> 'aborted'
        AND (v_half.state <> 'completed' OR v_half.method NOT IN ('recognition', 'repatriation'))
    THEN
        PERFORM registry_refuse('promised_block_stands_while_it_may_come',
            format('transfer %s is %s', v_half.id, v_half.state), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER promised_block_is_released_once BEFORE INSERT OR UPDATE ON linking_promisedblock
    FOR EACH ROW EXECUTE FUNCTION linking_promised_block_written();
CREATE TRIGGER linking_promisedblock_is_append_only BEFORE DELETE ON linking_promisedblock
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('linking_promisedblock_is_append_only');
CREATE TRIGGER linking_promisedblock_is_never_truncated BEFORE TRUNCATE ON linking_promisedblock
    FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_change('linking_promisedblock_is_never_truncated');
ALTER TABLE linking_promisedblock
    ENABLE ALWAYS TRIGGER promised_block_is_released_once,
    ENABLE ALWAYS TRIGGER linking_promisedblock_is_append_only,
    ENABLE ALWAYS TRIGGER linking_promisedblock_is_never_truncated;

ALTER TABLE linking_promisedblock ADD CONSTRAINT unit_is_promised_once
    EXCLUDE USING gist (
        int8range(unit_type_id, unit_type_id, '[]') WITH &&, int8range(first, last, '[]') WITH &&
    ) WHERE (released_at IS NULL);

-- What was accepted before is promised too, as its proposals name it.
INSERT INTO linking_promisedblock (transfer_id, unit_type_id, first, last)
SELECT t.id, t.unit_type_id, (block ->> 'first')::bigint, (block ->> 'last')::bigint
FROM linking_transfer t
JOIN linking_inboxmessage m
    ON m.peer_id = t.peer_id AND m.transfer = t.uuid AND m.kind = 'propose'
CROSS JOIN jsonb_array_elements(m.text::jsonb #> '{body,blocks}') block
WHERE t.role = 'destination' AND (t.state = 'accepted'
    OR t.state = 'completed' AND t.method IN ('issue_and_cancel', 'escrow_mirror'))
ORDER BY t.id
ON CONFLICT ON CONSTRAINT unit_is_promised_once DO NOTHING;
