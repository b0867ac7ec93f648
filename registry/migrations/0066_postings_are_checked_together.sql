-- Postings that are written by one statement are checked by one.

-- The check of any posting.
CREATE FUNCTION registry_check_posting(p_posting registry_posting) RETURNS boolean
LANGUAGE plpgsql AS $$
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
                        AND m.transaction_id <> p_posting.transaction_id OFFSET 0)) AS special
        FROM registry_holding h WHERE h.closed_by_id = p_posting.id) c
    WHERE t.id = p_posting.transaction_id;
    IF v_transaction.posting_id IS DISTINCT FROM p_posting.id OR v_transaction.status <> 4 THEN
        PERFORM registry_refuse('posting_completes_its_transaction',
            'the transaction does not name this posting', 'registry_posting');
    END IF;
    -- By the clock that has stamped it: what was taken in time may take long to be written.
    IF v_transaction.expires_at <= p_posting.recorded_at THEN
        PERFORM registry_refuse('transaction_completes_before_it_expires',
            format('expired at %s', v_transaction.expires_at), 'registry_transaction');
    END IF;
    IF p_posting.id <= v_transaction.watermark THEN
        PERFORM registry_refuse('posting_is_not_hidden_behind_the_sequencer',
            format('posting id %s was passed by the sequencer', p_posting.id), 'registry_posting');
    END IF;
    IF p_posting.kind <> replace(v_transaction.effect, 'consolidate', 'move') THEN
        PERFORM registry_refuse('posting_has_the_kind_of_its_transaction',
            format('%s for %s', p_posting.kind, v_transaction.effect), 'registry_posting');
    END IF;
    IF p_posting.kind <> 'move' THEN
        PERFORM registry_check_balanced(p_posting);
        PERFORM registry_check_kind(p_posting);
    ELSIF v_transaction.blocks = 1 AND v_transaction.special IS false THEN
        v_done := registry_check_cut(p_posting.id, v_transaction);
        IF v_transaction.records_use <> '' THEN
            PERFORM registry_check_use(p_posting.id, v_transaction.records_use);
        END IF;
        RETURN true;
    ELSE
        v_done := registry_check_moved(p_posting.id);
    END IF;
    v_done := registry_check_destinations(p_posting.id);
    IF p_posting.kind <> 'issue' THEN
        v_done := registry_check_sources(p_posting.id, p_posting.transaction_id,
            v_transaction.reverses_id);
    END IF;
    IF p_posting.kind = 'post_in' THEN
        PERFORM registry_check_coming_in(p_posting.id);
    ELSIF p_posting.kind = 'convert' THEN
        PERFORM registry_check_converted(p_posting.id);
    END IF;
    IF v_transaction.records_use <> '' THEN
        PERFORM registry_check_use(p_posting.id, v_transaction.records_use);
    END IF;
    RETURN true;
END $$;

-- The usual posting is found right where it stands: it moves one block, which lies in an ordinary
-- account without marks, in one piece or in two, and records no use. Its pieces have the first and
-- the last serial of the block between them, and as many units: two such pieces follow each other
-- without a gap. Everything else is checked one by one, which says what is wrong.
CREATE OR REPLACE FUNCTION registry_posting_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_posting registry_posting;
    v_others registry_posting[];
BEGIN
    SELECT array_agg(p) INTO v_others
    FROM written p
    LEFT JOIN LATERAL (
        SELECT true AS usual
        FROM registry_transaction t
        JOIN registry_transactiontype y ON y.id = t.type_id
        CROSS JOIN registry_sequencer s
        CROSS JOIN LATERAL (
            SELECT count(*) AS blocks, min(h.registry_id) AS registry_id,
                min(h.unit_type_id) AS unit_type_id, min(h.issuance_id) AS issuance_id,
                min(h.vintage_from) AS vintage_from, bool_or(h.is_foreign) AS is_foreign,
                min(h.first) AS first, max(h.last) AS last, min(h.account_id) AS account_id
            FROM (
                SELECT * FROM registry_holding c WHERE c.closed_by_id = p.id LIMIT 2) h) c
        CROSS JOIN LATERAL (
            SELECT count(*) AS pieces, min(h.first) AS first, max(h.last) AS last,
                sum(h.last - h.first + 1) AS units,
                bool_and((h.registry_id = c.registry_id AND h.unit_type_id = c.unit_type_id
                    AND h.issuance_id = c.issuance_id AND h.vintage_from = c.vintage_from
                    AND h.is_foreign = c.is_foreign AND a.registry_id = h.registry_id
                    AND a.status <> 'closed') IS true) AS alike
            FROM (
                SELECT * FROM registry_holding o
                WHERE o.opened_by_id = p.id AND c.blocks = 1 LIMIT 3) h
            LEFT JOIN LATERAL (
                SELECT b.registry_id, b.status FROM registry_account b
                WHERE b.id = h.account_id FOR KEY SHARE) a ON true) o
        WHERE t.id = p.transaction_id AND t.posting_id = p.id AND t.status = 4
            AND (t.expires_at <= p.recorded_at) IS NOT true
            AND p.kind = 'move' AND y.effect IN ('move', 'consolidate') AND y.records_use = ''
            AND p.id > s.watermark
            AND c.blocks = 1 AND o.pieces IN (1, 2) AND o.alike
            AND o.first = c.first AND o.last = c.last AND o.units = c.last - c.first + 1
            AND EXISTS (
                SELECT FROM registry_account a
                WHERE a.id = c.account_id AND NOT a.terminal AND a.stands_for_id IS NULL)
            AND NOT EXISTS (
                SELECT FROM registry_mark m
                WHERE m.account_id = c.account_id AND m.released_at IS NULL AND m.blocking
                    AND m.transaction_id <> p.transaction_id OFFSET 0)) x ON true
    WHERE x.usual IS NULL;
    IF v_others IS NOT NULL THEN
        FOREACH v_posting IN ARRAY v_others LOOP
            v_done := registry_check_posting(v_posting);
        END LOOP;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER posting_is_checked ON registry_posting;
CREATE TRIGGER posting_is_checked AFTER INSERT ON registry_posting
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION registry_posting_written();
ALTER TABLE registry_posting ENABLE ALWAYS TRIGGER posting_is_checked;
