-- Uploads: a file does not change, goes its way by states, and is written when it was approved.

ALTER TABLE registry_upload
    ADD CONSTRAINT upload_digests_have_their_lengths
        CHECK (octet_length(digest) = 32 AND octet_length(rows_digest) = 32);
ALTER TABLE registry_uploadpiece
    ADD CONSTRAINT upload_piece_has_a_bearable_size
        CHECK (octet_length(content) BETWEEN 1 AND 1048576);

CREATE FUNCTION registry_upload_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'checking' OR NEW.rows_checked <> 0 OR NEW.rows_written <> 0
        OR NEW.request_id IS NOT NULL OR NEW.transaction_number IS NOT NULL
    THEN
        PERFORM registry_refuse('upload_begins_unchecked',
            'an upload begins with no row checked', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER upload_begins_unchecked BEFORE INSERT ON registry_upload
    FOR EACH ROW EXECUTE FUNCTION registry_upload_inserted();

CREATE FUNCTION registry_upload_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.form, NEW.registry_id, NEW.name, NEW.size, NEW.digest, NEW.key,
        NEW.person_id, NEW.api_key_id, NEW.uploaded_at)
        IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.form, OLD.registry_id, OLD.name, OLD.size, OLD.digest, OLD.key,
        OLD.person_id, OLD.api_key_id, OLD.uploaded_at)
    THEN
        PERFORM registry_refuse('upload_keeps_its_file',
            format('upload %s is of one file for ever', OLD.id), TG_TABLE_NAME);
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('checking', 'checked'), ('checking', 'refused'),
        ('checked', 'checking'), ('refused', 'checking'),
        ('checked', 'proposing'), ('checked', 'submitted'),
        ('proposing', 'submitted'), ('proposing', 'refused'),
        ('submitted', 'writing'), ('submitted', 'dropped'),
        ('writing', 'written'), ('writing', 'refused'))
    THEN
        PERFORM registry_refuse('upload_goes_its_way',
            format('upload %s does not go from %s to %s', OLD.id, OLD.state, NEW.state),
            TG_TABLE_NAME);
    END IF;
    -- What is decided on is neither counted nor read differently meanwhile.
    IF OLD.state NOT IN ('checking', 'checked', 'refused')
        AND (NEW.rows_total, NEW.rows_digest, NEW.reason)
            IS DISTINCT FROM (OLD.rows_total, OLD.rows_digest, OLD.reason)
        OR (NEW.request_id, NEW.transaction_number)
            IS DISTINCT FROM (OLD.request_id, OLD.transaction_number)
            AND NOT (NEW.state = 'submitted' AND OLD.state IN ('checked', 'proposing'))
    THEN
        PERFORM registry_refuse('upload_keeps_what_is_decided_on',
            format('upload %s is decided on as it was checked', OLD.id), TG_TABLE_NAME);
    END IF;
    IF NEW.state IN ('writing', 'written') AND NOT EXISTS (
        SELECT FROM registry_governancerequest
        WHERE id = NEW.request_id AND kind = 'upload' AND status = 'approved'
            AND payload ->> 'upload' = NEW.id::text
            AND payload ->> 'rows_digest' = encode(NEW.rows_digest, 'hex'))
    THEN
        PERFORM registry_refuse('upload_is_written_by_an_approved_request',
            format('no approved request has upload %s written', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER upload_goes_its_way BEFORE UPDATE ON registry_upload
    FOR EACH ROW EXECUTE FUNCTION registry_upload_updated();
ALTER TABLE registry_upload
    ENABLE ALWAYS TRIGGER upload_begins_unchecked,
    ENABLE ALWAYS TRIGGER upload_goes_its_way;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('upload', 'DELETE'),
        ('uploadpiece', 'UPDATE OR DELETE')
    ) AS x (name, events)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_append_only BEFORE %2$s ON registry_%1$s'
            ' FOR EACH ROW EXECUTE FUNCTION registry_refuse_change(%3$L)',
            v.name, v.events, v.name || '_is_append_only');
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_never_truncated BEFORE TRUNCATE ON registry_%1$s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change(%2$L)',
            v.name, v.name || '_is_never_truncated');
        EXECUTE format(
            'ALTER TABLE registry_%1$s ENABLE ALWAYS TRIGGER %1$s_is_append_only,'
            ' ENABLE ALWAYS TRIGGER %1$s_is_never_truncated', v.name);
    END LOOP;
END $$;
