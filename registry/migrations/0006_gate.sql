-- The gate: the only statements that write holdings. Called by registry/posting.py; runs as the
-- owner, so that the application's role needs no right to write the ledger's tables.
-- A refusal is raised with SQLSTATE RG422 and all failures as JSON in its detail.

CREATE TYPE registry_piece AS (
    line int, holding bigint, first bigint, last bigint, destination bigint);

CREATE FUNCTION registry_fail(p_failures jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'RG422', MESSAGE = 'refused: ' || (p_failures -> 0 ->> 'code'),
        DETAIL = p_failures::text;
END $$;

-- Locks the accounts that lose units, ascending, and those that receive if they have a holding
-- limit. A locking read sees the row as it is once the lock is had: tells whether an account's
-- status is not one that the type allows.
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

-- The usual case of registry_pick in one statement: a single line that its account's first block
-- fills, with no mark in the account. NULL when it is not that case.
CREATE FUNCTION registry_pick_at_once(p_line registry_line, p_before bigint)
RETURNS registry_piece LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_id bigint;
    v_first bigint;
    v_last bigint;
    v_marked boolean;
BEGIN
    SELECT h.id, h.first, h.last, EXISTS (SELECT FROM registry_mark m
            WHERE m.account_id = p_line.source AND m.unit_type_id = p_line.unit_type
                AND m.released_at IS NULL AND m.blocking)
    INTO v_id, v_first, v_last, v_marked
    FROM registry_holding h
    WHERE h.account_id = p_line.source AND h.unit_type_id = p_line.unit_type
        AND h.closed_by_id IS NULL
        AND h.vintage_from >= coalesce(p_line.vintage, '-infinity')
        AND h.vintage_from <= coalesce(p_line.vintage, 'infinity') AND h.opened_by_id < p_before
    ORDER BY h.vintage_from, h.first LIMIT 1;
    IF v_marked IS NOT false OR v_last - v_first + 1 < p_line.quantity THEN
        RETURN NULL;
    END IF;
    RETURN ROW(1, v_id, v_first, v_first + p_line.quantity - 1,
        p_line.destination)::registry_piece;
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

-- Closes the block that a single piece is cut from; opens the piece and what is left around it.
CREATE FUNCTION registry_write_move(p_posting bigint, p_piece registry_piece)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_block record;
BEGIN
    UPDATE registry_holding
    SET closed_by_id = p_posting, closed_xid = pg_current_xact_id()
    WHERE id = p_piece.holding AND closed_by_id IS NULL
    RETURNING registry_id, unit_type_id, first, last, account_id, issuance_id, vintage_from,
        is_foreign INTO STRICT v_block;
    INSERT INTO registry_holding (registry_id, unit_type_id, first, last, account_id,
        issuance_id, vintage_from, is_foreign, opened_by_id, opened_xid)
    SELECT v_block.registry_id, v_block.unit_type_id, x.first, x.last, x.account,
        v_block.issuance_id, v_block.vintage_from, v_block.is_foreign, p_posting,
        pg_current_xact_id()
    FROM (VALUES
        (p_piece.first, p_piece.last, p_piece.destination),
        (v_block.first, p_piece.first - 1, v_block.account_id),
        (p_piece.last + 1, v_block.last, v_block.account_id)
    ) AS x (first, last, account) WHERE x.first <= x.last;
    RETURN true;
END $$;

-- Closes the blocks that the pieces are cut from; opens the pieces and what is left of them.
CREATE FUNCTION registry_write_moves(p_posting bigint, p_pieces registry_piece[])
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(p_pieces) = 1 THEN
        RETURN registry_write_move(p_posting, p_pieces[1]);
    END IF;
    WITH piece AS (SELECT * FROM unnest(p_pieces)),
    source AS (
        SELECT holding, range_agg(int8range(first, last + 1)) AS taken FROM piece
        GROUP BY holding),
    closed AS (
        UPDATE registry_holding h
        SET closed_by_id = p_posting, closed_xid = pg_current_xact_id()
        FROM source s WHERE h.id = s.holding AND h.closed_by_id IS NULL
        RETURNING h.*, s.taken)
    INSERT INTO registry_holding (registry_id, unit_type_id, first, last, account_id,
        issuance_id, vintage_from, is_foreign, opened_by_id, opened_xid)
    SELECT c.registry_id, c.unit_type_id, p.first, p.last, p.destination, c.issuance_id,
        c.vintage_from, c.is_foreign, p_posting, pg_current_xact_id()
    FROM piece p JOIN closed c ON c.id = p.holding
    UNION ALL
    SELECT c.registry_id, c.unit_type_id, lower(rest), upper(rest) - 1, c.account_id,
        c.issuance_id, c.vintage_from, c.is_foreign, p_posting, pg_current_xact_id()
    FROM closed c, unnest(int8multirange(int8range(c.first, c.last + 1)) - c.taken) AS rest;
    RETURN true;
END $$;

-- What each moved range was used for; a line's credit is spread over its pieces by cumulative
-- floors, so that the pieces add up to the line.
CREATE FUNCTION registry_write_use(p_posting bigint, p_transaction bigint, p_kind text,
    p_pieces registry_piece[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_lines registry_line[] := (SELECT lines FROM registry_transaction WHERE id = p_transaction);
BEGIN
    INSERT INTO registry_use (posting_id, kind, registry_id, unit_type_id, first, last,
        entity_id, period, credited_tonnes, factor_version)
    SELECT p_posting, p_kind, y.registry_id, y.unit_type_id, y.first, y.last, y.entity,
        y.period, floor(y.until * y.credit / y.quantity)
        - floor((y.until - y.size) * y.credit / y.quantity), y.factor
    FROM (
        SELECT x.*, h.registry_id, h.unit_type_id, v_lines[x.line].entity AS entity,
            coalesce(v_lines[x.line].period, '') AS period,
            v_lines[x.line].quantity AS quantity,
            coalesce(v_lines[x.line].credit, v_lines[x.line].quantity)::numeric AS credit,
            coalesce(v_lines[x.line].factor, '') AS factor
        FROM (
            SELECT p.holding, p.line, p.first, p.last, p.last - p.first + 1 AS size,
                sum(p.last - p.first + 1) OVER (PARTITION BY p.line ORDER BY p.first) AS until
            FROM unnest(p_pieces) p
        ) x JOIN registry_holding h ON h.id = x.holding
    ) y;
END $$;

-- Brings units into being. Serials follow the last that the type has issued, unless the
-- issuance names its first; each issuance supplies the lines that it lists, in their order.
CREATE FUNCTION registry_write_issuances(p_posting bigint, p_transaction bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_issuance record;
    v_first bigint;
    v_quantity bigint;
    v_type bigint;
    v_id bigint;
BEGIN
    PERFORM FROM registry_unittype u WHERE u.id IN (
        SELECT unit_type_id FROM registry_transactionline
        WHERE transaction_id = p_transaction AND source_id IS NULL)
    ORDER BY u.id FOR NO KEY UPDATE;
    FOR v_issuance IN SELECT x.* FROM registry_transaction t,
        jsonb_to_recordset(t.attributes -> 'issuances') AS x (
        first_line int, last_line int, first bigint, vintage_from date, vintage_to date,
        vintage_label text, usable_until date, legal_basis text, project text, activity text,
        sector text, mitigation_type text)
        WHERE t.id = p_transaction
    LOOP
        SELECT sum(quantity), min(unit_type_id) INTO v_quantity, v_type
        FROM registry_transactionline
        WHERE transaction_id = p_transaction AND source_id IS NULL
            AND number BETWEEN v_issuance.first_line AND v_issuance.last_line;
        v_first := coalesce(v_issuance.first, (
            SELECT coalesce(max(i.last), 0) + 1 FROM registry_issuance i
            WHERE i.unit_type_id = v_type));
        INSERT INTO registry_issuance (unit_type_id, first, last, vintage_from, vintage_to,
            vintage_label, usable_until, legal_basis, project, activity, sector,
            mitigation_type, posting_id, xid)
        VALUES (v_type, v_first, v_first + v_quantity - 1, v_issuance.vintage_from,
            v_issuance.vintage_to, v_issuance.vintage_label, v_issuance.usable_until,
            coalesce(v_issuance.legal_basis, ''), coalesce(v_issuance.project, ''),
            coalesce(v_issuance.activity, ''), coalesce(v_issuance.sector, ''),
            coalesce(v_issuance.mitigation_type, ''), p_posting, pg_current_xact_id())
        RETURNING id INTO v_id;
        INSERT INTO registry_holding (registry_id, unit_type_id, first, last, account_id,
            issuance_id, vintage_from, is_foreign, opened_by_id, opened_xid)
        SELECT a.registry_id, v_type, v_first + x.until - x.quantity, v_first + x.until - 1,
            x.destination_id, v_id, v_issuance.vintage_from, false, p_posting,
            pg_current_xact_id()
        FROM (
            SELECT destination_id, quantity, sum(quantity) OVER (ORDER BY number)::bigint AS until
            FROM registry_transactionline
            WHERE transaction_id = p_transaction AND source_id IS NULL
                AND number BETWEEN v_issuance.first_line AND v_issuance.last_line
        ) x JOIN registry_account a ON a.id = x.destination_id;
    END LOOP;
END $$;

-- Accounts that would hold more of a unit type than their limit; they are locked.
CREATE FUNCTION registry_limit_failures(p_transaction bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(jsonb_build_object('code', 'HOLDING_LIMIT_EXCEEDED',
            'account', x.number, 'limit', x.holding_limit::text, 'held', x.held::text))
        FROM (
            SELECT a.number, a.holding_limit, sum(h.last - h.first + 1) AS held
            FROM (SELECT DISTINCT destination_id, unit_type_id FROM registry_transactionline
                  WHERE transaction_id = p_transaction) l
            JOIN registry_account a ON a.id = l.destination_id AND a.holding_limit IS NOT NULL
            JOIN registry_holding h ON h.account_id = a.id
                AND h.unit_type_id = l.unit_type_id AND h.closed_by_id IS NULL
            GROUP BY a.number, a.holding_limit, h.unit_type_id
            HAVING sum(h.last - h.first + 1) > a.holding_limit
        ) x);
END $$;
