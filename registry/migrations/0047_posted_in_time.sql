-- The pieces of files that are done with can go.

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
