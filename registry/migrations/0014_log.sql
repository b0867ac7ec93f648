-- The Merkle log. Its order is that of positions; its tree is kept up to date leaf by leaf, in
-- tiles; its checkpoints only go forward. One appends at a time: the second waits.

-- Hashes do not compress.
ALTER TABLE registry_logtile ALTER COLUMN hashes SET STORAGE EXTERNAL;
ALTER TABLE registry_logleaf
    ADD CONSTRAINT log_leaf_kind_is_known CHECK (kind IN ('posting')),
    ADD CONSTRAINT log_leaf_has_hashes_of_32_bytes CHECK (
        octet_length(digest) = 32 AND octet_length(leaf_hash) = 32);
ALTER TABLE registry_logtile
    ADD CONSTRAINT log_tile_is_at_a_place_of_the_tree CHECK (
        level BETWEEN 0 AND 7 AND number >= 0),
    ADD CONSTRAINT log_tile_holds_whole_hashes CHECK (
        octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0);

-- The root over hashes of 32 bytes, side by side, as many as a power of two (RFC 9162, 2.1.1).
CREATE FUNCTION registry_complete_root(p_hashes bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_hashes bytea := p_hashes;
BEGIN
    WHILE octet_length(v_hashes) > 32 LOOP
        SELECT string_agg(sha256('\x01'::bytea || substring(v_hashes FROM i * 64 + 1 FOR 64)),
            ''::bytea ORDER BY i)
        INTO v_hashes FROM generate_series(0, octet_length(v_hashes) / 64 - 1) i;
    END LOOP;
    RETURN v_hashes;
END $$;

-- The root over the first leaves, from the right edge of the tiles; NULL where they are missing.
CREATE FUNCTION registry_log_root(p_size bigint) RETURNS bytea LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_rest bigint := p_size;
    v_level int := 0;
    v_width int;
    v_span int;
    v_hashes bytea;
    v_node bytea;
    v_root bytea;
BEGIN
    IF p_size = 0 THEN
        RETURN sha256('');
    END IF;
    WHILE v_rest > 0 LOOP
        v_width := v_rest % 256;
        v_rest := v_rest / 256;
        IF v_width > 0 THEN
            SELECT hashes INTO v_hashes FROM registry_logtile
            WHERE level = v_level AND number = v_rest;
            IF NOT FOUND OR octet_length(v_hashes) < v_width * 32 THEN
                RETURN NULL;
            END IF;
        END IF;
        -- Complete subtrees from right to left: the smallest one is the last.
        v_span := 1;
        WHILE v_width > 0 LOOP
            IF v_width & v_span <> 0 THEN
                v_width := v_width - v_span;
                v_node := registry_complete_root(
                    substring(v_hashes FROM v_width * 32 + 1 FOR v_span * 32));
                v_root := CASE WHEN v_root IS NULL THEN v_node
                    ELSE sha256('\x01'::bytea || v_node || v_root) END;
            END IF;
            v_span := v_span * 2;
        END LOOP;
        v_level := v_level + 1;
    END LOOP;
    RETURN v_root;
END $$;

-- Leaves are dense, and postings come in the order of their positions, each once.
CREATE FUNCTION registry_log_leaf_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_low bigint;
    v_high bigint;
    v_count bigint;
    v_before bigint;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    SELECT min(index), max(index), count(*) INTO v_low, v_high, v_count FROM fresh;
    IF v_count = 0 THEN
        RETURN NULL;
    END IF;
    IF v_high - v_low + 1 <> v_count
        OR v_low <> coalesce((
            SELECT max(index) FROM registry_logleaf WHERE index < v_low), -1) + 1
        OR EXISTS (SELECT FROM registry_logleaf WHERE index > v_high)
    THEN
        PERFORM registry_refuse('log_leaf_is_dense', 'leaves follow from 0 without a gap',
            TG_TABLE_NAME);
    END IF;
    SELECT q.position INTO v_before FROM registry_logleaf l
    JOIN registry_position q ON q.posting_id = l.posting_id
    WHERE l.index < v_low AND l.kind = 'posting' ORDER BY l.index DESC LIMIT 1;
    IF EXISTS (
        SELECT FROM (
            SELECT q.position, coalesce(v_before, 0) + row_number() OVER (ORDER BY n.index)
                AS expected
            FROM fresh n LEFT JOIN registry_position q ON q.posting_id = n.posting_id
            WHERE n.kind = 'posting') placed
        WHERE placed.position IS DISTINCT FROM placed.expected)
    THEN
        PERFORM registry_refuse('log_leaf_follows_the_order_of_positions',
            'postings are logged in the order of their positions', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_leaf_is_dense AFTER INSERT ON registry_logleaf
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION registry_log_leaf_inserted();

-- A tile grows by whole hashes, and what is in it stays; each new hash is that of what is below.
CREATE FUNCTION registry_log_tile_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_old bytea := '';
    v_first bigint;
    v_last bigint;
    v_below bytea;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'UPDATE' THEN
        v_old := OLD.hashes;
        IF (NEW.id, NEW.level, NEW.number) IS DISTINCT FROM (OLD.id, OLD.level, OLD.number)
            OR octet_length(NEW.hashes) <= octet_length(v_old)
            OR substring(NEW.hashes FROM 1 FOR octet_length(v_old)) <> v_old
        THEN
            PERFORM registry_refuse('log_tile_only_grows',
                format('tile %s/%s only grows', OLD.level, OLD.number), TG_TABLE_NAME);
        END IF;
    END IF;
    v_first := NEW.number * 256 + octet_length(v_old) / 32;
    v_last := NEW.number * 256 + octet_length(NEW.hashes) / 32 - 1;
    IF NEW.level = 0 THEN
        SELECT string_agg(leaf_hash, ''::bytea ORDER BY index) INTO v_below
        FROM registry_logleaf WHERE index BETWEEN v_first AND v_last;
    ELSE
        SELECT string_agg(registry_complete_root(hashes), ''::bytea ORDER BY number) INTO v_below
        FROM registry_logtile WHERE level = NEW.level - 1 AND number BETWEEN v_first AND v_last
            AND octet_length(hashes) = 8192;
    END IF;
    IF v_old || v_below IS DISTINCT FROM NEW.hashes THEN
        PERFORM registry_refuse('log_tile_hashes_what_is_below',
            format('tile %s/%s does not hash what is below it', NEW.level, NEW.number),
            TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_tile_only_grows BEFORE INSERT OR UPDATE ON registry_logtile
    FOR EACH ROW EXECUTE FUNCTION registry_log_tile_written();

-- A checkpoint is of the tree as it is, later and larger than the one before, and its note says
-- so under the one name of the log. The database says when.
CREATE FUNCTION registry_checkpoint_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_last registry_checkpoint;
    v_key registry_keyrecord;
    v_origin text;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    PERFORM pg_advisory_xact_lock(hashtext('registry_log'));
    SELECT * INTO v_last FROM registry_checkpoint ORDER BY size DESC LIMIT 1;
    NEW.at := greatest(v_last.at, clock_timestamp());
    IF NEW.size <= v_last.size THEN
        PERFORM registry_refuse('checkpoint_goes_forward',
            format('%s leaves do not come after %s', NEW.size, v_last.size), TG_TABLE_NAME);
    END IF;
    IF NEW.size < 0 OR NEW.root IS DISTINCT FROM registry_log_root(NEW.size) THEN
        PERFORM registry_refuse('checkpoint_has_the_root_of_the_tree',
            format('this is not the root over %s leaves', NEW.size), TG_TABLE_NAME);
    END IF;
    SELECT * INTO v_key FROM registry_keyrecord WHERE id = NEW.key_id;
    IF v_key.purpose IS DISTINCT FROM 'log' OR NEW.at < v_key.valid_from
        OR NEW.at >= least(v_key.valid_to, v_key.revoked_at)
    THEN
        PERFORM registry_refuse('checkpoint_is_signed_by_a_key_for_the_log',
            'the key does not sign for the log now', TG_TABLE_NAME);
    END IF;
    SELECT k.node INTO v_origin FROM registry_checkpoint c
    JOIN registry_keyrecord k ON k.id = c.key_id ORDER BY c.size LIMIT 1;
    IF v_key.node <> v_origin THEN
        PERFORM registry_refuse('checkpoint_keeps_the_name_of_the_log',
            format('the log is %s, not %s', v_origin, v_key.node), TG_TABLE_NAME);
    END IF;
    IF NOT starts_with(NEW.note, format(E'%s\n%s\n%s\n\n— %1$s ',
        v_key.node, NEW.size, encode(NEW.root, 'base64')))
    THEN
        PERFORM registry_refuse('checkpoint_says_what_its_note_says',
            'the note is of another log, size or root', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER checkpoint_goes_forward BEFORE INSERT ON registry_checkpoint
    FOR EACH ROW EXECUTE FUNCTION registry_checkpoint_inserted();

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('logleaf', 'UPDATE OR DELETE'),
        ('logtile', 'DELETE'),
        ('checkpoint', 'UPDATE OR DELETE')
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
ALTER TABLE registry_logleaf ENABLE ALWAYS TRIGGER log_leaf_is_dense;
ALTER TABLE registry_logtile ENABLE ALWAYS TRIGGER log_tile_only_grows;
ALTER TABLE registry_checkpoint ENABLE ALWAYS TRIGGER checkpoint_goes_forward;

-- Canonical bytes name entities by their codes, so a code stays.
CREATE TRIGGER accountholder_keeps_its_code BEFORE UPDATE ON registry_accountholder FOR EACH ROW
    EXECUTE FUNCTION registry_identity_is_fixed('account_holder_keeps_its_code', 'id', 'code');
ALTER TABLE registry_accountholder ENABLE ALWAYS TRIGGER accountholder_keeps_its_code;

-- Appends the leaves of postings from index p_first on, and grows the tree; the new size. Where
-- another was first, nothing is written and the size tells it.
CREATE FUNCTION registry_append_leaves(p_first bigint, p_postings bigint[], p_digests bytea[],
    p_hashes bytea[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_size bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('registry_log'));
    SELECT coalesce(max(index) + 1, 0) INTO v_size FROM registry_logleaf;
    IF v_size <> p_first THEN
        RETURN v_size;
    END IF;
    INSERT INTO registry_logleaf (index, kind, posting_id, digest, leaf_hash, appended_at)
    SELECT p_first + x.place - 1, 'posting', x.posting, x.digest, x.leaf_hash, clock_timestamp()
    FROM unnest(p_postings, p_digests, p_hashes) WITH ORDINALITY
        AS x (posting, digest, leaf_hash, place);
    PERFORM registry_grow_tiles(p_first, p_hashes);
    RETURN p_first + cardinality(p_postings);
END $$;

-- Adds hashes of leaves, from index p_first on, to their tiles, and the roots of the tiles that
-- become full to those above.
CREATE FUNCTION registry_grow_tiles(p_first bigint, p_hashes bytea[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_level int := 0;
    v_first bigint := p_first;
    v_hashes bytea[] := p_hashes;
    v_after bigint;
BEGIN
    WHILE cardinality(v_hashes) > 0 LOOP
        WITH grown AS (
            SELECT (v_first + x.place - 1) / 256 AS number,
                string_agg(x.hash, ''::bytea ORDER BY x.place) AS hashes
            FROM unnest(v_hashes) WITH ORDINALITY AS x (hash, place) GROUP BY 1
        ), updated AS (
            UPDATE registry_logtile t SET hashes = t.hashes || g.hashes FROM grown g
            WHERE t.level = v_level AND t.number = g.number RETURNING t.number
        )
        INSERT INTO registry_logtile (level, number, hashes)
        SELECT v_level, g.number, g.hashes FROM grown g
        WHERE g.number NOT IN (SELECT number FROM updated) ORDER BY g.number;
        v_after := (v_first + cardinality(v_hashes)) / 256;
        v_first := v_first / 256;
        SELECT array_agg(registry_complete_root(t.hashes) ORDER BY t.number) INTO v_hashes
        FROM registry_logtile t
        WHERE t.level = v_level AND t.number >= v_first AND t.number < v_after;
        v_level := v_level + 1;
    END LOOP;
END $$;

-- Keeps a signed checkpoint; false where one of this size or a larger one exists.
CREATE FUNCTION registry_write_checkpoint(p_size bigint, p_root bytea, p_key bigint, p_note text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('registry_log'));
    IF EXISTS (SELECT FROM registry_checkpoint WHERE size >= p_size) THEN
        RETURN false;
    END IF;
    INSERT INTO registry_checkpoint (size, root, key_id, note, at)
    VALUES (p_size, p_root, p_key, p_note, clock_timestamp());
    RETURN true;
END $$;
