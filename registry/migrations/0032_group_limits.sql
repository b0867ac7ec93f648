-- Holding limits of corporate groups: what all accounts of a group hold together in a registry. The
-- gate asks about them where it asks about an account's own limit, and locks the group, so that two
-- who bring units to different accounts of it come in turn.

CREATE TRIGGER grouplimit_changes_the_reference AFTER INSERT OR UPDATE OR DELETE
    ON registry_grouplimit FOR EACH STATEMENT EXECUTE FUNCTION registry_reference_changed();
ALTER TABLE registry_grouplimit ENABLE ALWAYS TRIGGER grouplimit_changes_the_reference;

CREATE FUNCTION registry_lock_groups(p_accounts bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM registry_corporategroup g
    WHERE g.id IN (
        SELECT h.group_id FROM registry_account a
        JOIN registry_accountholder h ON h.id = a.holder_id
        JOIN registry_grouplimit l ON l.group_id = h.group_id AND l.registry_id = a.registry_id
        WHERE a.id = ANY (p_accounts))
    ORDER BY g.id FOR NO KEY UPDATE;
END $$;

-- Locks the accounts that lose units, ascending, and those that receive if they or their group have
-- a holding limit; then such groups. A locking read sees the row as it is once the lock is had:
-- tells whether an account's status is not one that the type allows.
CREATE OR REPLACE FUNCTION registry_lock_accounts(p_sources bigint[], p_destinations bigint[],
    p_statuses text[], p_limited boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_blocked boolean;
BEGIN
    SELECT bool_or(x.id = ANY (p_sources) AND x.status <> ALL (p_statuses)) INTO v_blocked
    FROM (
        SELECT a.id, a.status FROM registry_account a
        WHERE a.id = ANY (CASE WHEN p_limited THEN p_sources || p_destinations
            ELSE p_sources END)
        ORDER BY a.id FOR NO KEY UPDATE
    ) x;
    IF p_limited THEN
        PERFORM registry_lock_groups(p_destinations);
    END IF;
    RETURN coalesce(v_blocked, false);
END $$;

-- Accounts that would hold more of a unit type than their limit, and groups whose accounts would
-- together; they are locked. Units that move within a group add nothing to it.
CREATE OR REPLACE FUNCTION registry_limit_failures(p_transaction bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(x.failure)
        FROM (
            SELECT jsonb_build_object('code', 'HOLDING_LIMIT_EXCEEDED', 'account', a.number,
                'limit', a.holding_limit::text, 'held', sum(h.last - h.first + 1)::text) AS failure
            FROM (SELECT DISTINCT destination_id, unit_type_id FROM registry_transactionline
                  WHERE transaction_id = p_transaction) l
            JOIN registry_account a ON a.id = l.destination_id AND a.holding_limit IS NOT NULL
            JOIN registry_holding h ON h.account_id = a.id
                AND h.unit_type_id = l.unit_type_id AND h.closed_by_id IS NULL
            GROUP BY a.number, a.holding_limit, h.unit_type_id
            HAVING sum(h.last - h.first + 1) > a.holding_limit
            UNION ALL
            SELECT jsonb_build_object('code', 'GROUP_LIMIT_EXCEEDED', 'group', g.code,
                'unit_type', u.code, 'limit', m.units::text, 'held', m.held::text)
            FROM registry_group_holdings(p_transaction) m
            JOIN registry_corporategroup g ON g.id = m.group_id
            LEFT JOIN registry_unittype u ON u.id = m.unit_type_id
            WHERE m.gained > 0 AND m.held > m.units
        ) x);
END $$;

-- For each limit of a group that the destinations belong to: what the group holds, and by how much
-- more than before the transaction's posting. Units in terminal accounts are held by nobody.
CREATE FUNCTION registry_group_holdings(p_transaction bigint)
RETURNS TABLE (group_id bigint, unit_type_id bigint, units bigint, held numeric, gained numeric)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT m.group_id, m.unit_type_id, m.units,
        sum(b.last - b.first + 1) FILTER (WHERE b.closed_by_id IS NULL),
        sum(CASE WHEN b.opened_by_id = m.posting_id THEN b.last - b.first + 1 ELSE 0 END
            - CASE WHEN b.closed_by_id = m.posting_id THEN b.last - b.first + 1 ELSE 0 END)
    FROM (
        SELECT DISTINCT m.*, t.posting_id
        FROM registry_transaction t
        JOIN registry_transactionline l ON l.transaction_id = t.id
        JOIN registry_account a ON a.id = l.destination_id
        JOIN registry_accountholder h ON h.id = a.holder_id
        JOIN registry_grouplimit m ON m.group_id = h.group_id AND m.registry_id = a.registry_id
        WHERE t.id = p_transaction
    ) m
    JOIN registry_accountholder h ON h.group_id = m.group_id
    JOIN registry_account a ON a.holder_id = h.id AND a.registry_id = m.registry_id
        AND NOT a.terminal
    JOIN registry_holding b ON b.account_id = a.id
        AND (b.closed_by_id IS NULL OR b.closed_by_id = m.posting_id)
        AND (m.unit_type_id IS NULL OR b.unit_type_id = m.unit_type_id)
    GROUP BY m.group_id, m.unit_type_id, m.units;
END $$;

-- Proposes a transaction. With nothing to wait for it is completed at once; else its units are
-- reserved until it is approved, or until its delay ends. The same key with the same request gives
-- the first answer again. A proposal that was checked against other reference data than today's
-- gets no status and writes nothing.
CREATE OR REPLACE FUNCTION registry_submit(
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

-- Completes a transaction that has waited, and whose row is locked.
CREATE OR REPLACE FUNCTION registry_complete(p_transaction registry_transaction, p_salt bytea)
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

-- Many transactions of one line, each on its own, in one round trip: the items differ in keys,
-- hashes, terms and lines, and share the rest. Each row answers one item; failures are those of
-- the gate, or the name of the constraint that refused. No row at all: the reference data are
-- others than those that the items were checked against, and nothing is written.
--
-- All accounts, then all groups, are locked first and ascending, so that two batches never wait
-- for each other.
-- Items go through in chunks under one savepoint; only a chunk with a refusal is taken item by
-- item. A savepoint for each of ten thousand items would slow everybody's snapshots.
CREATE OR REPLACE FUNCTION registry_submit_each(
    p_type bigint, p_registry bigint, p_person bigint, p_api_key bigint, p_reason text,
    p_at timestamptz, p_reference bigint, p_keys text[], p_request_hashes bytea[],
    p_hashes bytea[], p_salts bytea[], p_terms registry_terms[], p_lines registry_line[])
RETURNS TABLE (item int, transaction_id bigint, posting_id bigint, status int,
    replayed boolean, failures jsonb)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    v_xid xid8;
    v_chunk CONSTANT int := 64;
    v_from int;
    v_until int;
    v_rows registry_submitted[];
    v_row registry_submitted;
    v_detail text;
    v_constraint text;
    v_state text;
BEGIN
    v_xid := pg_current_xact_id();
    PERFORM FROM registry_account a
    WHERE a.id IN (SELECT x.source FROM unnest(p_lines) x)
        OR a.id IN (SELECT x.destination FROM unnest(p_lines) x)
            AND (a.holding_limit IS NOT NULL OR EXISTS (
                SELECT FROM registry_accountholder h
                JOIN registry_grouplimit l ON l.group_id = h.group_id
                WHERE h.id = a.holder_id AND l.registry_id = a.registry_id))
    ORDER BY a.id FOR NO KEY UPDATE;
    PERFORM registry_lock_groups(ARRAY(SELECT x.destination FROM unnest(p_lines) x));
    IF NOT EXISTS (SELECT FROM registry_reference r WHERE r.version = p_reference) THEN
        RETURN;
    END IF;
    FOR v_from IN 1..cardinality(p_lines) BY v_chunk LOOP
        v_until := least(v_from + v_chunk - 1, cardinality(p_lines));
        v_rows := '{}';
        BEGIN
            FOR item IN v_from..v_until LOOP
                SELECT s.transaction_id, s.posting_id, s.status, s.replayed INTO v_row
                FROM registry_submit(p_type, p_registry, p_person, p_api_key, p_keys[item],
                    p_request_hashes[item], p_hashes[item], '{}', p_reason, NULL, p_at,
                    p_salts[item], p_reference, p_terms[item], p_lines[item:item]) s;
                v_rows := v_rows || v_row;
            END LOOP;
        EXCEPTION WHEN SQLSTATE 'RG422' OR integrity_constraint_violation THEN
            v_rows := NULL;
        END;
        FOR item IN v_from..v_until LOOP
            failures := NULL;
            IF v_rows IS NOT NULL THEN
                v_row := v_rows[item - v_from + 1];
            ELSE
                BEGIN
                    SELECT s.transaction_id, s.posting_id, s.status, s.replayed INTO v_row
                    FROM registry_submit(p_type, p_registry, p_person, p_api_key, p_keys[item],
                        p_request_hashes[item], p_hashes[item], '{}', p_reason, NULL, p_at,
                        p_salts[item], p_reference, p_terms[item], p_lines[item:item]) s;
                EXCEPTION WHEN SQLSTATE 'RG422' OR integrity_constraint_violation THEN
                    GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL,
                        v_constraint = CONSTRAINT_NAME, v_state = RETURNED_SQLSTATE;
                    v_row := NULL;
                    failures := CASE WHEN v_state = 'RG422' THEN v_detail::jsonb
                        ELSE jsonb_build_array(jsonb_build_object('constraint', v_constraint)) END;
                END;
            END IF;
            transaction_id := v_row.transaction_id;
            posting_id := v_row.posting_id;
            status := v_row.status;
            replayed := v_row.replayed;
            RETURN NEXT;
        END LOOP;
    END LOOP;
END $$;
