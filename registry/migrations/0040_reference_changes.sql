-- Reference data change by a proposal that another person approves, or by a loading of the owner of
-- the database; and every change of them is remembered.

-- From when on that holds: since two system administrators have been there. Before, nobody could
-- approve anything, and who installs the node loads what it begins with.
ALTER TABLE registry_reference ADD COLUMN governed_since timestamptz;

CREATE FUNCTION registry_four_eyes_begin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE registry_reference SET governed_since = clock_timestamp()
    WHERE governed_since IS NULL AND 2 <= (
        SELECT count(DISTINCT person_id) FROM registry_roleassignment
        WHERE role = 'system_administrator' AND registry_id IS NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER roleassignment_begins_four_eyes AFTER INSERT OR UPDATE ON registry_roleassignment
    FOR EACH STATEMENT EXECUTE FUNCTION registry_four_eyes_begin();
ALTER TABLE registry_roleassignment ENABLE ALWAYS TRIGGER roleassignment_begins_four_eyes;

-- Proposals: they wait when they come, say for ever what they say, and are decided once.
CREATE FUNCTION registry_reference_change_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_decided text[] := '{status,decider_id,decided_at,decision_reason,applied_xid,row_id}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'waiting' THEN
            PERFORM registry_refuse('reference_change_begins_waiting',
                format('status %s', NEW.status), TG_TABLE_NAME);
        END IF;
    ELSIF OLD.status <> 'waiting'
        OR to_jsonb(NEW) - v_decided <> to_jsonb(OLD) - v_decided
        OR OLD.row_id IS NOT NULL AND NEW.row_id IS DISTINCT FROM OLD.row_id
    THEN
        PERFORM registry_refuse('reference_change_keeps_what_it_says',
            format('change %s is decided once', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reference_change_keeps_what_it_says BEFORE INSERT OR UPDATE
    ON registry_referencechange FOR EACH ROW EXECUTE FUNCTION registry_reference_change_written();
ALTER TABLE registry_referencechange ENABLE ALWAYS TRIGGER reference_change_keeps_what_it_says;

-- A row is written by the change that says exactly this, applied in the same database transaction,
-- or in a loading.
CREATE FUNCTION registry_reference_written() RETURNS trigger
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    v_old jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    v_new jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
    IF (SELECT governed_since IS NOT NULL FROM registry_reference)
        AND NOT EXISTS (
            SELECT FROM registry_referencechange c
            WHERE c.applied_xid = pg_current_xact_id() AND c."table" = TG_ARGV[1]
                AND c.old IS NOT DISTINCT FROM v_old
                AND c.new IS NOT DISTINCT FROM
                    CASE WHEN TG_OP = 'INSERT' THEN v_new - 'id' ELSE v_new END)
        AND NOT EXISTS (SELECT FROM registry_referenceloading WHERE xid = pg_current_xact_id())
    THEN
        PERFORM registry_refuse(TG_ARGV[0],
            format('no approved change says this of %s', TG_TABLE_NAME), TG_TABLE_NAME);
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION registry_reference_remembered() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_old jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    v_new jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
    IF v_old IS NOT DISTINCT FROM v_new THEN
        RETURN NULL;
    END IF;
    INSERT INTO registry_referencehistory
        ("table", row_id, operation, old, new, at, role, change_id, loading_id)
    VALUES (
        TG_ARGV[0], coalesce(v_new ->> 'id', v_old ->> 'id')::bigint,
        CASE TG_OP WHEN 'INSERT' THEN 'add' WHEN 'UPDATE' THEN 'change' ELSE 'delete' END,
        v_old, v_new, clock_timestamp(), session_user,
        (SELECT min(id) FROM registry_referencechange WHERE applied_xid = pg_current_xact_id()
            AND "table" = TG_ARGV[0]),
        (SELECT max(id) FROM registry_referenceloading WHERE xid = pg_current_xact_id()));
    RETURN NULL;
END $$;

-- Account holders are also taken over and corrected in the daily work of registries, by services of
-- their own: these changes are remembered like all others.
DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT name, replace(name, '_', '') AS sql_name, guarded, truncated FROM (VALUES
        ('jurisdiction', true, true),
        ('scheme', true, true),
        ('registry', true, false),
        ('unit_type', true, false),
        ('unit_type_alias', true, true),
        ('account_class', true, false),
        ('account_holder', false, false),
        ('corporate_group', true, true),
        ('group_limit', true, true),
        ('registry_rules', true, false),
        ('issuance_cap', true, true),
        ('calendar_day', true, true),
        ('calendar_year', true, true),
        ('office_hours', true, true),
        ('fact', true, true),
        ('source', true, true)
    ) AS x (name, guarded, truncated)
    LOOP
        IF v.guarded THEN
            EXECUTE format(
                'CREATE TRIGGER %1$s_changes_by_approval BEFORE INSERT OR UPDATE OR DELETE'
                ' ON registry_%1$s FOR EACH ROW EXECUTE FUNCTION registry_reference_written('
                '''reference_data_change_by_approval'', %2$L)',
                v.sql_name, v.name);
            EXECUTE format(
                'ALTER TABLE registry_%1$s ENABLE ALWAYS TRIGGER %1$s_changes_by_approval',
                v.sql_name);
        END IF;
        IF v.truncated THEN
            EXECUTE format(
                'CREATE TRIGGER %1$s_is_never_truncated BEFORE TRUNCATE ON registry_%1$s'
                ' FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change(%2$L)',
                v.sql_name, v.sql_name || '_is_never_truncated');
            EXECUTE format(
                'ALTER TABLE registry_%1$s ENABLE ALWAYS TRIGGER %1$s_is_never_truncated',
                v.sql_name);
        END IF;
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_remembered AFTER INSERT OR UPDATE OR DELETE ON registry_%1$s'
            ' FOR EACH ROW EXECUTE FUNCTION registry_reference_remembered(%2$L)',
            v.sql_name, v.name);
        EXECUTE format(
            'ALTER TABLE registry_%1$s ENABLE ALWAYS TRIGGER %1$s_is_remembered', v.sql_name);
    END LOOP;

    FOR v IN SELECT * FROM (VALUES
        ('referencechange', 'DELETE'),
        ('referenceloading', 'UPDATE OR DELETE'),
        ('referencehistory', 'UPDATE OR DELETE')
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

-- For the owner alone: what it writes until the end of this database transaction is a loading.
CREATE FUNCTION registry_begin_loading(p_what text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
BEGIN
    INSERT INTO registry_referenceloading (what, begun_at, role, xid)
    VALUES (p_what, clock_timestamp(), session_user, pg_current_xact_id()) RETURNING id INTO v_id;
    RETURN v_id;
END $$;

-- Decides on a change. Approved, it is applied at once: if the row is still what it was when the
-- change was proposed. Returns the id of the row.
CREATE FUNCTION registry_decide_reference(p_change bigint, p_person bigint, p_hash bytea,
    p_status text, p_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_change registry_referencechange;
    v_table text;
    v_columns text;
    v_row jsonb;
    v_id bigint;
    v_done boolean;
BEGIN
    v_done := registry_require_read_committed('registry_referencechange');
    SELECT * INTO v_change FROM registry_referencechange WHERE id = p_change FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'UNKNOWN_REFERENCE_CHANGE', 'change', p_change::text)));
    ELSIF v_change.status <> 'waiting' THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'REFERENCE_CHANGE_DECIDED', 'change', p_change::text,
            'status', v_change.status)));
    ELSIF v_change.payload_hash <> p_hash THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object('code', 'PAYLOAD_DIFFERS')));
    END IF;
    v_table := 'registry_' || replace(v_change."table", '_', '');
    v_id := v_change.row_id;
    IF p_status = 'approved' AND v_change.operation = 'add' THEN
        v_id := nextval(pg_get_serial_sequence(v_table, 'id'));
    END IF;
    -- Written before the row, whose guard looks for it.
    UPDATE registry_referencechange SET status = p_status, decider_id = p_person,
        decided_at = clock_timestamp(), decision_reason = p_reason, row_id = v_id,
        applied_xid = CASE WHEN p_status = 'approved' THEN pg_current_xact_id() END
    WHERE id = p_change;
    IF p_status <> 'approved' THEN
        RETURN v_id;
    END IF;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO v_columns
    FROM pg_attribute WHERE attrelid = v_table::regclass AND attnum > 0 AND NOT attisdropped
        AND attidentity = '' AND attgenerated = '';
    IF v_change.operation = 'add' THEN
        EXECUTE format('INSERT INTO %1$I (id, %2$s)'
            ' SELECT $2, %2$s FROM jsonb_populate_record(NULL::%1$I, $1)',
            v_table, v_columns) USING v_change.new, v_id;
        RETURN v_id;
    END IF;
    EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE id = $1 FOR NO KEY UPDATE', v_table)
    INTO v_row USING v_id;
    IF v_row IS DISTINCT FROM v_change.old THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'REFERENCE_CHANGE_STALE', 'change', p_change::text)));
    ELSIF v_change.operation = 'delete' THEN
        EXECUTE format('DELETE FROM %I WHERE id = $1', v_table) USING v_id;
    ELSE
        EXECUTE format('UPDATE %1$I SET (%2$s) = ('
            ' SELECT %2$s FROM jsonb_populate_record(NULL::%1$I, $1)) WHERE id = $2',
            v_table, v_columns) USING v_change.new, v_id;
    END IF;
    RETURN v_id;
END $$;

-- What is there already begins its history now. Last, because it leaves keys to be checked.
DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['jurisdiction', 'scheme', 'registry', 'unit_type',
        'unit_type_alias', 'account_class', 'account_holder', 'corporate_group',
        'group_limit', 'registry_rules', 'issuance_cap',
        'calendar_day', 'calendar_year', 'office_hours', 'fact', 'source']
    LOOP
        EXECUTE format(
            'INSERT INTO registry_referencehistory ("table", row_id, operation, new, at, role)'
            ' SELECT %1$L, id, ''add'', to_jsonb(t), clock_timestamp(), session_user'
            ' FROM %2$I t ORDER BY id', v_table, 'registry_' || replace(v_table, '_', ''));
    END LOOP;
END $$;
