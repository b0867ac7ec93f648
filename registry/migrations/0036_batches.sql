-- Batches: transactions that are decided as one.

ALTER TABLE registry_batch ADD CONSTRAINT batch_hash_has_its_length
    CHECK (octet_length(payload_hash) = 32);

-- Its transactions are its proposer's, wait as they were proposed, and need as many approvals.
CREATE FUNCTION registry_batch_item_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_batch registry_batch;
    v_transaction registry_transaction;
BEGIN
    SELECT * INTO v_batch FROM registry_batch WHERE id = NEW.batch_id;
    SELECT * INTO v_transaction FROM registry_transaction WHERE id = NEW.transaction_id;
    IF (v_transaction.proposer_id = v_batch.proposer_id AND v_transaction.status IN (0, 30)
        AND v_transaction.approvals_needed = v_batch.approvals_needed) IS NOT true
        OR EXISTS (SELECT FROM registry_approval WHERE transaction_id = NEW.transaction_id)
        OR EXISTS (SELECT FROM registry_batchdecision WHERE batch_id = NEW.batch_id)
    THEN
        PERFORM registry_refuse('batch_has_transactions_that_wait_alike',
            format('transaction %s does not wait as batch %s does', NEW.transaction_id,
                NEW.batch_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER batch_has_transactions_that_wait_alike BEFORE INSERT ON registry_batchitem
    FOR EACH ROW EXECUTE FUNCTION registry_batch_item_inserted();
ALTER TABLE registry_batchitem ENABLE ALWAYS TRIGGER batch_has_transactions_that_wait_alike;

CREATE FUNCTION registry_batch_decided() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_batch registry_batch;
BEGIN
    SELECT * INTO v_batch FROM registry_batch WHERE id = NEW.batch_id;
    IF v_batch.proposer_id = NEW.person_id THEN
        PERFORM registry_refuse('batch_is_not_decided_by_its_proposer',
            'who proposes a batch does not decide it', TG_TABLE_NAME);
    END IF;
    IF v_batch.payload_hash <> NEW.payload_hash THEN
        PERFORM registry_refuse('batch_decision_is_of_the_payload',
            'the payload hash is another one', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER batch_is_not_decided_by_its_proposer BEFORE INSERT ON registry_batchdecision
    FOR EACH ROW EXECUTE FUNCTION registry_batch_decided();
ALTER TABLE registry_batchdecision ENABLE ALWAYS TRIGGER batch_is_not_decided_by_its_proposer;

-- Nobody approves one transaction of a batch alone.
CREATE FUNCTION registry_approval_of_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM registry_batchitem i WHERE i.transaction_id = NEW.transaction_id
            AND NOT EXISTS (
                SELECT FROM registry_batchdecision d WHERE d.batch_id = i.batch_id
                    AND d.person_id = NEW.person_id AND d.approved = NEW.approved))
    THEN
        PERFORM registry_refuse('approval_is_of_the_whole_batch',
            format('transaction %s belongs to a batch', NEW.transaction_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_is_of_the_whole_batch BEFORE INSERT ON registry_approval
    FOR EACH ROW EXECUTE FUNCTION registry_approval_of_batch();
ALTER TABLE registry_approval ENABLE ALWAYS TRIGGER approval_is_of_the_whole_batch;

-- Says one thing of one transaction, through the gate's entry for it.
CREATE FUNCTION registry_say(p_what text, p_transaction bigint, p_hash bytea, p_salt bytea,
    p_person bigint, p_api_key bigint, p_status int, p_reason text, p_at timestamptz,
    p_due timestamptz, OUT posting_id bigint, OUT status int) LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF p_what = 'decide' THEN
        SELECT d.posting_id, d.status INTO posting_id, status
        FROM registry_decide(p_transaction, p_person, p_api_key, p_hash, p_status = 4, p_reason,
            p_at, p_salt, p_due) d;
    ELSIF p_what = 'execute' THEN
        SELECT e.posting_id, e.status INTO posting_id, status
        FROM registry_execute(p_transaction, p_person, p_api_key, p_salt) e;
    ELSIF p_what = 'withdraw' THEN
        status := registry_withdraw(p_transaction, p_person, p_api_key, p_reason);
    ELSE
        status := registry_end(p_transaction, p_person, p_api_key, p_status, p_reason);
    END IF;
END $$;

-- Says the same of many transactions, each on its own: failures are those of the gate, or the name
-- of the constraint that refused. Accounts are locked first and ascending, so that two batches
-- never wait for each other; a savepoint is for a chunk, and for each only where one is refused.
CREATE FUNCTION registry_say_each(p_what text, p_transactions bigint[], p_hashes bytea[],
    p_salts bytea[], p_person bigint, p_api_key bigint, p_status int, p_reason text,
    p_at timestamptz, p_due timestamptz)
RETURNS TABLE (posting_id bigint, status int, failures jsonb)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    v_xid xid8;
    v_chunk CONSTANT int := 64;
    v_from int;
    v_until int;
    v_item int;
    v_postings bigint[];
    v_statuses int[];
    v_detail text;
    v_constraint text;
    v_state text;
BEGIN
    v_xid := pg_current_xact_id();
    PERFORM FROM registry_account a
    WHERE p_what IN ('decide', 'execute') AND (
        a.id IN (SELECT l.source_id FROM registry_transactionline l
            WHERE l.transaction_id = ANY (p_transactions))
        OR a.holding_limit IS NOT NULL AND a.id IN (
            SELECT l.destination_id FROM registry_transactionline l
            WHERE l.transaction_id = ANY (p_transactions)))
    ORDER BY a.id FOR NO KEY UPDATE;
    FOR v_from IN 1..cardinality(p_transactions) BY v_chunk LOOP
        v_until := least(v_from + v_chunk - 1, cardinality(p_transactions));
        v_postings := '{}';
        v_statuses := '{}';
        BEGIN
            FOR v_item IN v_from..v_until LOOP
                SELECT s.posting_id, s.status INTO posting_id, status
                FROM registry_say(p_what, p_transactions[v_item], p_hashes[v_item], p_salts[v_item],
                    p_person, p_api_key, p_status, p_reason, p_at, p_due) s;
                v_postings := v_postings || posting_id;
                v_statuses := v_statuses || status;
            END LOOP;
        EXCEPTION WHEN SQLSTATE 'RG422' OR integrity_constraint_violation THEN
            v_postings := NULL;
        END;
        FOR v_item IN v_from..v_until LOOP
            failures := NULL;
            IF v_postings IS NOT NULL THEN
                posting_id := v_postings[v_item - v_from + 1];
                status := v_statuses[v_item - v_from + 1];
            ELSE
                BEGIN
                    SELECT s.posting_id, s.status INTO posting_id, status
                    FROM registry_say(p_what, p_transactions[v_item], p_hashes[v_item], p_salts[v_item],
                        p_person, p_api_key, p_status, p_reason, p_at, p_due) s;
                EXCEPTION WHEN SQLSTATE 'RG422' OR integrity_constraint_violation THEN
                    GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL,
                        v_constraint = CONSTRAINT_NAME, v_state = RETURNED_SQLSTATE;
                    posting_id := NULL;
                    status := NULL;
                    failures := CASE WHEN v_state = 'RG422' THEN v_detail::jsonb
                        ELSE jsonb_build_array(jsonb_build_object('constraint', v_constraint)) END;
                END;
            END IF;
            RETURN NEXT;
        END LOOP;
    END LOOP;
END $$;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('batch', 'UPDATE OR DELETE'), ('batchitem', 'UPDATE OR DELETE'),
        ('batchdecision', 'UPDATE OR DELETE')) AS x (name, events)
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
