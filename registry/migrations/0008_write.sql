-- The gate, second part: writes holdings, use, issuances and marks for what was picked.

-- The usual transfer: a single line that the first block of its account fills, with no mark in the
-- account. Picks the block and closes it, opens the piece and what is left. NULL when it is not that
-- case; then nothing is written.
CREATE FUNCTION registry_move_at_once(p_posting bigint, p_line registry_line)
RETURNS registry_piece LANGUAGE plpgsql AS $$
DECLARE
    v_block registry_holding;
    v_end bigint;
BEGIN
    UPDATE registry_holding h
    SET closed_by_id = p_posting, closed_xid = pg_current_xact_id()
    WHERE h.id = (
            SELECT b.id FROM registry_holding b
            WHERE b.account_id = p_line.source AND b.unit_type_id = p_line.unit_type
                AND b.closed_by_id IS NULL
                AND b.vintage_from >= coalesce(p_line.vintage, '-infinity')
                AND b.vintage_from <= coalesce(p_line.vintage, 'infinity')
                AND b.opened_by_id < p_posting
            ORDER BY b.vintage_from, b.first LIMIT 1)
        AND h.closed_by_id IS NULL AND h.last - h.first + 1 >= p_line.quantity
        AND NOT EXISTS (
            SELECT FROM registry_mark m
            WHERE m.account_id = p_line.source AND m.unit_type_id = p_line.unit_type
                AND m.released_at IS NULL AND m.blocking)
    RETURNING h.* INTO v_block;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    v_end := v_block.first + p_line.quantity - 1;
    IF v_end = v_block.last THEN
        INSERT INTO registry_holding (registry_id, unit_type_id, first, last, account_id,
            issuance_id, vintage_from, is_foreign, opened_by_id, opened_xid)
        VALUES (v_block.registry_id, v_block.unit_type_id, v_block.first, v_end,
            p_line.destination, v_block.issuance_id, v_block.vintage_from, v_block.is_foreign,
            p_posting, pg_current_xact_id());
    ELSE
        INSERT INTO registry_holding (registry_id, unit_type_id, first, last, account_id,
            issuance_id, vintage_from, is_foreign, opened_by_id, opened_xid)
        VALUES (v_block.registry_id, v_block.unit_type_id, v_block.first, v_end,
            p_line.destination, v_block.issuance_id, v_block.vintage_from, v_block.is_foreign,
            p_posting, pg_current_xact_id()),
            (v_block.registry_id, v_block.unit_type_id, v_end + 1, v_block.last,
            v_block.account_id, v_block.issuance_id, v_block.vintage_from, v_block.is_foreign,
            p_posting, pg_current_xact_id());
    END IF;
    RETURN ROW(1, v_block.id, v_block.first, v_end, p_line.destination)::registry_piece;
END $$;

-- Closes the blocks that the pieces are cut from; opens the pieces and what is left of them. A piece
-- without a destination leaves the registry's books.
CREATE FUNCTION registry_write_moves(p_posting bigint, p_pieces registry_piece[])
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
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
    FROM piece p JOIN closed c ON c.id = p.holding WHERE p.destination IS NOT NULL
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

-- Accounts that would hold more of a unit type than their limit, and groups whose accounts would
-- together; they are locked. Units that move within a group add nothing to it.
CREATE FUNCTION registry_limit_failures(p_transaction bigint) RETURNS jsonb
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

CREATE FUNCTION registry_write_release(p_transaction bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_mark m SET released_by_id = t.id, released_at = clock_timestamp()
    FROM registry_transaction t
    WHERE t.id = p_transaction AND m.transaction_id = (t.attributes ->> 'freeze')::bigint
        AND m.kind = 'freeze' AND m.released_at IS NULL;
    IF NOT FOUND THEN
        PERFORM registry_fail(jsonb_build_array(
            jsonb_build_object('code', 'NOTHING_TO_RELEASE')));
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
