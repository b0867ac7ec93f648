-- Requests that others decide, trusted accounts, emergency stops, successions.

ALTER TABLE registry_governancedocument
    ADD CONSTRAINT request_document_has_a_bearable_size
        CHECK (octet_length(content) BETWEEN 1 AND 5242880),
    ADD CONSTRAINT request_document_has_its_digest CHECK (digest = sha256(content));

-- A request says for ever what it says, and is approved by as many others as it needs.
CREATE FUNCTION registry_request_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.registry_id, NEW.account_id, NEW.payload, NEW.payload_hash,
        NEW.reason, NEW.approvals_needed, NEW.requested_by_id, NEW.api_key_id, NEW.requested_at)
        IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.registry_id, OLD.account_id, OLD.payload, OLD.payload_hash,
        OLD.reason, OLD.approvals_needed, OLD.requested_by_id, OLD.api_key_id, OLD.requested_at)
    THEN
        PERFORM registry_refuse('request_keeps_what_it_says',
            format('request %s changes only its state', OLD.id), TG_TABLE_NAME);
    END IF;
    IF OLD.status <> 'waiting' THEN
        PERFORM registry_refuse('request_is_closed_once',
            format('request %s is %s', OLD.id, OLD.status), TG_TABLE_NAME);
    END IF;
    IF NEW.status = 'approved' AND (
        SELECT count(*) FILTER (WHERE approved) < NEW.approvals_needed
            OR bool_or(NOT approved) IS true
        FROM registry_governancedecision WHERE request_id = NEW.id)
    THEN
        PERFORM registry_refuse('request_is_approved_by_enough_others',
            format('request %s needs %s approvals', NEW.id, NEW.approvals_needed),
            TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER request_keeps_what_it_says BEFORE UPDATE ON registry_governancerequest
    FOR EACH ROW EXECUTE FUNCTION registry_request_updated();
ALTER TABLE registry_governancerequest ENABLE ALWAYS TRIGGER request_keeps_what_it_says;

-- The request is locked, so that the last two approvals know of each other.
CREATE FUNCTION registry_request_decided() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_request registry_governancerequest;
    v_done boolean;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    SELECT * INTO v_request FROM registry_governancerequest WHERE id = NEW.request_id
    FOR NO KEY UPDATE;
    IF v_request.status IS DISTINCT FROM 'waiting' THEN
        PERFORM registry_refuse('request_is_decided_while_it_waits',
            format('request %s is %s', NEW.request_id, v_request.status), TG_TABLE_NAME);
    END IF;
    IF NEW.person_id = v_request.requested_by_id THEN
        PERFORM registry_refuse('request_is_not_decided_by_who_asks',
            'who asks for something does not decide it', TG_TABLE_NAME);
    END IF;
    IF NEW.payload_hash <> v_request.payload_hash THEN
        PERFORM registry_refuse('request_decision_is_of_the_payload',
            'the payload hash is another one', TG_TABLE_NAME);
    END IF;
    IF v_request.kind = 'stop_lifting' AND EXISTS (
        SELECT FROM registry_stop WHERE id = (v_request.payload ->> 'stop')::bigint
            AND placed_by_id = NEW.person_id)
    THEN
        PERFORM registry_refuse('stop_is_not_lifted_by_who_placed_it',
            'who placed the stop does not decide that it ends', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER request_is_decided_by_others BEFORE INSERT ON registry_governancedecision
    FOR EACH ROW EXECUTE FUNCTION registry_request_decided();
ALTER TABLE registry_governancedecision ENABLE ALWAYS TRIGGER request_is_decided_by_others;

-- A removed entry stays removed.
CREATE FUNCTION registry_trusted_account_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'removed_at') <> (to_jsonb(OLD) - 'removed_at')
        OR OLD.removed_at IS NOT NULL
    THEN
        PERFORM registry_refuse('trusted_account_is_only_removed',
            format('entry %s may only be removed, once', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trusted_account_is_only_removed BEFORE UPDATE ON registry_trustedaccount
    FOR EACH ROW EXECUTE FUNCTION registry_trusted_account_updated();
ALTER TABLE registry_trustedaccount ENABLE ALWAYS TRIGGER trusted_account_is_only_removed;

-- A stop ends by an approved request that names it, and not otherwise.
CREATE FUNCTION registry_stop_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'lifted_by_id' - 'lifted_at')
        <> (to_jsonb(OLD) - 'lifted_by_id' - 'lifted_at')
        OR OLD.lifted_at IS NOT NULL
    THEN
        PERFORM registry_refuse('stop_is_only_lifted',
            format('stop %s may only be lifted, once', OLD.id), TG_TABLE_NAME);
    END IF;
    IF NEW.lifted_at IS NULL OR NOT EXISTS (
        SELECT FROM registry_governancerequest
        WHERE id = NEW.lifted_by_id AND kind = 'stop_lifting' AND status = 'approved'
            AND (payload ->> 'stop')::bigint = NEW.id)
    THEN
        PERFORM registry_refuse('stop_is_lifted_by_an_approved_request',
            format('no approved request lifts stop %s', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stop_is_only_lifted BEFORE UPDATE ON registry_stop
    FOR EACH ROW EXECUTE FUNCTION registry_stop_updated();

-- The account and the unit type are of the registry; a stop begins as one that stands.
CREATE FUNCTION registry_stop_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.lifted_at IS NOT NULL OR NEW.lifted_by_id IS NOT NULL THEN
        PERFORM registry_refuse('stop_is_lifted_by_an_approved_request',
            'a stop does not begin lifted', TG_TABLE_NAME);
    END IF;
    IF NEW.account_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM registry_account WHERE id = NEW.account_id AND registry_id = NEW.registry_id)
        OR NEW.unit_type_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM registry_unittype
            WHERE id = NEW.unit_type_id AND registry_id = NEW.registry_id)
    THEN
        PERFORM registry_refuse('stop_is_of_its_registry',
            'what is stopped is in another registry', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stop_is_of_its_registry BEFORE INSERT ON registry_stop
    FOR EACH ROW EXECUTE FUNCTION registry_stop_inserted();
-- New proposals are checked against the stops that their version of the reference data has.
CREATE TRIGGER stop_changes_the_reference AFTER INSERT OR UPDATE ON registry_stop
    FOR EACH STATEMENT EXECUTE FUNCTION registry_reference_changed();
ALTER TABLE registry_stop
    ENABLE ALWAYS TRIGGER stop_is_only_lifted,
    ENABLE ALWAYS TRIGGER stop_is_of_its_registry,
    ENABLE ALWAYS TRIGGER stop_changes_the_reference;

-- What waited, for a decision or a delay, is not completed while a stop stands; a transaction that
-- is completed as it is proposed is held by the version of the reference data.
CREATE FUNCTION registry_completed_while_stopped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM registry_stop s
        WHERE s.lifted_at IS NULL AND s.subject = '' AND s.account_id IS NULL
            AND (s.unit_type_id IS NULL AND s.registry_id IN (
                    SELECT registry_id FROM registry_account WHERE id IN (
                        SELECT unnest(ARRAY[l.source, l.destination]) FROM unnest(NEW.lines) l))
                OR s.unit_type_id IN (SELECT l.unit_type FROM unnest(NEW.lines) l)))
    THEN
        PERFORM registry_refuse('transaction_is_not_completed_while_stopped',
            'a stop of the registry or of the unit type stands', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transaction_is_not_completed_while_stopped BEFORE UPDATE
    ON registry_transaction FOR EACH ROW WHEN (NEW.status = 4 AND OLD.status <> 4)
    EXECUTE FUNCTION registry_completed_while_stopped();
ALTER TABLE registry_transaction
    ENABLE ALWAYS TRIGGER transaction_is_not_completed_while_stopped;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('governancerequest', 'DELETE'),
        ('governancedecision', 'UPDATE OR DELETE'),
        ('governancedocument', 'UPDATE OR DELETE'),
        ('trustedaccount', 'DELETE'),
        ('stop', 'DELETE'),
        ('holdersuccession', 'UPDATE OR DELETE')
    ) AS x (name, events)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_append_only BEFORE %2$s ON registry_%1$s'
            ' FOR EACH ROW EXECUTE FUNCTION registry_refuse_change(%3$L)',
            v.name, v.events, v.name || '_is_append_only');
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_never_truncated BEFORE TRUNCATE ON registry_%1$s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change(%2$L)',
            v.name, v.name || '_is_never_truncated');
        EXECUTE format(
            'ALTER TABLE registry_%1$s ENABLE ALWAYS TRIGGER %1$s_is_append_only,'
            ' ENABLE ALWAYS TRIGGER %1$s_is_never_truncated', v.name);
    END LOOP;
END $$;
