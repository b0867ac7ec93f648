-- Many transactions of one line are written together where none of them can be refused.

-- An item that is written with others: its line, its posting, the last of its account's units that
-- it and those before it take, counted from the first of the block, and the posting that comes next
-- to the same block.
CREATE TYPE registry_share AS (
    item int, source bigint, destination bigint, unit_type bigint, quantity bigint,
    posting bigint, until bigint, next bigint);

-- Whether items can be written together: plain moves of whole quantities, to accounts that give
-- nothing at the same time, without any rule of the type, of an account or of a group to count by.
CREATE FUNCTION registry_are_plain(p_type bigint, p_terms registry_terms[], p_lines registry_line[])
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM unnest(p_terms) x WHERE NOT (x IS NULL))
        AND NOT EXISTS (
            SELECT FROM unnest(p_lines) x
            WHERE x.source IS NULL OR x.destination IS NULL OR x.first IS NOT NULL
                OR x.vintage IS NOT NULL
                OR x.destination IN (SELECT y.source FROM unnest(p_lines) y))
        AND EXISTS (
            SELECT FROM registry_transactiontype t
            WHERE t.id = p_type AND t.effect = 'move' AND t.approvals = 0 AND t.bands IS NULL
                AND t.delay = 'none' AND t.records_use = '' AND t.pool = ''
                AND t.earliest_vintage IS NULL AND t.latest_vintage IS NULL
                AND NOT EXISTS (
                    SELECT FROM registry_account a
                    WHERE a.id IN (SELECT x.source FROM unnest(p_lines) x)
                        AND (a.status <> ALL (t.source_statuses)
                            OR t.counts_per_day AND a.daily_limit IS NOT NULL))
                AND NOT EXISTS (
                    SELECT FROM registry_account a
                    WHERE a.id IN (SELECT x.destination FROM unnest(p_lines) x)
                        AND (a.status <> ALL (t.destination_statuses)
                            OR a.holding_limit IS NOT NULL OR EXISTS (
                                SELECT FROM registry_accountholder h
                                JOIN registry_grouplimit l ON l.group_id = h.group_id
                                WHERE h.id = a.holder_id AND l.registry_id = a.registry_id))));
END $$;

-- Moves what each item takes, where the first block of its account, at home and without a mark in
-- the account, is enough for all that take from it. The order keeps open blocks from beginning at
-- one serial: the blocks are closed, what is left after each item is opened, and closed but for the
-- last of each block, then the pieces are opened. False where a block is not enough: the caller
-- undoes what was written.
CREATE FUNCTION registry_move_together(p_shares registry_share[]) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_blocks registry_holding[];
    v_rests bigint[];
    v_nexts bigint[];
    v_sources bigint;
BEGIN
    WITH lane AS (
        SELECT x.source, x.unit_type, min(x.posting) AS posting, max(x.until) AS units
        FROM unnest(p_shares) x GROUP BY x.source, x.unit_type),
    closed AS (
        UPDATE registry_holding h
        SET closed_by_id = x.posting, closed_xid = pg_current_xact_id()
        FROM (
            SELECT l.posting, l.units, (
                SELECT b.id FROM registry_holding b
                WHERE b.account_id = l.source AND b.unit_type_id = l.unit_type
                    AND b.closed_by_id IS NULL AND b.opened_by_id < l.posting
                ORDER BY b.vintage_from, b.first LIMIT 1) AS block
            FROM lane l
            WHERE NOT EXISTS (
                SELECT FROM registry_mark m
                WHERE m.account_id = l.source AND m.unit_type_id = l.unit_type
                    AND m.released_at IS NULL AND m.blocking OFFSET 0)
            OFFSET 0) x
        WHERE h.id = x.block AND h.closed_by_id IS NULL AND NOT h.is_foreign
            AND h.last - h.first + 1 >= x.units
        RETURNING h)
    SELECT (SELECT array_agg(c.h) FROM closed c), (SELECT count(*) FROM lane)
    INTO v_blocks, v_sources;
    IF cardinality(v_blocks) IS DISTINCT FROM v_sources THEN
        RETURN false;
    END IF;
    WITH opened AS (
        INSERT INTO registry_holding (registry_id, unit_type_id, first, last, account_id,
            issuance_id, vintage_from, is_foreign, opened_by_id, opened_xid)
        SELECT b.registry_id, b.unit_type_id, b.first + x.until, b.last, b.account_id,
            b.issuance_id, b.vintage_from, b.is_foreign, x.posting, pg_current_xact_id()
        FROM unnest(p_shares) x
        JOIN unnest(v_blocks) b ON b.account_id = x.source AND b.unit_type_id = x.unit_type
        WHERE b.first + x.until <= b.last
        ORDER BY x.posting
        RETURNING id, opened_by_id)
    SELECT array_agg(o.id), array_agg(x.next) INTO v_rests, v_nexts
    FROM opened o JOIN unnest(p_shares) x ON x.posting = o.opened_by_id
    WHERE x.next IS NOT NULL;
    UPDATE registry_holding h
    SET closed_by_id = x.next, closed_xid = pg_current_xact_id()
    FROM unnest(v_rests, v_nexts) AS x (rest, next)
    WHERE h.id = x.rest;
    INSERT INTO registry_holding (registry_id, unit_type_id, first, last, account_id,
        issuance_id, vintage_from, is_foreign, opened_by_id, opened_xid)
    SELECT b.registry_id, b.unit_type_id, b.first + x.until - x.quantity, b.first + x.until - 1,
        x.destination, b.issuance_id, b.vintage_from, b.is_foreign, x.posting,
        pg_current_xact_id()
    FROM unnest(p_shares) x
    JOIN unnest(v_blocks) b ON b.account_id = x.source AND b.unit_type_id = x.unit_type
    ORDER BY x.posting;
    RETURN true;
END $$;

-- Writes items together, each a transaction with a posting of its own, and answers as
-- registry_submit does. RG409 where that is not possible: the caller undoes what was written and
-- takes the items one by one.
CREATE FUNCTION registry_submit_together(
    p_type bigint, p_registry bigint, p_person bigint, p_api_key bigint, p_reason text,
    p_at timestamptz, p_keys text[], p_request_hashes bytea[], p_hashes bytea[],
    p_salts bytea[], p_lines registry_line[]) RETURNS registry_submitted[]
LANGUAGE plpgsql AS $$
DECLARE
    v_shares registry_share[];
    v_rows registry_submitted[];
BEGIN
    -- The sequence is asked in the order of the items: what comes later takes from what was left.
    WITH item AS MATERIALIZED (
        SELECT x.n, x.source, x.destination, x.unit_type, x.quantity,
            nextval('registry_posting_id_seq') AS posting
        FROM unnest(p_lines) WITH ORDINALITY AS x (source, destination, unit_type, quantity,
            minimum, first, vintage, entity, period, credit, factor, n))
    SELECT array_agg(ROW(i.n, i.source, i.destination, i.unit_type, i.quantity, i.posting,
        i.until, i.next)::registry_share ORDER BY i.n)
    INTO v_shares
    FROM (
        SELECT i.*, sum(i.quantity) OVER lane AS until, lead(i.posting) OVER lane AS next
        FROM item i WINDOW lane AS (PARTITION BY i.source, i.unit_type ORDER BY i.n)) i;
    WITH written AS (
        INSERT INTO registry_transaction (type_id, registry_id, status, proposer_id, api_key_id,
            key, request_hash, payload_hash, attributes, reason, at, proposed_at,
            approvals_needed, posting_id, lines)
        SELECT p_type, p_registry, 4, p_person, p_api_key, p_keys[x.item],
            p_request_hashes[x.item], p_hashes[x.item], '{}', p_reason, p_at, clock_timestamp(),
            0, x.posting, ARRAY[p_lines[x.item]]
        FROM unnest(v_shares) x ORDER BY x.item
        RETURNING id, posting_id)
    SELECT array_agg(ROW(w.id, w.posting_id, 4, false)::registry_submitted ORDER BY w.posting_id)
    INTO v_rows FROM written w;
    IF NOT registry_move_together(v_shares) THEN
        RAISE EXCEPTION USING ERRCODE = 'RG409', MESSAGE = 'items can not be written together';
    END IF;
    INSERT INTO registry_posting (id, transaction_id, kind, salt)
    SELECT x.posting_id, x.transaction_id, 'move', p_salts[x.n]
    FROM unnest(v_rows) WITH ORDINALITY AS x (transaction_id, posting_id, status, replayed, n)
    ORDER BY x.n;
    RETURN v_rows;
END $$;

-- Many transactions of one line, each on its own, in one round trip: the items differ in keys,
-- hashes, terms and lines, and share the rest. Each row answers one item; failures are those of
-- the gate, or the name of the constraint that refused. No row at all: the reference data are
-- others than those that the items were checked against, and nothing is written.
--
-- All accounts, then all groups, are locked first and ascending, so that two batches never wait
-- for each other.
-- Plain items are written together if none of them is refused. Otherwise they go through in chunks
-- under one savepoint; only a chunk with a refusal is taken item by item. A savepoint for each of
-- ten thousand items would slow everybody's snapshots.
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
    IF registry_are_plain(p_type, p_terms, p_lines) THEN
        BEGIN
            v_rows := registry_submit_together(p_type, p_registry, p_person, p_api_key, p_reason,
                p_at, p_keys, p_request_hashes, p_hashes, p_salts, p_lines);
            FOR item IN 1..cardinality(v_rows) LOOP
                v_row := v_rows[item];
                transaction_id := v_row.transaction_id;
                posting_id := v_row.posting_id;
                status := v_row.status;
                replayed := v_row.replayed;
                RETURN NEXT;
            END LOOP;
            RETURN;
        EXCEPTION WHEN SQLSTATE 'RG409' OR integrity_constraint_violation THEN
            -- One of them is a repetition, or is refused.
        END;
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
