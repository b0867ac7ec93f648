-- The gate's entry points: submit, decide, withdraw. Each is one round trip and atomic by itself.

-- Performs a transaction whose row and lines exist and whose accounts are locked.
CREATE FUNCTION registry_perform(p_transaction registry_transaction,
    p_type registry_transactiontype, p_pieces registry_piece[], p_reserved boolean,
    p_blocked boolean, p_limited boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_pieces registry_piece[] := p_pieces;
    v_failures jsonb := '[]';
BEGIN
    IF p_blocked THEN
        v_failures := registry_status_failures(
            p_transaction.id, p_type.source_statuses, p_type.destination_statuses);
    END IF;
    IF p_type.effect = 'release' THEN
        UPDATE registry_mark SET released_by_id = p_transaction.id,
            released_at = p_transaction.at
        WHERE transaction_id = (p_transaction.attributes ->> 'freeze')::bigint
            AND kind = 'freeze' AND released_at IS NULL;
        IF NOT FOUND THEN
            v_failures := v_failures || jsonb_build_object('code', 'NOTHING_TO_RELEASE');
        END IF;
    ELSIF p_type.effect IN ('move', 'convert', 'freeze') AND v_pieces IS NULL THEN
        IF p_reserved THEN
            SELECT p.pieces, v_failures || p.failures INTO v_pieces, v_failures
            FROM registry_pick_reserved(p_transaction.id) p;
            UPDATE registry_mark SET released_by_id = p_transaction.id,
                released_at = clock_timestamp()
            WHERE transaction_id = p_transaction.id AND kind = 'reservation'
                AND released_at IS NULL;
        ELSE
            SELECT p.pieces, v_failures || p.failures INTO v_pieces, v_failures
            FROM registry_pick(p_transaction.id, p_transaction.posting_id) p;
        END IF;
    END IF;
    IF v_failures <> '[]' THEN
        PERFORM registry_fail(v_failures);
    END IF;
    IF p_type.effect = 'freeze' THEN
        PERFORM registry_place_marks(p_transaction.id, 'freeze', v_pieces);
    ELSIF p_type.effect = 'consolidate' THEN
        PERFORM registry_write_merges(p_transaction.posting_id, p_transaction.id);
    END IF;
    IF p_type.effect IN ('move', 'convert') THEN
        PERFORM registry_write_moves(p_transaction.posting_id, v_pieces);
    END IF;
    IF p_type.effect IN ('issue', 'convert') THEN
        PERFORM registry_write_issuances(p_transaction.posting_id, p_transaction.id,
            p_transaction.attributes -> 'issuances');
    END IF;
    IF p_type.records_use <> '' THEN
        PERFORM registry_write_use(p_transaction.posting_id, p_transaction.id,
            p_type.records_use, v_pieces);
    END IF;
    IF p_limited THEN
        v_failures := registry_limit_failures(p_transaction.id);
        IF v_failures IS NOT NULL THEN
            PERFORM registry_fail(v_failures);
        END IF;
    END IF;
    IF p_transaction.posting_id IS NOT NULL THEN
        INSERT INTO registry_posting (id, transaction_id, kind)
        VALUES (p_transaction.posting_id, p_transaction.id,
            replace(p_type.effect, 'consolidate', 'move'));
    END IF;
    IF p_transaction.reverses_id IS NOT NULL THEN
        PERFORM registry_mark_reversed(p_transaction);
    END IF;
END $$;

CREATE FUNCTION registry_place_marks(p_transaction bigint, p_kind text,
    p_pieces registry_piece[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry_mark (kind, registry_id, unit_type_id, first, last, account_id,
        transaction_id, line, placed_at)
    SELECT p_kind, h.registry_id, h.unit_type_id, p.first, p.last, h.account_id,
        p_transaction, p.line, clock_timestamp()
    FROM unnest(p_pieces) p JOIN registry_holding h ON h.id = p.holding;
END $$;

CREATE FUNCTION registry_mark_reversed(p_reversal registry_transaction) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_transaction SET status = 20 WHERE id = p_reversal.reverses_id AND status = 4;
    IF NOT FOUND THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'NOT_REVERSIBLE', 'transaction', p_reversal.reverses_id::text)));
    END IF;
    INSERT INTO registry_transactionevent (transaction_id, status, at, person_id, api_key_id,
        reason)
    VALUES (p_reversal.reverses_id, 20, clock_timestamp(), p_reversal.proposer_id,
        p_reversal.api_key_id, p_reversal.reason);
END $$;

-- Proposes a transaction. With no approvals to wait for it is completed at once; else its units
-- are reserved. The same key with the same payload gives the first answer again.
CREATE FUNCTION registry_submit(
    p_type bigint, p_registry bigint, p_person bigint, p_api_key bigint, p_key text,
    p_request_hash bytea, p_hash bytea, p_attributes jsonb, p_reason text, p_reverses bigint, p_at timestamptz,
    p_sources bigint[], p_destinations bigint[], p_unit_types bigint[], p_quantities bigint[],
    p_minima bigint[], p_firsts bigint[], p_vintages date[], p_entities bigint[],
    p_periods text[], p_credits bigint[], p_factors text[],
    OUT transaction_id bigint, OUT posting_id bigint, OUT status int, OUT replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_type registry_transactiontype;
    v_transaction registry_transaction;
    v_piece registry_piece;
    v_pieces registry_piece[];
    v_failures jsonb;
    v_blocked boolean;
    v_limited boolean;
BEGIN
    -- The database transaction has its id before the posting takes one (registry_sequence rests
    -- on it), and accounts are locked before that, so that ids follow causes.
    PERFORM pg_current_xact_id();
    SELECT * INTO STRICT v_type FROM registry_transactiontype WHERE id = p_type;
    SELECT a.blocked, a.limited INTO v_blocked, v_limited FROM registry_lock_accounts(
        p_sources, p_destinations, v_type.source_statuses, v_type.destination_statuses) a;
    replayed := false;
    status := CASE WHEN v_type.approvals = 0 THEN 4 ELSE 0 END;
    IF status = 4 AND v_type.effect NOT IN ('freeze', 'release') THEN
        posting_id := nextval('registry_posting_id_seq');
    END IF;
    INSERT INTO registry_transaction (type_id, registry_id, status, proposer_id, api_key_id,
        key, request_hash, payload_hash, attributes, reason, reverses_id, at, proposed_at, posting_id)
    VALUES (p_type, p_registry, status, p_person, p_api_key, p_key, p_request_hash, p_hash,
        p_attributes, p_reason, p_reverses, p_at, clock_timestamp(), posting_id)
    ON CONFLICT (proposer_id, key) DO NOTHING
    RETURNING * INTO v_transaction;
    IF NOT FOUND THEN
        SELECT r.transaction_id, r.posting_id, r.status
        INTO transaction_id, posting_id, status
        FROM registry_replay(p_person, p_key, p_request_hash) r;
        replayed := true;
        RETURN;
    END IF;
    transaction_id := v_transaction.id;
    INSERT INTO registry_transactionline (transaction_id, number, source_id, destination_id,
        unit_type_id, quantity, minimum, first, last, vintage_from, entity_id, period,
        credited_tonnes, factor_version)
    SELECT v_transaction.id, n, source, destination, unit_type, quantity,
        coalesce(minimum, quantity), first, first + quantity - 1, vintage, entity,
        coalesce(period, ''), credit, coalesce(factor, '')
    FROM unnest(p_sources, p_destinations, p_unit_types, p_quantities, p_minima, p_firsts,
        p_vintages, p_entities, p_periods, p_credits, p_factors)
        WITH ORDINALITY AS x (source, destination, unit_type, quantity, minimum, first, vintage,
            entity, period, credit, factor, n);
    IF status = 4 THEN
        IF v_type.effect = 'move' AND cardinality(p_sources) = 1 AND p_firsts[1] IS NULL THEN
            v_piece := registry_pick_at_once(p_sources[1], p_destinations[1], p_unit_types[1],
                p_quantities[1], p_vintages[1], posting_id);
            IF v_piece.line IS NOT NULL THEN
                v_pieces := ARRAY[v_piece];
            END IF;
        END IF;
        PERFORM registry_perform(v_transaction, v_type, v_pieces, false, v_blocked, v_limited);
    ELSIF v_type.effect IN ('move', 'convert') THEN
        SELECT p.pieces, p.failures INTO v_pieces, v_failures
        FROM registry_pick(v_transaction.id, NULL) p;
        IF v_blocked THEN
            v_failures := registry_status_failures(v_transaction.id, v_type.source_statuses,
                v_type.destination_statuses) || v_failures;
        END IF;
        IF v_failures <> '[]' THEN
            PERFORM registry_fail(v_failures);
        END IF;
        PERFORM registry_place_marks(v_transaction.id, 'reservation', v_pieces);
    END IF;
    INSERT INTO registry_transactionevent (transaction_id, status, at, person_id, api_key_id,
        reason)
    VALUES (v_transaction.id, status, clock_timestamp(), p_person, p_api_key, p_reason);
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

-- One person's decision. The last approval that the type asks for completes the transaction.
CREATE FUNCTION registry_decide(
    p_transaction bigint, p_person bigint, p_api_key bigint, p_hash bytea, p_approved boolean,
    p_reason text, p_at timestamptz, OUT posting_id bigint, OUT status int)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_type registry_transactiontype;
    v_transaction registry_transaction;
    v_sources bigint[];
    v_destinations bigint[];
    v_blocked boolean;
    v_limited boolean;
BEGIN
    PERFORM pg_current_xact_id();
    v_transaction := registry_lock_waiting(p_transaction);
    SELECT * INTO STRICT v_type FROM registry_transactiontype WHERE id = v_transaction.type_id;
    INSERT INTO registry_approval (transaction_id, person_id, api_key_id, approved,
        payload_hash, reason, at)
    VALUES (p_transaction, p_person, p_api_key, p_approved, p_hash, p_reason, p_at);
    status := 0;
    IF NOT p_approved THEN
        status := 6;
        PERFORM registry_end_without_posting(v_transaction, status);
    ELSIF v_type.approvals <= (
        SELECT count(*) FROM registry_approval a
        WHERE a.transaction_id = p_transaction AND a.approved)
    THEN
        status := 4;
        SELECT array_agg(l.source_id), array_agg(l.destination_id)
        INTO v_sources, v_destinations
        FROM registry_transactionline l WHERE l.transaction_id = p_transaction;
        SELECT a.blocked, a.limited INTO v_blocked, v_limited FROM registry_lock_accounts(
            v_sources, v_destinations, v_type.source_statuses, v_type.destination_statuses) a;
        IF v_type.effect NOT IN ('freeze', 'release') THEN
            posting_id := nextval('registry_posting_id_seq');
        END IF;
        UPDATE registry_transaction t SET status = 4, posting_id = registry_decide.posting_id
        WHERE t.id = p_transaction RETURNING * INTO v_transaction;
        PERFORM registry_perform(v_transaction, v_type, NULL, true, v_blocked, v_limited);
    END IF;
    IF status <> 0 THEN
        INSERT INTO registry_transactionevent (transaction_id, status, at, person_id,
            api_key_id, reason)
        VALUES (p_transaction, status, clock_timestamp(), p_person, p_api_key, p_reason);
    END IF;
END $$;

-- The proposer takes the proposal back.
CREATE FUNCTION registry_withdraw(
    p_transaction bigint, p_person bigint, p_api_key bigint, p_reason text, OUT status int)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_transaction registry_transaction;
BEGIN
    PERFORM pg_current_xact_id();
    v_transaction := registry_lock_waiting(p_transaction);
    status := 7;
    PERFORM registry_end_without_posting(v_transaction, status);
    INSERT INTO registry_transactionevent (transaction_id, status, at, person_id, api_key_id,
        reason)
    VALUES (p_transaction, status, clock_timestamp(), p_person, p_api_key, p_reason);
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
    RETURN v_transaction;
END $$;

CREATE FUNCTION registry_end_without_posting(p_transaction registry_transaction, p_status int)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_transaction SET status = p_status WHERE id = p_transaction.id;
    UPDATE registry_mark SET released_by_id = p_transaction.id, released_at = clock_timestamp()
    WHERE transaction_id = p_transaction.id AND kind = 'reservation' AND released_at IS NULL;
END $$;

-- Merges adjacent open blocks of one issuance in the accounts of a transaction's lines. Blocks
-- that any standing mark touches stay as they are.
CREATE FUNCTION registry_write_merges(p_posting bigint, p_transaction bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    WITH block AS (
        SELECT h.*, h.first = lag(h.last) OVER run + 1 AS follows
        FROM registry_transactionline l
        JOIN registry_holding h ON h.account_id = l.source_id
            AND h.unit_type_id = l.unit_type_id AND h.closed_by_id IS NULL
            AND h.opened_by_id < p_posting
        WHERE l.transaction_id = p_transaction AND NOT EXISTS (
            SELECT FROM registry_mark m
            WHERE m.registry_id = h.registry_id AND m.unit_type_id = h.unit_type_id
                AND m.released_at IS NULL AND m.first <= h.last AND m.last >= h.first)
        WINDOW run AS (PARTITION BY h.account_id, h.issuance_id ORDER BY h.first)),
    numbered AS (
        SELECT b.*, count(*) FILTER (WHERE b.follows IS NOT true)
            OVER (PARTITION BY b.account_id, b.issuance_id ORDER BY b.first) AS island
        FROM block b),
    merged AS (
        SELECT n.registry_id, n.unit_type_id, min(n.first) AS first, max(n.last) AS last,
            n.account_id, n.issuance_id, n.vintage_from, n.is_foreign, array_agg(n.id) AS ids
        FROM numbered n
        GROUP BY n.registry_id, n.unit_type_id, n.account_id, n.issuance_id, n.vintage_from,
            n.is_foreign, n.island
        HAVING count(*) > 1),
    closed AS (
        UPDATE registry_holding h
        SET closed_by_id = p_posting, closed_xid = pg_current_xact_id()
        WHERE h.id IN (SELECT unnest(ids) FROM merged) RETURNING 1)
    INSERT INTO registry_holding (registry_id, unit_type_id, first, last, account_id,
        issuance_id, vintage_from, is_foreign, opened_by_id, opened_xid)
    SELECT m.registry_id, m.unit_type_id, m.first, m.last, m.account_id, m.issuance_id,
        m.vintage_from, m.is_foreign, p_posting, pg_current_xact_id()
    FROM merged m, (SELECT count(*) FROM closed) AS after_closing;
    IF NOT FOUND THEN
        PERFORM registry_fail(jsonb_build_array(
            jsonb_build_object('code', 'NOTHING_TO_CONSOLIDATE')));
    END IF;
END $$;
