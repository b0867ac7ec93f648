-- The gate, first part: locks accounts and picks the units that a transaction takes. The gate is the
-- only code that writes holdings; registry/posting.py calls it. It runs as the owner, so that the
-- application's role needs no right to write the ledger's tables.
-- A refusal is raised with SQLSTATE RG422 and all failures as JSON in its detail.

CREATE TYPE registry_piece AS (
    line int, holding bigint, first bigint, last bigint, destination bigint);

CREATE FUNCTION registry_fail(p_failures jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'RG422', MESSAGE = 'refused: ' || (p_failures -> 0 ->> 'code'),
        DETAIL = p_failures::text;
END $$;

-- Locks the accounts that lose units, ascending, and those that receive if they or their group have
-- a holding limit; then such groups. A locking read sees the row as it is once the lock is had:
-- tells whether an account's status is not one that the type allows.
CREATE FUNCTION registry_lock_accounts(p_sources bigint[], p_destinations bigint[],
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

CREATE FUNCTION registry_status_failures(p_transaction bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    RETURN coalesce((
        SELECT jsonb_agg(jsonb_build_object('code', x.code, 'line', x.number,
            'account', x.account, 'status', x.status) ORDER BY x.number, x.code DESC)
        FROM (
            SELECT 'SOURCE_ACCOUNT_BLOCKED' AS code, l.number, a.number AS account, a.status
            FROM registry_transaction t
            JOIN registry_transactiontype y ON y.id = t.type_id
            JOIN registry_transactionline l ON l.transaction_id = t.id
            JOIN registry_account a ON a.id = l.source_id
            WHERE t.id = p_transaction AND a.status <> ALL (y.source_statuses)
            UNION ALL
            SELECT 'DESTINATION_ACCOUNT_BLOCKED', l.number, a.number, a.status
            FROM registry_transaction t
            JOIN registry_transactiontype y ON y.id = t.type_id
            JOIN registry_transactionline l ON l.transaction_id = t.id
            JOIN registry_account a ON a.id = l.destination_id
            WHERE t.id = p_transaction AND a.status <> ALL (y.destination_statuses)
        ) x), '[]');
END $$;

-- The parts of a block that no other transaction's mark blocks and that are not taken yet.
CREATE FUNCTION registry_free_parts(
    p_holding registry_holding, p_transaction bigint, p_taken int8multirange)
RETURNS int8multirange LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN int8multirange(int8range(p_holding.first, p_holding.last + 1)) - p_taken
        - registry_held_back(p_holding.registry_id, p_holding.unit_type_id, p_holding.first,
            p_holding.last, p_transaction);
END $$;

-- Picks take blocks that an earlier posting opened (p_before, the own posting's id): units that
-- came in after that id was taken belong to a later moment.

-- A line that names serials: all of them must be in the source account and free.
CREATE FUNCTION registry_pick_named(
    p_line registry_transactionline, p_registry bigint, p_taken int8multirange, p_before bigint,
    INOUT pieces registry_piece[], INOUT failures jsonb)
LANGUAGE plpgsql AS $$
DECLARE
    v_want int8range := int8range(p_line.first, p_line.last + 1);
    v_holding registry_holding;
    v_range int8range;
    v_held int8multirange := '{}';
    v_free int8multirange := '{}';
BEGIN
    FOR v_holding IN
        SELECT * FROM registry_holding h
        WHERE h.registry_id = p_registry AND h.unit_type_id = p_line.unit_type_id
            AND h.closed_by_id IS NULL AND h.first BETWEEN
                registry_block_start(p_registry, p_line.unit_type_id, p_line.first)
                AND p_line.last
            AND h.account_id = p_line.source_id
            AND (p_before IS NULL OR h.opened_by_id < p_before)
        ORDER BY h.first
    LOOP
        v_held := v_held + int8multirange(int8range(v_holding.first, v_holding.last + 1));
        FOREACH v_range IN ARRAY ARRAY(SELECT unnest(
            registry_free_parts(v_holding, p_line.transaction_id, p_taken)
            * int8multirange(v_want)))
        LOOP
            v_free := v_free + int8multirange(v_range);
            pieces := pieces || ROW(p_line.number, v_holding.id, lower(v_range),
                upper(v_range) - 1, p_line.destination_id)::registry_piece;
        END LOOP;
    END LOOP;
    IF NOT v_held @> v_want THEN
        failures := failures || jsonb_build_object('code', 'SERIALS_NOT_HELD',
            'line', p_line.number, 'first', p_line.first::text, 'last', p_line.last::text);
    ELSIF NOT v_free @> v_want THEN
        failures := failures || jsonb_build_object('code', 'SERIALS_MARKED',
            'line', p_line.number, 'first', p_line.first::text, 'last', p_line.last::text);
    END IF;
END $$;

-- The lines in the order in which they take units. A line is mixed when others pick otherwise
-- from its account and unit type: then what one of them takes is kept from the others.
CREATE FUNCTION registry_open_lines(p_transaction bigint, INOUT lines refcursor)
LANGUAGE plpgsql AS $$
BEGIN
    OPEN lines FOR
        SELECT l AS line, a.registry_id,
            count(*) FILTER (WHERE l.first IS NOT NULL) OVER lane > 0
                OR min(coalesce(l.vintage_from, '-infinity')) OVER lane
                    <> max(coalesce(l.vintage_from, '-infinity')) OVER lane AS mixed
        FROM registry_transactionline l JOIN registry_account a ON a.id = l.source_id
        WHERE l.transaction_id = p_transaction
        WINDOW lane AS (PARTITION BY l.source_id, l.unit_type_id)
        ORDER BY l.source_id, l.unit_type_id, l.first IS NULL, l.vintage_from, l.number;
END $$;

-- Which units the lines take: named serials first, then by vintage and serial. The walk through
-- an account's blocks stops as soon as a line is filled.
CREATE FUNCTION registry_pick(p_transaction bigint, p_before bigint,
    OUT pieces registry_piece[], OUT failures jsonb)
LANGUAGE plpgsql AS $$
DECLARE
    v_lines refcursor;
    v_next record;
    v_line registry_transactionline;
    v_lane bigint[] := '{-1,-1}';
    v_marked boolean;
    v_vintage date;
    v_taken int8multirange;
    v_blocks refcursor;
    v_holding registry_holding;
    v_parts int8range[];
    v_from bigint;
    v_until bigint;
    v_want bigint;
BEGIN
    pieces := '{}';
    failures := '[]';
    v_lines := registry_open_lines(p_transaction, NULL);
    LOOP
        FETCH v_lines INTO v_next;
        EXIT WHEN NOT FOUND;
        v_line := v_next.line;
        IF v_lane <> ARRAY[v_line.source_id, v_line.unit_type_id] THEN
            v_lane := ARRAY[v_line.source_id, v_line.unit_type_id];
            v_taken := '{}';
            v_marked := EXISTS (SELECT FROM registry_mark m
                WHERE m.account_id = v_lane[1] AND m.unit_type_id = v_lane[2]
                    AND m.released_at IS NULL AND m.blocking);
            IF v_blocks IS NOT NULL THEN
                CLOSE v_blocks;
                v_blocks := NULL;
            END IF;
        END IF;
        IF v_line.first IS NOT NULL THEN
            SELECT p.pieces, p.failures INTO pieces, failures FROM registry_pick_named(
                v_line, v_next.registry_id, v_taken, p_before, pieces, failures) p;
            v_taken := v_taken + int8multirange(int8range(v_line.first, v_line.last + 1));
            CONTINUE;
        END IF;
        IF v_blocks IS NULL OR v_line.vintage_from IS DISTINCT FROM v_vintage THEN
            v_vintage := v_line.vintage_from;
            v_parts := '{}';
            v_from := NULL;
            IF v_blocks IS NOT NULL THEN
                CLOSE v_blocks;
                v_blocks := NULL;
            END IF;
            OPEN v_blocks FOR
                SELECT * FROM registry_holding h
                WHERE h.account_id = v_lane[1] AND h.unit_type_id = v_lane[2]
                    AND h.closed_by_id IS NULL
                    AND h.vintage_from >= coalesce(v_vintage, '-infinity')
                    AND h.vintage_from <= coalesce(v_vintage, 'infinity')
                    AND (p_before IS NULL OR h.opened_by_id < p_before)
                ORDER BY h.vintage_from, h.first;
        END IF;
        v_want := v_line.quantity;
        WHILE v_want > 0 LOOP
            -- v_from..v_until is what is left of the free part at hand.
            IF v_from IS NULL THEN
                IF cardinality(v_parts) > 0 THEN
                    v_from := lower(v_parts[1]);
                    v_until := upper(v_parts[1]) - 1;
                    v_parts := v_parts[2:];
                ELSE
                    FETCH v_blocks INTO v_holding;
                    EXIT WHEN NOT FOUND;
                    IF v_marked OR v_next.mixed THEN
                        v_parts := ARRAY(SELECT unnest(
                            registry_free_parts(v_holding, p_transaction, v_taken)));
                        CONTINUE;
                    END IF;
                    v_from := v_holding.first;
                    v_until := v_holding.last;
                END IF;
            END IF;
            pieces := pieces || ROW(v_line.number, v_holding.id, v_from,
                least(v_until, v_from + v_want - 1), v_line.destination_id)::registry_piece;
            IF v_next.mixed THEN
                v_taken := v_taken + int8multirange(
                    int8range(v_from, least(v_until, v_from + v_want - 1) + 1));
            END IF;
            IF v_until - v_from + 1 > v_want THEN
                v_from := v_from + v_want;
                v_want := 0;
            ELSE
                v_want := v_want - (v_until - v_from + 1);
                v_from := NULL;
            END IF;
        END LOOP;
        IF v_line.quantity - v_want < v_line.minimum THEN
            failures := failures || jsonb_build_object('code', 'INSUFFICIENT_UNITS',
                'line', v_line.number, 'asked', v_line.quantity::text,
                'available', (v_line.quantity - v_want)::text);
        END IF;
    END LOOP;
    CLOSE v_lines;
END $$;

-- The units that a waiting transaction has reserved, as they lie in today's blocks.
CREATE FUNCTION registry_pick_reserved(
    p_transaction bigint, OUT pieces registry_piece[], OUT failures jsonb)
LANGUAGE plpgsql AS $$
DECLARE
    -- Subscripts of a variable are constant time; a join of two arrays would be quadratic.
    v_lines registry_line[] := (SELECT lines FROM registry_transaction WHERE id = p_transaction);
BEGIN
    failures := '[]';
    SELECT coalesce(array_agg(
        ROW(m.line, h.id, greatest(h.first, m.first), least(h.last, m.last),
            v_lines[m.line].destination)::registry_piece ORDER BY m.line, m.first), '{}')
    INTO pieces
    FROM registry_mark m
    JOIN registry_holding h ON h.registry_id = m.registry_id
        AND h.unit_type_id = m.unit_type_id AND h.closed_by_id IS NULL
        AND h.first BETWEEN
            registry_block_start(m.registry_id, m.unit_type_id, m.first) AND m.last
    WHERE m.transaction_id = p_transaction AND m.kind = 'reservation'
        AND m.released_at IS NULL;
    SELECT coalesce(jsonb_agg(jsonb_build_object('code', 'SERIALS_MARKED', 'line', p.line,
        'first', p.first::text, 'last', p.last::text)), '[]')
    INTO failures
    FROM unnest(pieces) p JOIN registry_holding h ON h.id = p.holding
    WHERE registry_held_back(h.registry_id, h.unit_type_id, p.first, p.last, p_transaction)
        <> '{}';
END $$;
