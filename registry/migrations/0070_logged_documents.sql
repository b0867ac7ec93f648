-- Documents in the log besides postings. The log says that there was such a document and when; what
-- it says stays where it is.

ALTER TABLE registry_logleaf DROP CONSTRAINT log_leaf_kind_is_known,
    ADD CONSTRAINT log_leaf_of_a_posting_names_it CHECK (
        (kind = 'posting') = (posting_id IS NOT NULL));
ALTER TABLE registry_loggeddocument
    ADD CONSTRAINT logged_document_is_of_a_kind CHECK (
        kind ~ '^[a-z][a-z_]{1,31}$' AND kind <> 'posting'),
    ADD CONSTRAINT logged_document_has_a_subject CHECK (subject <> ''),
    ADD CONSTRAINT logged_document_has_a_digest_of_32_bytes CHECK (octet_length(digest) = 32);

-- A document is recorded at the moment that the database says, and gets the leaf that is its own.
CREATE FUNCTION registry_logged_document_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.recorded_at := clock_timestamp();
        IF NEW.leaf_id IS NOT NULL THEN
            PERFORM registry_refuse('logged_document_waits_for_its_leaf',
                'a document is recorded first and logged later', TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.leaf_id IS NOT NULL OR NEW.leaf_id IS NULL
        OR (NEW.id, NEW.kind, NEW.subject, NEW.digest, NEW.recorded_at)
            IS DISTINCT FROM (OLD.id, OLD.kind, OLD.subject, OLD.digest, OLD.recorded_at)
        OR NOT EXISTS (SELECT FROM registry_logleaf l WHERE l.index = NEW.leaf_id
            AND l.kind = NEW.kind AND l.digest = NEW.digest)
    THEN
        PERFORM registry_refuse('logged_document_changes_only_by_its_leaf',
            format('document %s gets the leaf of its kind and digest, once', OLD.id),
            TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER logged_document_waits_for_its_leaf BEFORE INSERT OR UPDATE
    ON registry_loggeddocument
    FOR EACH ROW EXECUTE FUNCTION registry_logged_document_written();
CREATE TRIGGER loggeddocument_is_append_only BEFORE DELETE ON registry_loggeddocument
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('loggeddocument_is_append_only');
CREATE TRIGGER loggeddocument_is_never_truncated BEFORE TRUNCATE ON registry_loggeddocument
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change('loggeddocument_is_never_truncated');
ALTER TABLE registry_loggeddocument
    ENABLE ALWAYS TRIGGER logged_document_waits_for_its_leaf,
    ENABLE ALWAYS TRIGGER loggeddocument_is_append_only,
    ENABLE ALWAYS TRIGGER loggeddocument_is_never_truncated;

-- Records a document for the log; the same one again is the one that was recorded.
CREATE FUNCTION registry_record_document(p_kind text, p_subject text, p_digest bytea)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_recorded registry_loggeddocument;
BEGIN
    INSERT INTO registry_loggeddocument (kind, subject, digest, recorded_at)
    VALUES (p_kind, p_subject, p_digest, clock_timestamp())
    ON CONFLICT (kind, subject) DO NOTHING;
    SELECT * INTO STRICT v_recorded FROM registry_loggeddocument
    WHERE kind = p_kind AND subject = p_subject;
    IF v_recorded.digest <> p_digest THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'DOCUMENT_DIFFERS', 'kind', p_kind, 'subject', p_subject)));
    END IF;
    RETURN v_recorded.id;
END $$;

-- Appends the leaves of documents from index p_first on, and grows the tree; the new size. Where
-- another was first, nothing is written and the size tells it.
CREATE FUNCTION registry_append_documents(p_first bigint, p_documents bigint[], p_hashes bytea[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_size bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('registry_log'));
    SELECT coalesce(max(index) + 1, 0) INTO v_size FROM registry_logleaf;
    IF v_size <> p_first THEN
        RETURN v_size;
    END IF;
    INSERT INTO registry_logleaf (index, kind, digest, leaf_hash, appended_at)
    SELECT p_first + x.place - 1, d.kind, d.digest, x.leaf_hash, clock_timestamp()
    FROM unnest(p_documents, p_hashes) WITH ORDINALITY AS x (document, leaf_hash, place)
    JOIN registry_loggeddocument d ON d.id = x.document;
    UPDATE registry_loggeddocument d SET leaf_id = p_first + x.place - 1
    FROM unnest(p_documents) WITH ORDINALITY AS x (document, place) WHERE d.id = x.document;
    PERFORM registry_grow_tiles(p_first, p_hashes);
    RETURN p_first + cardinality(p_documents);
END $$;
