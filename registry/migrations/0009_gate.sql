-- The gate's entry points: submit, decide, execute, withdraw, end. Each is one round trip and atomic
-- by itself.

-- What a proposal says of its own decision beyond its type's plain rule: how many approve (never
-- fewer than the type asks), not before when, and when a delay ends that begins now.
CREATE TYPE registry_terms AS (needed int, execute_at timestamptz, due_at timestamptz);

-- Performs a transaction whose row exists and whose accounts are locked.
CREATE FUNCTION registry_perform(p_transaction bigint, p_posting bigint, p_effect text,
    p_records_use text, p_salt bytea, p_reserved boolean, p_limited boolean, p_ruled boolean,
    p_failures jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_pieces registry_piece[];
    v_failures jsonb := p_failures;
BEGIN
    IF p_effect IN ('move', 'convert', 'freeze') THEN
        IF p_reserved THEN
            SELECT p.pieces, v_failures || p.failures INTO v_pieces, v_failures
            FROM registry_pick_reserved(p_transaction) p;
            UPDATE registry_mark SET released_by_id = p_transaction,
                released_at = clock_timestamp()
            WHERE transaction_id = p_transaction AND kind = 'reservation'
                AND released_at IS NULL;
        ELSE
            SELECT p.pieces, v_failures || p.failures INTO v_pieces, v_failures
            FROM registry_pick(p_transaction, p_posting) p;
        END IF;
        IF p_ruled THEN
            v_failures := v_failures || registry_vintage_failures(p_transaction, v_pieces);
        END IF;
    END IF;
    IF v_failures <> '[]' THEN
        PERFORM registry_fail(v_failures);
    END IF;
    IF p_effect IN ('move', 'convert') THEN
        v_done := registry_write_moves(p_posting, v_pieces);
    ELSIF p_effect = 'consolidate' THEN
        PERFORM registry_write_merges(p_posting, p_transaction);
    ELSIF p_effect = 'freeze' THEN
        PERFORM registry_place_marks(p_transaction, 'freeze', v_pieces);
    ELSIF p_effect = 'release' THEN
        PERFORM registry_write_release(p_transaction);
    END IF;
    IF p_effect IN ('issue', 'convert') THEN
        PERFORM registry_write_issuances(p_posting, p_transaction);
    END IF;
    IF p_records_use <> '' THEN
        PERFORM registry_write_use(p_posting, p_transaction, p_records_use, v_pieces);
    END IF;
    IF p_limited THEN
        v_failures := registry_limit_failures(p_transaction);
        IF v_failures IS NOT NULL THEN
            PERFORM registry_fail(v_failures);
        END IF;
    END IF;
    IF p_posting IS NOT NULL THEN
        INSERT INTO registry_posting (id, transaction_id, kind, salt)
        VALUES (p_posting, p_transaction, replace(p_effect, 'consolidate', 'move'), p_salt);
    END IF;
    RETURN true;
END $$;

CREATE FUNCTION registry_mark_reversed(p_reversal bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_reversal registry_transaction;
BEGIN
    SELECT * INTO STRICT v_reversal FROM registry_transaction WHERE id = p_reversal;
    UPDATE registry_transaction SET status = 20 WHERE id = v_reversal.reverses_id AND status = 4;
    IF NOT FOUND THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'NOT_REVERSIBLE', 'transaction', v_reversal.reverses_id::text)));
    END IF;
    INSERT INTO registry_transactionevent (transaction_id, status, at, person_id, api_key_id,
        reason)
    VALUES (v_reversal.reverses_id, 20, clock_timestamp(), v_reversal.proposer_id,
        v_reversal.api_key_id, v_reversal.reason);
    PERFORM registry_give_back(v_reversal.reverses_id, false);
END $$;

-- Proposes a transaction. With nothing to wait for it is completed at once; else its units are
-- reserved until it is approved, or until its delay ends. The same key with the same request gives the first answer again. A proposal that
-- was checked against other reference data than today's gets no status and writes nothing.
CREATE FUNCTION registry_submit(
    p_type bigint, p_registry bigint, p_person bigint, p_api_key bigint, p_key text,
    p_request_hash bytea, p_hash bytea, p_attributes jsonb, p_reason text, p_reverses bigint,
    p_at timestamptz, p_salt bytea, p_reference bigint, p_terms registry_terms,
    p_lines registry_line[],
    OUT transaction_id bigint, OUT posting_id bigint, OUT status int, OUT replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_done boolean;
    v_xid xid8;
    v_effect text;
    v_records_use text;
    v_source_statuses text[];
    v_sources bigint[];
    v_destinations bigint[];
    v_blocked boolean;
    v_limited boolean;
    v_ruled boolean;
    v_needed int;
    v_due timestamptz;
    v_expires timestamptz;
    v_piece registry_piece;
    v_pieces registry_piece[];
    v_failures jsonb := '[]';
BEGIN
    -- The database transaction has its id before the posting takes one (registry_sequence rests
    -- on it), and accounts are locked before that, so that ids follow causes.
    v_xid := pg_current_xact_id();
    IF cardinality(p_lines) = 1 THEN
        -- Two accounts, the destination without a holding limit: facts and lock in one statement.
        SELECT y.effect, y.records_use, y.approvals,
            s.status <> ALL (y.source_statuses) OR d.status <> ALL (y.destination_statuses), false,
            y.counts_per_day AND s.daily_limit IS NOT NULL OR y.pool <> ''
            OR y.earliest_vintage IS NOT NULL OR y.latest_vintage IS NOT NULL
        INTO v_effect, v_records_use, v_needed, v_blocked, v_limited, v_ruled
        FROM registry_reference r, registry_transactiontype y, registry_account s,
            registry_account d
        WHERE y.id = p_type AND r.version = p_reference AND s.id = p_lines[1].source
            AND d.id = p_lines[1].destination AND d.holding_limit IS NULL
        FOR NO KEY UPDATE OF s;
    END IF;
    IF v_effect IS NULL THEN
        SELECT array_agg(x.source), array_agg(x.destination) INTO v_sources, v_destinations
        FROM unnest(p_lines) x;
        SELECT y.effect, y.records_use, y.source_statuses, y.approvals,
            coalesce(d.blocked, false), coalesce(d.limited, false),
            y.pool <> '' OR y.earliest_vintage IS NOT NULL OR y.latest_vintage IS NOT NULL
            OR y.counts_per_day AND EXISTS (
                SELECT FROM registry_account a
                WHERE a.id = ANY (v_sources) AND a.daily_limit IS NOT NULL)
        INTO v_effect, v_records_use, v_source_statuses, v_needed, v_blocked, v_limited, v_ruled
        FROM registry_reference r, registry_transactiontype y
        CROSS JOIN LATERAL (
            SELECT bool_or(a.status <> ALL (y.destination_statuses)) AS blocked,
                bool_or(a.holding_limit IS NOT NULL) AS limited
            FROM registry_account a WHERE a.id = ANY (v_destinations)) d
        WHERE y.id = p_type AND r.version = p_reference;
        IF NOT FOUND THEN
            -- Nothing is written yet: the caller checks again and comes back.
            status := NULL;
            RETURN;
        END IF;
        v_blocked := registry_lock_accounts(v_sources, v_destinations, v_source_statuses, v_limited)
            OR v_blocked;
    END IF;
    replayed := false;
    status := 4;
    IF v_needed > 0 OR NOT (p_terms IS NULL) THEN
        v_needed := greatest(v_needed, (p_terms).needed);
        IF v_needed > 0 THEN
            status := 0;
        ELSIF (p_terms).due_at IS NOT NULL THEN
            status := 30;
            v_due := (p_terms).due_at;
        END IF;
        IF status <> 4 THEN
            v_expires := registry_expiry(p_type, v_due);
        END IF;
    END IF;
    IF status = 4 AND v_effect NOT IN ('freeze', 'release') THEN
        posting_id := nextval('registry_posting_id_seq');
    END IF;
    INSERT INTO registry_transaction (type_id, registry_id, status, proposer_id, api_key_id,
        key, request_hash, payload_hash, attributes, reason, reverses_id, at, proposed_at,
        approvals_needed, execute_at, due_at, expires_at, posting_id, lines)
    VALUES (p_type, p_registry, status, p_person, p_api_key, p_key, p_request_hash, p_hash,
        p_attributes, p_reason, p_reverses, p_at, clock_timestamp(), v_needed,
        (p_terms).execute_at, v_due, v_expires, posting_id, p_lines)
    ON CONFLICT (proposer_id, key) DO NOTHING
    RETURNING id INTO transaction_id;
    IF transaction_id IS NULL THEN
        SELECT r.transaction_id, r.posting_id, r.status
        INTO transaction_id, posting_id, status
        FROM registry_replay(p_person, p_key, p_request_hash) r;
        replayed := true;
        RETURN;
    END IF;
    IF v_blocked THEN
        v_failures := registry_status_failures(transaction_id);
    END IF;
    IF v_ruled THEN
        v_failures := v_failures || registry_take(transaction_id);
    END IF;
    IF status = 4 THEN
        IF v_effect = 'move' AND cardinality(p_lines) = 1 AND p_lines[1].first IS NULL
            AND NOT v_blocked AND NOT v_limited AND NOT v_ruled AND p_reverses IS NULL
        THEN
            v_piece := registry_move_at_once(posting_id, p_lines[1]);
        END IF;
        IF v_piece.line IS NOT NULL THEN
            IF v_records_use <> '' THEN
                PERFORM registry_write_use(posting_id, transaction_id, v_records_use,
                    ARRAY[v_piece]);
            END IF;
            INSERT INTO registry_posting (id, transaction_id, kind, salt)
            VALUES (posting_id, transaction_id, 'move', p_salt);
            RETURN;
        END IF;
        v_done := registry_perform(transaction_id, posting_id, v_effect, v_records_use, p_salt,
            false, v_limited, v_ruled, v_failures);
        IF p_reverses IS NOT NULL THEN
            PERFORM registry_mark_reversed(transaction_id);
        END IF;
        RETURN;
    END IF;
    IF v_effect IN ('move', 'convert') THEN
        SELECT p.pieces, v_failures || p.failures INTO v_pieces, v_failures
        FROM registry_pick(transaction_id, NULL) p;
        IF v_ruled THEN
            v_failures := v_failures || registry_vintage_failures(transaction_id, v_pieces);
        END IF;
    END IF;
    IF v_failures <> '[]' THEN
        PERFORM registry_fail(v_failures);
    END IF;
    PERFORM registry_place_marks(transaction_id, 'reservation', v_pieces);
END $$;

CREATE FUNCTION registry_replay(p_person bigint, p_key text, p_request_hash bytea,
    OUT transaction_id bigint, OUT posting_id bigint, OUT status int)
LANGUAGE plpgsql AS $$
DECLARE
    v_transaction registry_transaction;
BEGIN
    SELECT * INTO STRICT v_transaction FROM registry_transaction
    WHERE proposer_id = p_person AND key = p_key;
    IF v_transaction.request_hash <> p_request_hash THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'IDEMPOTENCY_KEY_REUSED', 'transaction', v_transaction.id::text)));
    END IF;
    transaction_id := v_transaction.id;
    posting_id := v_transaction.posting_id;
    status := v_transaction.status;
END $$;

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
        coalesce(bool_or(a.holding_limit IS NOT NULL), false)
    INTO v_blocked, v_limited
    FROM registry_account a WHERE a.id = ANY (v_destinations);
    v_blocked := registry_lock_accounts(v_sources, v_destinations, v_type.source_statuses, v_limited)
        OR v_blocked;
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
