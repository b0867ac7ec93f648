-- A posting is recorded before its transaction expires, and the pieces of files that are done with
-- can go.

CREATE OR REPLACE FUNCTION registry_posting_written() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- A piece does not change, and stays while its file may still be read, and 30 days more.
CREATE FUNCTION registry_upload_piece_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_upload registry_upload;
BEGIN
    -- Whoever has the file checked again waits for this, or this for them.
    SELECT * INTO v_upload FROM registry_upload WHERE id = OLD.upload_id FOR SHARE;
    IF (CASE v_upload.state
            WHEN 'submitted' THEN EXISTS (
                SELECT FROM registry_transaction
                WHERE id = v_upload.transaction_number AND status NOT IN (0, 30))
            ELSE v_upload.state IN ('written', 'dropped', 'refused') END
        AND coalesce(v_upload.finished_at, v_upload.leased_until)
            < clock_timestamp() - interval '30 days') IS NOT true
    THEN
        PERFORM registry_refuse('upload_piece_is_kept_while_needed',
            format('the file of upload %s may still be read', v_upload.id), TG_TABLE_NAME);
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER upload_piece_is_kept_while_needed BEFORE DELETE ON registry_uploadpiece
    FOR EACH ROW EXECUTE FUNCTION registry_upload_piece_deleted();
DROP TRIGGER uploadpiece_is_append_only ON registry_uploadpiece;
CREATE TRIGGER uploadpiece_is_append_only BEFORE UPDATE ON registry_uploadpiece
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('uploadpiece_is_append_only');
ALTER TABLE registry_uploadpiece
    ENABLE ALWAYS TRIGGER upload_piece_is_kept_while_needed,
    ENABLE ALWAYS TRIGGER uploadpiece_is_append_only;
