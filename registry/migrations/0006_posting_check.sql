-- The check that every posting passes when its row is written, after the holdings that it opens
-- and closes. One check per posting: its cost does not depend on the number of units.

-- The database transaction and the time are the database's to say, not the caller's.
CREATE FUNCTION registry_posting_stamped() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    NEW.xid := pg_current_xact_id();
    NEW.recorded_at := clock_timestamp();
    IF length(NEW.salt) >= 16 IS NOT true THEN
        PERFORM registry_refuse('posting_has_a_salt', 'a salt of at least 16 bytes',
            TG_TABLE_NAME);
    END IF;
    IF (NEW.kind IN ('post_in', 'post_out')) <> (NEW.message_id IS NOT NULL) THEN
        PERFORM registry_refuse('posting_across_borders_has_a_message',
            format('posting of kind %s', NEW.kind), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER posting_is_stamped BEFORE INSERT ON registry_posting
    FOR EACH ROW EXECUTE FUNCTION registry_posting_stamped();

-- The accounts that lose units are not terminal (but for a linked reversal) and free of other
-- transactions' marks where units leave. Setting a mark locks the open holdings that it lies on,
-- and closing them does too, so one of the two sees the other.
CREATE FUNCTION registry_check_sources(p_posting bigint, p_transaction bigint,
    p_reverses bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_terminal boolean;
    v_partner boolean;
    v_marked boolean;
BEGIN
    SELECT bool_or(a.terminal), bool_or(a.stands_for_id IS NOT NULL),
        bool_or(EXISTS (
            SELECT FROM registry_mark m
            WHERE m.account_id = a.id AND m.released_at IS NULL AND m.blocking
                AND m.transaction_id <> p_transaction OFFSET 0))
    INTO v_terminal, v_partner, v_marked
    FROM registry_account a
    WHERE a.id = ANY (ARRAY(
        SELECT DISTINCT account_id FROM registry_holding WHERE closed_by_id = p_posting));
    IF v_terminal THEN
        PERFORM registry_check_leaving_terminal(p_posting, p_reverses);
    END IF;
    IF v_marked THEN
        PERFORM registry_check_leaving_marked(p_posting, p_transaction);
    END IF;
    IF v_partner THEN
        PERFORM registry_check_leaving_partner(p_posting);
    END IF;
    RETURN true;
END $$;

CREATE FUNCTION registry_check_leaving_marked(p_posting bigint, p_transaction bigint)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM registry_flows(p_posting) f
        JOIN registry_mark m ON m.account_id = f.account_id
            AND m.unit_type_id = f.unit_type_id AND m.released_at IS NULL AND m.blocking
            AND m.transaction_id <> p_transaction
            AND f.leaving && int8range(m.first, m.last + 1))
    THEN
        PERFORM registry_refuse('posting_leaves_marked_units_alone',
            'another transaction has marked units of this posting', 'registry_posting');
    END IF;
END $$;

-- A linked reversal takes back, to where they came from, units that the original brought.
CREATE FUNCTION registry_check_leaving_terminal(p_posting bigint, p_reverses bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_original bigint;
BEGIN
    SELECT posting_id INTO v_original FROM registry_transaction WHERE id = p_reverses;
    IF EXISTS (
        WITH flow AS MATERIALIZED (SELECT * FROM registry_flows(p_posting)),
        original AS MATERIALIZED (SELECT * FROM registry_flows(v_original)),
        leaving AS (
            SELECT f.* FROM flow f JOIN registry_account a ON a.id = f.account_id
            WHERE a.terminal AND NOT isempty(f.leaving)),
        returned AS (
            SELECT l.account_id, l.registry_id, l.unit_type_id,
                range_agg(l.leaving * f.arriving * g.leaving * k.arriving) AS serials
            FROM leaving l
            JOIN flow f ON (f.registry_id, f.unit_type_id) = (l.registry_id, l.unit_type_id)
                AND NOT isempty(f.arriving)
            JOIN original g ON (g.registry_id, g.unit_type_id, g.account_id)
                = (f.registry_id, f.unit_type_id, f.account_id)
            JOIN original k ON (k.registry_id, k.unit_type_id, k.account_id)
                = (l.registry_id, l.unit_type_id, l.account_id)
            GROUP BY l.account_id, l.registry_id, l.unit_type_id)
        SELECT FROM leaving l LEFT JOIN returned r USING (account_id, registry_id, unit_type_id)
        WHERE r.serials IS DISTINCT FROM l.leaving)
    THEN
        PERFORM registry_refuse('posting_leaves_terminal_accounts_by_reversal_only',
            'units in a terminal account move only by a linked reversal', 'registry_posting');
    END IF;
END $$;

-- While a registry on this node holds a unit abroad, its home keeps it in the partner account.
CREATE FUNCTION registry_check_leaving_partner(p_posting bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM registry_flows(p_posting) f
        JOIN registry_account a ON a.id = f.account_id AND a.stands_for_id IS NOT NULL
        CROSS JOIN LATERAL unnest(f.leaving) AS gone
        JOIN registry_holding h ON h.registry_id = a.stands_for_id
            AND h.unit_type_id = f.unit_type_id AND h.closed_by_id IS NULL
            AND h.first BETWEEN
                registry_block_start(a.stands_for_id, f.unit_type_id, lower(gone))
                AND upper(gone) - 1
            AND h.last >= lower(gone))
    THEN
        PERFORM registry_refuse('posting_keeps_units_held_abroad_in_the_partner_account',
            'the partner registry on this node still holds these units', 'registry_posting');
    END IF;
END $$;

CREATE FUNCTION registry_check_coming_in(p_posting bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM registry_holding n
        JOIN registry_unittype u ON u.id = n.unit_type_id
        JOIN registry_registry home ON home.id = u.registry_id AND home.hosted
        WHERE n.opened_by_id = p_posting AND n.is_foreign AND NOT coalesce((
            SELECT range_agg(int8range(h.first, h.last + 1)) @> int8range(n.first, n.last + 1)
            FROM registry_holding h
            JOIN registry_account a ON a.id = h.account_id AND a.stands_for_id = n.registry_id
            WHERE h.registry_id = home.id AND h.unit_type_id = n.unit_type_id
                AND h.closed_by_id IS NULL AND h.first BETWEEN
                    registry_block_start(home.id, n.unit_type_id, n.first) AND n.last), false))
    THEN
        PERFORM registry_refuse('posting_takes_in_units_that_home_has_sent',
            'the home registry on this node does not hold these units for this registry',
            'registry_posting');
    END IF;
END $$;

-- Units go to accounts of the same registry that are not closed. The key share lock makes the
-- closing of an account wait, and the status is read after it.
CREATE FUNCTION registry_check_destinations(p_posting bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_elsewhere boolean;
    v_closed boolean;
BEGIN
    SELECT bool_or(x.home IS DISTINCT FROM x.registry_id), bool_or(x.status = 'closed')
    INTO v_elsewhere, v_closed
    FROM (
        SELECT h.registry_id, a.registry_id AS home, a.status
        FROM (
            SELECT registry_id, account_id FROM registry_holding
            WHERE opened_by_id = p_posting ORDER BY account_id) h
        LEFT JOIN LATERAL (
            SELECT b.registry_id, b.status FROM registry_account b
            WHERE b.id = h.account_id FOR KEY SHARE) a ON true
    ) x;
    IF v_elsewhere THEN
        PERFORM registry_refuse('posting_opens_holdings_in_accounts_of_their_registry',
            'an account of this posting is in another registry', 'registry_posting');
    END IF;
    IF v_closed THEN
        PERFORM registry_refuse('posting_opens_no_holding_in_a_closed_account',
            'an account of this posting is closed', 'registry_posting');
    END IF;
    RETURN true;
END $$;

-- A surrender, retirement or cancellation says for each moved range what it was used for.
CREATE FUNCTION registry_check_use(p_posting bigint, p_kind text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT f.registry_id, f.unit_type_id, true AS moved, unnest(f.leaving) AS serials
            FROM registry_flows(p_posting) f
            UNION ALL
            SELECT registry_id, unit_type_id, false, int8range(first, last + 1)
            FROM registry_use WHERE posting_id = p_posting AND kind = p_kind
        ) x
        GROUP BY x.registry_id, x.unit_type_id
        HAVING range_agg(x.serials) FILTER (WHERE x.moved)
            IS DISTINCT FROM range_agg(x.serials) FILTER (WHERE NOT x.moved)
            OR sum(upper(x.serials) - lower(x.serials)) FILTER (WHERE x.moved)
            IS DISTINCT FROM sum(upper(x.serials) - lower(x.serials)) FILTER (WHERE NOT x.moved))
        OR EXISTS (SELECT FROM registry_use WHERE posting_id = p_posting AND kind <> p_kind)
    THEN
        PERFORM registry_refuse('posting_records_the_use_of_what_it_moves',
            'use is recorded for other ranges than those that moved', 'registry_posting');
    END IF;
END $$;

-- The usual posting: one block that lies in an ordinary account, without marks, is cut into pieces
-- that follow each other without a gap. `p_block` is what the posting closes. One statement does what
-- the general checks do with six.
CREATE FUNCTION registry_check_cut(p_posting bigint, p_block record) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_piece record;
    v_next bigint := p_block.first;
BEGIN
    FOR v_piece IN
        SELECT h.*, a.registry_id AS home, a.status
        FROM (
            SELECT * FROM registry_holding WHERE opened_by_id = p_posting ORDER BY first) h
        LEFT JOIN LATERAL (
            SELECT b.registry_id, b.status FROM registry_account b
            WHERE b.id = h.account_id FOR KEY SHARE) a ON true
    LOOP
        IF v_piece.first <> v_next OR v_piece.registry_id <> p_block.registry_id
            OR v_piece.unit_type_id <> p_block.unit_type_id
            OR v_piece.issuance_id <> p_block.issuance_id
            OR v_piece.vintage_from <> p_block.vintage_from
            OR v_piece.is_foreign <> p_block.is_foreign
        THEN
            PERFORM registry_refuse('posting_conserves_units',
                format('%s-%s does not follow from the block', v_piece.first, v_piece.last),
                'registry_posting');
        ELSIF v_piece.home IS DISTINCT FROM v_piece.registry_id OR v_piece.status = 'closed' THEN
            -- Refused there, with the reason.
            RETURN registry_check_destinations(p_posting);
        END IF;
        v_next := v_piece.last + 1;
    END LOOP;
    IF v_next <> p_block.last + 1 THEN
        PERFORM registry_refuse('posting_conserves_units',
            format('the block ends at %s, its pieces do not', p_block.last), 'registry_posting');
    END IF;
    RETURN true;
END $$;

CREATE FUNCTION registry_posting_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_transaction record;
BEGIN
    SELECT t.posting_id, t.status, t.expires_at, t.reverses_id, y.effect, y.records_use,
        (SELECT watermark FROM registry_sequencer) AS watermark,
        c.blocks, c.registry_id, c.unit_type_id, c.issuance_id, c.vintage_from, c.is_foreign,
        c.first, c.last, c.special
    INTO v_transaction
    FROM registry_transaction t JOIN registry_transactiontype y ON y.id = t.type_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS blocks, min(h.registry_id) AS registry_id,
            min(h.unit_type_id) AS unit_type_id, min(h.issuance_id) AS issuance_id,
            min(h.vintage_from) AS vintage_from, bool_or(h.is_foreign) AS is_foreign,
            min(h.first) AS first, max(h.last) AS last,
            bool_or((SELECT a.terminal OR a.stands_for_id IS NOT NULL
                FROM registry_account a WHERE a.id = h.account_id)
                OR EXISTS (SELECT FROM registry_mark m
                    WHERE m.account_id = h.account_id AND m.released_at IS NULL AND m.blocking
                        AND m.transaction_id <> NEW.transaction_id OFFSET 0)) AS special
        FROM registry_holding h WHERE h.closed_by_id = NEW.id) c
    WHERE t.id = NEW.transaction_id;
    IF v_transaction.posting_id IS DISTINCT FROM NEW.id OR v_transaction.status <> 4 THEN
        PERFORM registry_refuse('posting_completes_its_transaction',
            'the transaction does not name this posting', TG_TABLE_NAME);
    END IF;
    -- By the clock that has stamped it: what was taken in time may take long to be written.
    IF v_transaction.expires_at <= NEW.recorded_at THEN
        PERFORM registry_refuse('transaction_completes_before_it_expires',
            format('expired at %s', v_transaction.expires_at), 'registry_transaction');
    END IF;
    IF NEW.id <= v_transaction.watermark THEN
        PERFORM registry_refuse('posting_is_not_hidden_behind_the_sequencer',
            format('posting id %s was passed by the sequencer', NEW.id), TG_TABLE_NAME);
    END IF;
    IF NEW.kind <> replace(v_transaction.effect, 'consolidate', 'move') THEN
        PERFORM registry_refuse('posting_has_the_kind_of_its_transaction',
            format('%s for %s', NEW.kind, v_transaction.effect), TG_TABLE_NAME);
    END IF;
    IF NEW.kind <> 'move' THEN
        PERFORM registry_check_balanced(NEW);
        PERFORM registry_check_kind(NEW);
    ELSIF v_transaction.blocks = 1 AND v_transaction.special IS false THEN
        v_done := registry_check_cut(NEW.id, v_transaction);
        IF v_transaction.records_use <> '' THEN
            PERFORM registry_check_use(NEW.id, v_transaction.records_use);
        END IF;
        RETURN NULL;
    ELSE
        v_done := registry_check_moved(NEW.id);
    END IF;
    v_done := registry_check_destinations(NEW.id);
    IF NEW.kind <> 'issue' THEN
        v_done := registry_check_sources(NEW.id, NEW.transaction_id, v_transaction.reverses_id);
    END IF;
    IF NEW.kind = 'post_in' THEN
        PERFORM registry_check_coming_in(NEW.id);
    ELSIF NEW.kind = 'convert' THEN
        PERFORM registry_check_converted(NEW.id);
    END IF;
    IF v_transaction.records_use <> '' THEN
        PERFORM registry_check_use(NEW.id, v_transaction.records_use);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER posting_is_checked AFTER INSERT ON registry_posting
    FOR EACH ROW EXECUTE FUNCTION registry_posting_written();

ALTER TABLE registry_posting
    ENABLE ALWAYS TRIGGER posting_is_stamped,
    ENABLE ALWAYS TRIGGER posting_is_checked;
