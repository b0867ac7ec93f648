-- A limit is a row of registry_limitcounter, or as many rows as it has slots: each slot has an equal
-- part of the capacity, and whoever takes needs one slot that has enough. Only where none has are
-- all of them locked, in order, and divided anew. Slot 0 says how many slots there are, what the
-- limit itself is, and what the period has beyond it; the capacity is both together, or what is
-- used where that is more.
--
-- These functions run with the caller's rights.

CREATE TYPE registry_limit AS (slots int, used_t bigint, limit_t bigint, extra_t bigint);

CREATE FUNCTION registry_limit_row(p_pool text, p_entity bigint, p_period text)
RETURNS registry_limitcounter LANGUAGE plpgsql AS $$
DECLARE
    v_row registry_limitcounter;
BEGIN
    IF p_entity IS NULL THEN
        SELECT * INTO v_row FROM registry_limitcounter c
        WHERE c.pool = p_pool AND c.entity_id IS NULL AND c.period = p_period AND c.slot = 0;
    ELSE
        SELECT * INTO v_row FROM registry_limitcounter c
        WHERE c.pool = p_pool AND c.entity_id = p_entity AND c.period = p_period AND c.slot = 0;
    END IF;
    RETURN v_row;
END $$;

-- Makes the row of a limit, with as many slots as the pool's latest period has.
CREATE FUNCTION registry_make_limit(p_pool text, p_entity bigint, p_period text, p_limit bigint)
RETURNS registry_limitcounter LANGUAGE plpgsql AS $$
DECLARE
    v_row registry_limitcounter;
    v_now registry_limit;
    v_slots int;
BEGIN
    IF p_entity IS NULL THEN
        SELECT c.slots INTO v_slots FROM registry_limitcounter c
        WHERE c.pool = p_pool AND c.entity_id IS NULL AND c.slot = 0 ORDER BY c.id DESC LIMIT 1;
    END IF;
    INSERT INTO registry_limitcounter
        (pool, entity_id, period, capacity_t, used_t, slot, slots, limit_t, extra_t)
    VALUES (p_pool, p_entity, p_period, greatest(p_limit, 0), 0, 0, 1, p_limit, 0)
    ON CONFLICT DO NOTHING;
    v_row := registry_limit_row(p_pool, p_entity, p_period);
    IF FOUND AND v_slots > 1 AND v_row.slots = 1 THEN
        v_now := registry_lock_limit(v_row);
        v_now.slots := v_slots;
        PERFORM registry_write_limit(v_row, v_now);
        v_row := registry_limit_row(p_pool, p_entity, p_period);
    END IF;
    RETURN v_row;
END $$;

-- Locks every slot of a limit, in order, and adds them up. The sum is read by a statement of its
-- own, which sees what others have committed while this one waited.
CREATE FUNCTION registry_lock_limit(p_row registry_limitcounter) RETURNS registry_limit
LANGUAGE plpgsql AS $$
DECLARE
    v_now registry_limit;
BEGIN
    IF p_row.entity_id IS NOT NULL THEN
        SELECT c.slots, c.used_t, coalesce(c.limit_t, c.capacity_t - c.extra_t), c.extra_t
        INTO v_now FROM registry_limitcounter c WHERE c.id = p_row.id FOR NO KEY UPDATE;
        RETURN v_now;
    END IF;
    PERFORM FROM registry_limitcounter c
    WHERE c.pool = p_row.pool AND c.entity_id IS NULL AND c.period = p_row.period
    ORDER BY c.slot FOR NO KEY UPDATE;
    SELECT max(c.slots), sum(c.used_t)::bigint,
        coalesce(max(c.limit_t), sum(c.capacity_t)::bigint - sum(c.extra_t)::bigint),
        sum(c.extra_t)::bigint
    INTO v_now FROM registry_limitcounter c
    WHERE c.pool = p_row.pool AND c.entity_id IS NULL AND c.period = p_row.period;
    RETURN v_now;
END $$;

-- Writes what a limit stands at, in equal parts to all of its slots, which are locked. Slots that it
-- has no more are left with nothing.
CREATE FUNCTION registry_write_limit(p_row registry_limitcounter, p_now registry_limit)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_capacity bigint := greatest(p_now.used_t, p_now.limit_t + p_now.extra_t);
    n int := p_now.slots;
BEGIN
    IF p_row.entity_id IS NOT NULL THEN
        UPDATE registry_limitcounter c
        SET used_t = p_now.used_t, capacity_t = v_capacity, limit_t = p_now.limit_t,
            extra_t = p_now.extra_t
        WHERE c.id = p_row.id;
        RETURN;
    END IF;
    INSERT INTO registry_limitcounter
        (pool, entity_id, period, capacity_t, used_t, slot, slots, limit_t, extra_t)
    SELECT p_row.pool, NULL, p_row.period, 0, 0, s.slot, 1, NULL, 0
    FROM generate_series(1, n - 1) AS s (slot)
    WHERE NOT EXISTS (SELECT FROM registry_limitcounter c
        WHERE c.pool = p_row.pool AND c.entity_id IS NULL AND c.period = p_row.period
            AND c.slot = s.slot);
    UPDATE registry_limitcounter c
    SET used_t = CASE WHEN c.slot < n
            THEN p_now.used_t / n + (c.slot < p_now.used_t % n)::int ELSE 0 END,
        capacity_t = CASE WHEN c.slot < n
            THEN v_capacity / n + (c.slot < v_capacity % n)::int ELSE 0 END,
        slots = CASE WHEN c.slot = 0 THEN n ELSE 1 END,
        limit_t = CASE WHEN c.slot = 0 THEN p_now.limit_t END,
        extra_t = CASE WHEN c.slot = 0 THEN p_now.extra_t ELSE 0 END
    WHERE c.pool = p_row.pool AND c.entity_id IS NULL AND c.period = p_row.period;
END $$;

-- Takes from one slot that has enough: the fullest that nobody holds, else one at random, for which
-- it waits. False where none has, and then no lock is kept, so that all can be locked in order.
CREATE FUNCTION registry_take_slot(p_row registry_limitcounter, p_amount bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_limitcounter c SET used_t = c.used_t + p_amount
    WHERE c.id = (
        SELECT s.id FROM registry_limitcounter s
        WHERE s.pool = p_row.pool AND s.entity_id IS NULL AND s.period = p_row.period
            AND s.used_t + p_amount <= s.capacity_t
        ORDER BY s.capacity_t - s.used_t DESC, s.slot LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        UPDATE registry_limitcounter c SET used_t = c.used_t + p_amount
        WHERE c.used_t + p_amount <= c.capacity_t AND c.id = (
            SELECT s.id FROM registry_limitcounter s
            WHERE s.pool = p_row.pool AND s.entity_id IS NULL AND s.period = p_row.period
                AND s.used_t + p_amount <= s.capacity_t
            ORDER BY random() LIMIT 1);
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no slot has as much' USING ERRCODE = 'LS001';
    END IF;
    RETURN true;
EXCEPTION WHEN SQLSTATE 'LS001' THEN
    RETURN false;
END $$;

-- Takes an amount from a limit; null, or what is left where that is less. `p_limit` is what the
-- limit is by now; `p_initial` what it is made with where it is not there yet.
CREATE FUNCTION registry_take_limit(p_pool text, p_entity bigint, p_period text, p_amount bigint,
    p_limit bigint, p_initial bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_row registry_limitcounter := registry_limit_row(p_pool, p_entity, p_period);
    v_now registry_limit;
BEGIN
    IF v_row.id IS NULL AND p_initial IS NOT NULL THEN
        v_row := registry_make_limit(p_pool, p_entity, p_period, p_initial);
    END IF;
    IF v_row.id IS NULL THEN
        RETURN jsonb_build_object('known', false);
    END IF;
    IF p_limit IS NULL OR p_limit = v_row.limit_t THEN
        IF v_row.slots = 1 THEN
            UPDATE registry_limitcounter c SET used_t = c.used_t + p_amount
            WHERE c.id = v_row.id AND c.used_t + p_amount
                <= least(c.capacity_t, coalesce(c.limit_t + c.extra_t, c.capacity_t));
            IF FOUND THEN
                RETURN NULL;
            END IF;
        ELSIF registry_take_slot(v_row, p_amount) THEN
            RETURN NULL;
        END IF;
    END IF;
    v_now := registry_lock_limit(v_row);
    v_now.limit_t := coalesce(p_limit, v_now.limit_t);
    IF v_now.used_t + p_amount > v_now.limit_t + v_now.extra_t THEN
        RETURN jsonb_build_object('known', true,
            'left', greatest(v_now.limit_t + v_now.extra_t - v_now.used_t, 0)::text);
    END IF;
    v_now.used_t := v_now.used_t + p_amount;
    PERFORM registry_write_limit(v_row, v_now);
    RETURN NULL;
END $$;

-- Takes all the draws, in their order, or none of them; the draws that do not fit, by their places.
CREATE FUNCTION registry_take_limits(p_draws jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_draw record;
    v_said jsonb;
    v_failures jsonb := '[]';
BEGIN
    FOR v_draw IN
        SELECT d.*, e.place FROM jsonb_array_elements(p_draws) WITH ORDINALITY AS e (draw, place),
            jsonb_to_record(e.draw) AS d (pool text, entity bigint, period text, amount bigint,
                "limit" bigint, initial bigint)
        ORDER BY e.place
    LOOP
        v_said := registry_take_limit(v_draw.pool, v_draw.entity, v_draw.period, v_draw.amount,
            v_draw."limit", v_draw.initial);
        IF v_said IS NOT NULL THEN
            v_failures := v_failures
                || (v_said || jsonb_build_object('place', v_draw.place - 1));
        END IF;
    END LOOP;
    IF v_failures <> '[]' THEN
        RAISE EXCEPTION 'not all draws fit' USING ERRCODE = 'LS002';
    END IF;
    RETURN v_failures;
EXCEPTION WHEN SQLSTATE 'LS002' THEN
    RETURN v_failures;
END $$;

-- Gives back to one slot of which as much is used and that nobody holds; false where there is none,
-- or where more is used than the limit leaves by now. No lock is kept then.
CREATE FUNCTION registry_give_back_slot(p_row registry_limitcounter, p_amount bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_limitcounter c SET used_t = c.used_t - p_amount
    WHERE c.id = (
        SELECT s.id FROM registry_limitcounter s
        WHERE s.pool = p_row.pool AND s.entity_id IS NULL AND s.period = p_row.period
            AND s.used_t >= p_amount
            AND (SELECT sum(a.capacity_t) FROM registry_limitcounter a
                WHERE a.pool = p_row.pool AND a.entity_id IS NULL AND a.period = p_row.period)
                <= p_row.limit_t + p_row.extra_t
        ORDER BY s.used_t DESC, s.slot LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no slot has used as much' USING ERRCODE = 'LS001';
    END IF;
    RETURN true;
EXCEPTION WHEN SQLSTATE 'LS001' THEN
    RETURN false;
END $$;

-- Gives an amount back to a limit; false where there is no such limit. `p_beyond`: what is more than
-- was used makes room beyond the limit, in a row that is made where there is none.
CREATE FUNCTION registry_give_back_limit(p_pool text, p_entity bigint, p_period text,
    p_amount bigint, p_beyond boolean) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_row registry_limitcounter := registry_limit_row(p_pool, p_entity, p_period);
    v_now registry_limit;
    v_back bigint := p_amount;
BEGIN
    IF v_row.id IS NULL AND p_beyond THEN
        v_row := registry_make_limit(p_pool, p_entity, p_period, 0);
    END IF;
    IF v_row.id IS NULL THEN
        RETURN false;
    END IF;
    IF v_row.slots > 1 AND registry_give_back_slot(v_row, p_amount) THEN
        RETURN true;
    END IF;
    v_now := registry_lock_limit(v_row);
    IF p_beyond THEN
        v_back := least(p_amount, v_now.used_t);
        v_now.extra_t := v_now.extra_t + p_amount - v_back;
    END IF;
    v_now.used_t := v_now.used_t - v_back;
    PERFORM registry_write_limit(v_row, v_now);
    RETURN true;
END $$;

-- Gives all the draws back; the places of those that have no limit.
CREATE FUNCTION registry_give_back_limits(p_draws jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_draw record;
    v_unknown jsonb := '[]';
BEGIN
    FOR v_draw IN
        SELECT d.*, e.place FROM jsonb_array_elements(p_draws) WITH ORDINALITY AS e (draw, place),
            jsonb_to_record(e.draw) AS d (pool text, entity bigint, period text, amount bigint,
                beyond boolean)
        ORDER BY e.place
    LOOP
        IF NOT registry_give_back_limit(v_draw.pool, v_draw.entity, v_draw.period, v_draw.amount,
            v_draw.beyond)
        THEN
            v_unknown := v_unknown || to_jsonb(v_draw.place - 1);
        END IF;
    END LOOP;
    RETURN v_unknown;
END $$;

-- Changes what a period has beyond the limit of all together.
CREATE FUNCTION registry_shift_limit(p_pool text, p_period text, p_amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_row registry_limitcounter := registry_limit_row(p_pool, NULL, p_period);
    v_now registry_limit;
BEGIN
    IF v_row.id IS NULL THEN
        v_row := registry_make_limit(p_pool, NULL, p_period, 0);
    END IF;
    v_now := registry_lock_limit(v_row);
    v_now.extra_t := v_now.extra_t + p_amount;
    PERFORM registry_write_limit(v_row, v_now);
END $$;

-- Closes a period of the limit of all together: takes away what is left, and says how much that was.
CREATE FUNCTION registry_close_limit(p_pool text, p_period text, p_limit bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_row registry_limitcounter := registry_limit_row(p_pool, NULL, p_period);
    v_now registry_limit;
    v_left bigint;
BEGIN
    IF v_row.id IS NULL THEN
        v_row := registry_make_limit(p_pool, NULL, p_period, p_limit);
    END IF;
    v_now := registry_lock_limit(v_row);
    v_now.limit_t := p_limit;
    v_left := greatest(v_now.limit_t + v_now.extra_t - v_now.used_t, 0);
    v_now.extra_t := v_now.extra_t - v_left;
    PERFORM registry_write_limit(v_row, v_now);
    RETURN v_left;
END $$;

-- Counts the limits of a pool, and of its routes, in other parts of a tonne: what is used is rounded
-- up, what is beyond the limit down.
CREATE FUNCTION registry_restate_limits(p_pool text, p_from bigint, p_to bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_row registry_limitcounter;
    v_now registry_limit;
BEGIN
    FOR v_row IN
        SELECT * FROM registry_limitcounter c
        WHERE (c.pool = p_pool OR starts_with(c.pool, p_pool || ':')) AND c.slot = 0
        ORDER BY c.pool, c.period, c.entity_id
    LOOP
        v_now := registry_lock_limit(v_row);
        v_now.used_t := ceil(v_now.used_t::numeric * p_to / p_from);
        v_now.limit_t := ceil(v_now.limit_t::numeric * p_to / p_from);
        v_now.extra_t := floor(v_now.extra_t::numeric * p_to / p_from);
        PERFORM registry_write_limit(v_row, v_now);
    END LOOP;
END $$;

-- Divides the limit of all together in one period into so many slots; false where there is none.
CREATE FUNCTION registry_divide_limit(p_pool text, p_period text, p_slots int) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_row registry_limitcounter := registry_limit_row(p_pool, NULL, p_period);
    v_now registry_limit;
BEGIN
    IF v_row.id IS NULL THEN
        RETURN false;
    END IF;
    v_now := registry_lock_limit(v_row);
    v_now.slots := p_slots;
    PERFORM registry_write_limit(v_row, v_now);
    RETURN true;
END $$;
