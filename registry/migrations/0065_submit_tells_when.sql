-- The answer to a proposal holds the moment at which it was proposed, so that nobody has to ask for it.

DROP FUNCTION registry_submit(bigint, bigint, bigint, bigint, text, bytea, bytea, jsonb, text, bigint,
    timestamptz, bytea, bigint, registry_terms, registry_line[]);

-- Proposes a transaction. With nothing to wait for it is completed at once; else its units are
-- reserved until it is approved, or until its delay ends. The same key with the same request gives
-- the first answer again. A proposal that was checked against other reference data than today's
-- gets no status and writes nothing. What is proposed now is answered with the moment of it.
CREATE FUNCTION registry_submit(
    p_type bigint, p_registry bigint, p_person bigint, p_api_key bigint, p_key text,
    p_request_hash bytea, p_hash bytea, p_attributes jsonb, p_reason text, p_reverses bigint,
    p_at timestamptz, p_salt bytea, p_reference bigint, p_terms registry_terms,
    p_lines registry_line[],
    OUT transaction_id bigint, OUT posting_id bigint, OUT status int, OUT replayed boolean,
    OUT proposed_at timestamptz)
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
        -- Two accounts, the destination without a limit of its own or of its group: facts and lock
        -- in one statement.
        SELECT y.effect, y.records_use, y.approvals,
            s.status <> ALL (y.source_statuses) OR d.status <> ALL (y.destination_statuses), false,
            y.counts_per_day AND s.daily_limit IS NOT NULL OR y.pool <> ''
            OR y.earliest_vintage IS NOT NULL OR y.latest_vintage IS NOT NULL
        INTO v_effect, v_records_use, v_needed, v_blocked, v_limited, v_ruled
        FROM registry_reference r, registry_transactiontype y, registry_account s,
            registry_account d
        WHERE y.id = p_type AND r.version = p_reference AND s.id = p_lines[1].source
            AND d.id = p_lines[1].destination AND d.holding_limit IS NULL AND NOT EXISTS (
                SELECT FROM registry_accountholder h
                JOIN registry_grouplimit l ON l.group_id = h.group_id
                WHERE h.id = d.holder_id AND l.registry_id = d.registry_id)
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
                bool_or(a.holding_limit IS NOT NULL OR l.id IS NOT NULL) AS limited
            FROM registry_account a
            LEFT JOIN registry_accountholder h ON h.id = a.holder_id
            LEFT JOIN registry_grouplimit l ON l.group_id = h.group_id
                AND l.registry_id = a.registry_id
            WHERE a.id = ANY (v_destinations)) d
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
    RETURNING id, proposed_at INTO transaction_id, proposed_at;
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
    IF v_effect IN ('move', 'convert', 'post_out') THEN
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
