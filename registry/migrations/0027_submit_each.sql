-- Many transactions of several persons and types, each on its own, in one round trip.

CREATE TYPE registry_submitted AS (
    transaction_id bigint, posting_id bigint, status int, replayed boolean);

-- A transaction of one line: all that registry_submit is told of it.
CREATE TYPE registry_submission AS (
    type_id bigint, registry_id bigint, person_id bigint, api_key_id bigint, key text,
    request_hash bytea, payload_hash bytea, reason text, at timestamptz, salt bytea,
    reference bigint, terms registry_terms, line registry_line);

-- Each row answers one item; failures are those of the gate, or the name of the constraint that
-- refused. Neither a status nor failures: the item was checked against other reference data than
-- today's, or, for a caller who does not wait, somebody else has locked its accounts; then
-- nothing of it is written.
--
-- All accounts, then all groups, are locked first and ascending, so that two batches never wait
-- for each other.
-- Items go through in chunks under one savepoint; only a chunk with a refusal is taken item by
-- item. A savepoint for each of ten thousand items would slow everybody's snapshots.
CREATE FUNCTION registry_submit_each(p_items registry_submission[], p_waits boolean)
RETURNS TABLE (transaction_id bigint, posting_id bigint, status int, replayed boolean,
    failures jsonb)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    v_xid xid8;
    v_chunk CONSTANT int := 64;
    v_sources bigint[];
    v_destinations bigint[];
    v_accounts bigint[];
    v_busy bigint[] := '{}';
    v_size int := v_chunk;
    v_one_by_one int := 0;
    v_from int := 1;
    v_until int;
    v_place int;
    v_item registry_submission;
    v_rows registry_submitted[];
    v_row registry_submitted;
    v_detail text;
    v_constraint text;
    v_state text;
BEGIN
    v_xid := pg_current_xact_id();
    SELECT array_agg((x.line).source), array_agg((x.line).destination)
    INTO v_sources, v_destinations FROM unnest(p_items) x;
    v_accounts := ARRAY(
        SELECT a.id FROM registry_account a
        WHERE a.id = ANY (v_sources)
            OR a.id = ANY (v_destinations) AND (a.holding_limit IS NOT NULL OR EXISTS (
                SELECT FROM registry_accountholder h
                JOIN registry_grouplimit l ON l.group_id = h.group_id
                WHERE h.id = a.holder_id AND l.registry_id = a.registry_id))
        ORDER BY a.id);
    IF p_waits THEN
        PERFORM FROM registry_account a WHERE a.id = ANY (v_accounts)
        ORDER BY a.id FOR NO KEY UPDATE;
    ELSE
        v_busy := ARRAY(
            SELECT x.id FROM unnest(v_accounts) x (id)
            EXCEPT SELECT y.id FROM (
                SELECT a.id FROM registry_account a WHERE a.id = ANY (v_accounts)
                ORDER BY a.id FOR NO KEY UPDATE SKIP LOCKED) y);
    END IF;
    PERFORM registry_lock_groups(v_destinations);
    WHILE v_from <= cardinality(p_items) LOOP
        v_until := least(v_from + v_size - 1, cardinality(p_items));
        v_rows := '{}';
        failures := NULL;
        BEGIN
            FOR v_place IN v_from..v_until LOOP
                v_item := p_items[v_place];
                v_row := NULL;
                IF NOT ((v_item.line).source = ANY (v_busy)
                    OR (v_item.line).destination = ANY (v_busy))
                THEN
                    SELECT s.transaction_id, s.posting_id, s.status, s.replayed INTO v_row
                    FROM registry_submit(v_item.type_id, v_item.registry_id, v_item.person_id,
                        v_item.api_key_id, v_item.key, v_item.request_hash, v_item.payload_hash,
                        '{}', v_item.reason, NULL, v_item.at, v_item.salt, v_item.reference,
                        v_item.terms, ARRAY[v_item.line]) s;
                END IF;
                v_rows := v_rows || v_row;
            END LOOP;
        EXCEPTION WHEN SQLSTATE 'RG422' OR integrity_constraint_violation THEN
            IF v_from < v_until THEN
                v_size := 1;
                v_one_by_one := v_until;
                CONTINUE;
            END IF;
            GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL,
                v_constraint = CONSTRAINT_NAME, v_state = RETURNED_SQLSTATE;
            v_rows := ARRAY[NULL::registry_submitted];
            failures := CASE WHEN v_state = 'RG422' THEN v_detail::jsonb
                ELSE jsonb_build_array(jsonb_build_object('constraint', v_constraint)) END;
        END;
        FOREACH v_row IN ARRAY v_rows LOOP
            transaction_id := v_row.transaction_id;
            posting_id := v_row.posting_id;
            status := v_row.status;
            replayed := v_row.replayed;
            RETURN NEXT;
        END LOOP;
        v_from := v_until + 1;
        IF v_from > v_one_by_one THEN
            v_size := v_chunk;
        END IF;
    END LOOP;
END $$;
