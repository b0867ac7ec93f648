-- The sequencer gives each committed posting its position. One at a time: the second waits.

-- Places at most p_limit postings and returns how many. A posting that another depends on has
-- the smaller id and was committed earlier, so each pass, taken in order of ids from one
-- snapshot, keeps causes before effects. The instant is that of the pass: an answer as of an
-- earlier instant is final.
CREATE FUNCTION registry_sequence(p_limit int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_state registry_sequencer;
    v_head registry_position;
    v_xmin xid8;
    v_last bigint;
    v_count int;
    v_bounds boolean := pg_current_xact_id_if_assigned() IS NULL;
BEGIN
    -- Whoever took an id up to this one has a smaller transaction id than the one that this
    -- transaction gets from now on; in a transaction that has one already, nothing follows.
    SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END INTO v_last
    FROM registry_posting_id_seq;
    PERFORM pg_advisory_xact_lock(hashtext('registry_sequence'));
    SELECT * INTO STRICT v_state FROM registry_sequencer;
    SELECT * INTO v_head FROM registry_position ORDER BY position DESC LIMIT 1;
    WITH unplaced AS (
        SELECT p.id FROM registry_posting p
        WHERE p.id > v_state.watermark AND NOT EXISTS (
            SELECT FROM registry_position q WHERE q.posting_id = p.id)
        ORDER BY p.id LIMIT p_limit),
    placed AS (
        INSERT INTO registry_position (position, posting_id, instant)
        SELECT coalesce(v_head.position, 0) + row_number() OVER (ORDER BY u.id), u.id,
            greatest(v_head.instant, clock_timestamp())
        FROM unplaced u RETURNING 1)
    SELECT count(*), pg_snapshot_xmin(pg_current_snapshot()) INTO v_count, v_xmin FROM placed;
    -- An id beyond all that this server has given is of another server, before a restore.
    IF v_count < p_limit AND v_bounds
        AND (v_state.candidate_xmax <= v_xmin
            OR v_state.candidate_xmax > pg_snapshot_xmax(pg_current_snapshot()))
        AND (v_state.candidate < v_last OR v_state.watermark < v_state.candidate)
    THEN
        UPDATE registry_sequencer SET watermark = v_state.candidate, candidate = v_last,
            candidate_xmax = pg_current_xact_id();
    END IF;
    RETURN v_count;
END $$;
