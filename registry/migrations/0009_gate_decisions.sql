-- The gate's other entry points: decide, execute, end, withdraw. Each is one round trip and atomic by
-- itself.

-- Completes a transaction that has waited, and whose row is locked.
CREATE FUNCTION registry_complete(p_transaction registry_transaction, p_salt bytea)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_type registry_transactiontype;
    v_sources bigint[] := ARRAY(SELECT x.source FROM unnest(p_transaction.lines) x);
    v_destinations bigint[] := ARRAY(SELECT x.destination FROM unnest(p_transaction.lines) x);
    v_blocked boolean;
    v_limited boolean;
    v_posting bigint;
    v_failures jsonb;
BEGIN
    SELECT * INTO STRICT v_type FROM registry_transactiontype WHERE id = p_transaction.type_id;
    SELECT coalesce(bool_or(a.status <> ALL (v_type.destination_statuses)), false),
        coalesce(bool_or(a.holding_limit IS NOT NULL OR l.id IS NOT NULL), false)
    INTO v_blocked, v_limited
    FROM registry_account a
    LEFT JOIN registry_accountholder h ON h.id = a.holder_id
    LEFT JOIN registry_grouplimit l ON l.group_id = h.group_id AND l.registry_id = a.registry_id
    WHERE a.id = ANY (v_destinations);
    v_blocked := registry_lock_accounts(
        v_sources, v_destinations, v_type.source_statuses, v_limited) OR v_blocked;
    v_failures := registry_reconciliation_failures(p_transaction);
    IF v_blocked THEN
        v_failures := registry_status_failures(p_transaction.id) || v_failures;
    END IF;
    IF v_type.effect NOT IN ('freeze', 'release') THEN
        v_posting := nextval('registry_posting_id_seq');
    END IF;
    UPDATE registry_transaction t SET status = 4, posting_id = v_posting
    WHERE t.id = p_transaction.id;
    -- Its vintages and its draws were examined when its units were reserved.
    v_done := registry_perform(p_transaction.id, v_posting, v_type.effect, v_type.records_use,
        p_salt, true, v_limited, false, v_failures);
    IF p_transaction.reverses_id IS NOT NULL THEN
        PERFORM registry_mark_reversed(p_transaction.id);
    END IF;
    RETURN v_posting;
END $$;

-- One person's decision. The last approval that is needed completes the transaction, or begins its
-- delay if there is one: `p_due` is the end of a delay that would begin with this decision.
CREATE FUNCTION registry_decide(
    p_transaction bigint, p_person bigint, p_api_key bigint, p_hash bytea, p_approved boolean,
    p_reason text, p_at timestamptz, p_salt bytea, p_due timestamptz,
    OUT posting_id bigint, OUT status int)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_xid xid8;
    v_transaction registry_transaction;
BEGIN
    v_xid := pg_current_xact_id();
    v_transaction := registry_lock_waiting(p_transaction);
    INSERT INTO registry_approval (transaction_id, person_id, api_key_id, approved,
        payload_hash, reason, at)
    VALUES (p_transaction, p_person, p_api_key, p_approved, p_hash, p_reason, p_at);
    status := 0;
    IF NOT p_approved THEN
        status := 6;
        PERFORM registry_end_without_posting(v_transaction, status);
    ELSIF v_transaction.approvals_needed <= (
        SELECT count(*) FROM registry_approval a
        WHERE a.transaction_id = p_transaction AND a.approved)
    THEN
        IF p_due IS NULL THEN
            status := 4;
            posting_id := registry_complete(v_transaction, p_salt);
        ELSE
            status := 30;
            UPDATE registry_transaction t SET status = 30, due_at = p_due,
                expires_at = registry_expiry(t.type_id, p_due)
            WHERE t.id = p_transaction;
        END IF;
    END IF;
    IF status <> 0 THEN
        PERFORM registry_tell(p_transaction, status, p_person, p_api_key, p_reason);
    END IF;
END $$;

-- Completes a delayed transaction that is due. No state: it is not, or another is at it now.
CREATE FUNCTION registry_execute(p_transaction bigint, p_person bigint, p_api_key bigint,
    p_salt bytea, OUT posting_id bigint, OUT status int)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_xid xid8;
    v_transaction registry_transaction;
BEGIN
    v_xid := pg_current_xact_id();
    SELECT t.* INTO v_transaction FROM registry_transaction t
    WHERE t.id = p_transaction AND t.status = 30 AND t.due_at <= clock_timestamp()
        AND (t.expires_at > clock_timestamp()) IS NOT false
    FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    posting_id := registry_complete(v_transaction, p_salt);
    status := 4;
    PERFORM registry_tell(p_transaction, status, p_person, p_api_key, '');
END $$;

-- Ends what waits, without a posting: cancelled by a person (40) or failed (-1) while delayed, or
-- expired (5). No state: there is no longer anything to fail or to expire.
CREATE FUNCTION registry_end(p_transaction bigint, p_person bigint, p_api_key bigint,
    p_status int, p_reason text, OUT status int)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_xid xid8;
    v_transaction registry_transaction;
BEGIN
    v_xid := pg_current_xact_id();
    SELECT t.* INTO v_transaction FROM registry_transaction t WHERE t.id = p_transaction
    FOR NO KEY UPDATE;
    IF p_status = 40 AND (v_transaction.status = 30) IS NOT true THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'NOT_DELAYED', 'transaction', p_transaction::text,
            'status', v_transaction.status)));
    END IF;
    IF (CASE p_status
        WHEN 40 THEN true
        WHEN -1 THEN v_transaction.status = 30 AND v_transaction.due_at <= clock_timestamp()
        WHEN 5 THEN v_transaction.status IN (0, 30)
            AND v_transaction.expires_at <= clock_timestamp() END) IS NOT true
    THEN
        RETURN;
    END IF;
    status := p_status;
    PERFORM registry_end_without_posting(v_transaction, status);
    PERFORM registry_tell(p_transaction, status, p_person, p_api_key, p_reason);
END $$;

CREATE FUNCTION registry_tell(p_transaction bigint, p_status int, p_person bigint,
    p_api_key bigint, p_reason text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry_transactionevent (transaction_id, status, at, person_id, api_key_id,
        reason)
    VALUES (p_transaction, p_status, clock_timestamp(), p_person, p_api_key, p_reason);
END $$;

-- When a proposal expires that waits from now, or from the end of its delay.
CREATE FUNCTION registry_expiry(p_type bigint, p_due timestamptz) RETURNS timestamptz
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT greatest(clock_timestamp(), p_due) + make_interval(hours => expires_after_hours)
        FROM registry_transactiontype WHERE id = p_type);
END $$;

-- The proposer takes the proposal back.
CREATE FUNCTION registry_withdraw(
    p_transaction bigint, p_person bigint, p_api_key bigint, p_reason text, OUT status int)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_xid xid8;
    v_transaction registry_transaction;
BEGIN
    v_xid := pg_current_xact_id();
    v_transaction := registry_lock_waiting(p_transaction);
    status := 7;
    PERFORM registry_end_without_posting(v_transaction, status);
    PERFORM registry_tell(p_transaction, status, p_person, p_api_key, p_reason);
END $$;

CREATE FUNCTION registry_lock_waiting(p_transaction bigint) RETURNS registry_transaction
LANGUAGE plpgsql AS $$
DECLARE
    v_transaction registry_transaction;
BEGIN
    SELECT * INTO v_transaction FROM registry_transaction WHERE id = p_transaction
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'UNKNOWN_TRANSACTION', 'transaction', p_transaction::text)));
    END IF;
    IF v_transaction.status <> 0 THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'NOT_AWAITING_APPROVAL', 'transaction', p_transaction::text,
            'status', v_transaction.status)));
    END IF;
    IF v_transaction.expires_at <= clock_timestamp() THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'PROPOSAL_EXPIRED', 'transaction', p_transaction::text,
            'expired_at', v_transaction.expires_at)));
    END IF;
    RETURN v_transaction;
END $$;

CREATE FUNCTION registry_end_without_posting(p_transaction registry_transaction, p_status int)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_transaction SET status = p_status WHERE id = p_transaction.id;
    UPDATE registry_mark SET released_by_id = p_transaction.id, released_at = clock_timestamp()
    WHERE transaction_id = p_transaction.id AND kind = 'reservation' AND released_at IS NULL;
    PERFORM registry_give_back(p_transaction.id, true);
END $$;
