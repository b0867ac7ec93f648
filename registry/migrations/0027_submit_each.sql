-- Each transaction on its own, many in one round trip.

CREATE TYPE registry_submitted AS (
    transaction_id bigint, posting_id bigint, status int, replayed boolean);

-- Many transactions of one line, each on its own, in one round trip: the items differ in keys,
-- hashes, terms and lines, and share the rest. Each row answers one item; failures are those of
-- the gate, or the name of the constraint that refused. No row at all: the reference data are
-- others than those that the items were checked against, and nothing is written.
--
-- All accounts, then all groups, are locked first and ascending, so that two batches never wait
-- for each other.
-- Items go through in chunks under one savepoint; only a chunk with a refusal is taken item by
-- item. A savepoint for each of ten thousand items would slow everybody's snapshots.
CREATE FUNCTION registry_submit_each(
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
