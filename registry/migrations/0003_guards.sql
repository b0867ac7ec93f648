-- Rows are looked up by ANY (ARRAY(...)) or by a subquery with OFFSET 0 rather than by a join: a
-- plan made for ten thousand rows must serve one row as well.
-- Functions of the hot path return true and are called by assignment: PL/pgSQL evaluates that as an
-- expression, whereas PERFORM runs a query for it (a tenth of a transfer).

-- What may never happen to a row once it is written. All triggers are ENABLE ALWAYS, so that
-- session_replication_role = replica does not switch them off.

CREATE FUNCTION registry_refuse(p_constraint text, p_message text, p_table text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = '23514', CONSTRAINT = p_constraint, MESSAGE = p_message, TABLE = p_table;
END $$;

-- The guards compare with what others have committed. Under a snapshot taken earlier they would
-- miss it, so whoever writes the ledger reads what is committed.
CREATE FUNCTION registry_require_read_committed(p_table text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        PERFORM registry_refuse('ledger_is_written_at_read_committed',
            'the ledger is written in transactions at READ COMMITTED only', p_table);
    END IF;
    RETURN true;
END $$;

CREATE FUNCTION registry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_refuse(TG_ARGV[0], format('%s on %s', TG_OP, TG_TABLE_NAME), TG_TABLE_NAME);
    RETURN NULL;
END $$;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('posting', 'UPDATE OR DELETE'),
        ('issuance', 'UPDATE OR DELETE'),
        ('use', 'UPDATE OR DELETE'),
        ('position', 'UPDATE OR DELETE'),
        ('transactionevent', 'UPDATE OR DELETE'),
        ('approval', 'UPDATE OR DELETE'),
        ('verifiedmessage', 'UPDATE OR DELETE'),
        ('messageblock', 'UPDATE OR DELETE'),
        ('holding', 'DELETE'),
        ('mark', 'DELETE'),
        ('transaction', 'DELETE'),
        ('transactiontype', 'DELETE'),
        ('account', 'DELETE'),
        ('unittype', 'DELETE'),
        ('registry', 'DELETE'),
        ('accountholder', 'DELETE'),
        ('person', 'DELETE'),
        ('apikey', 'DELETE')
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

-- Rows that belong to a posting are written before it, never after: when a transaction names the
-- posting already, and the posting itself is not there yet. Only the database transaction that
-- completes that transaction can see it so, and it can not end without writing the posting.
CREATE FUNCTION registry_holdings_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_broken int;
BEGIN
    SELECT min(CASE
        WHEN h.first < 1 OR h.last < h.first OR h.last > 1000000000000 THEN 1
        WHEN h.closed_by_id IS NOT NULL OR h.closed_xid IS NOT NULL THEN 2
        WHEN h.opened_xid <> pg_current_xact_id() THEN 3
        WHEN EXISTS (SELECT FROM registry_posting WHERE id = h.opened_by_id OFFSET 0) THEN 4
        WHEN NOT EXISTS (
            SELECT FROM registry_transaction WHERE posting_id = h.opened_by_id OFFSET 0) THEN 5
        END)
    INTO v_broken FROM opened h;
    IF v_broken = 1 THEN
        PERFORM registry_refuse('holding_serials_are_in_range',
            'serials run from 1 to 1000000000000', TG_TABLE_NAME);
    ELSIF v_broken = 2 THEN
        PERFORM registry_refuse('holding_is_opened_open',
            'a new holding is not closed yet', TG_TABLE_NAME);
    ELSIF v_broken = 3 THEN
        PERFORM registry_refuse('holding_names_its_database_transaction',
            'opened_xid is not the current transaction', TG_TABLE_NAME);
    ELSIF v_broken = 4 THEN
        PERFORM registry_refuse('holding_is_opened_before_its_posting',
            'the posting that opens this row exists already', TG_TABLE_NAME);
    ELSIF v_broken = 5 THEN
        PERFORM registry_refuse('holding_opening_is_posted',
            'no transaction under way names the posting that opens this row', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER holding_is_opened_before_its_posting AFTER INSERT ON registry_holding
    REFERENCING NEW TABLE AS opened
    FOR EACH STATEMENT EXECUTE FUNCTION registry_holdings_inserted();

-- A holding is closed once, by the posting that is being written, and never otherwise changes.
CREATE FUNCTION registry_holding_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_by_id IS NOT NULL THEN
        PERFORM registry_refuse('holding_is_closed_once',
            format('holding %s is closed already', OLD.id), TG_TABLE_NAME);
    END IF;
    IF NEW.closed_by_id IS NULL OR NEW.closed_xid IS DISTINCT FROM pg_current_xact_id()
        OR (NEW.id, NEW.registry_id, NEW.unit_type_id, NEW.first, NEW.last, NEW.account_id,
            NEW.issuance_id, NEW.vintage_from, NEW.is_foreign, NEW.opened_by_id, NEW.opened_xid)
        IS DISTINCT FROM
           (OLD.id, OLD.registry_id, OLD.unit_type_id, OLD.first, OLD.last, OLD.account_id,
            OLD.issuance_id, OLD.vintage_from, OLD.is_foreign, OLD.opened_by_id, OLD.opened_xid)
    THEN
        PERFORM registry_refuse('holding_changes_only_by_closing',
            format('holding %s may only be closed', OLD.id), TG_TABLE_NAME);
    END IF;
    IF NEW.closed_by_id <= NEW.opened_by_id THEN
        PERFORM registry_refuse('holding_is_closed_by_a_later_posting',
            format('posting %s did not come after %s', NEW.closed_by_id, NEW.opened_by_id),
            TG_TABLE_NAME);
    END IF;
    IF NOT EXISTS (
        SELECT FROM registry_transaction t WHERE t.posting_id = NEW.closed_by_id
            AND NOT EXISTS (SELECT FROM registry_posting WHERE id = NEW.closed_by_id OFFSET 0))
    THEN
        IF EXISTS (SELECT FROM registry_posting WHERE id = NEW.closed_by_id) THEN
            PERFORM registry_refuse('holding_is_closed_before_its_posting',
                'the posting that closes this row exists already', TG_TABLE_NAME);
        END IF;
        PERFORM registry_refuse('holding_closing_is_posted',
            'no transaction under way names the posting that closes this row', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER holding_is_closed_once BEFORE UPDATE ON registry_holding
    FOR EACH ROW EXECUTE FUNCTION registry_holding_updated();
ALTER TABLE registry_holding
    ENABLE ALWAYS TRIGGER holding_is_opened_before_its_posting,
    ENABLE ALWAYS TRIGGER holding_is_closed_once;

-- Issuances and uses come while their transaction is under way, and only with one that makes them.
CREATE FUNCTION registry_row_before_posting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_type registry_transactiontype;
    v_xid xid8;
    v_makes_it boolean;
BEGIN
    IF TG_TABLE_NAME = 'registry_issuance' THEN
        v_xid := (to_jsonb(NEW) ->> 'xid')::xid8;
        IF NEW.posting_id IS NULL THEN
            IF v_xid IS NOT NULL OR EXISTS (
                SELECT FROM registry_unittype u
                JOIN registry_registry r ON r.id = u.registry_id AND r.hosted
                WHERE u.id = (to_jsonb(NEW) ->> 'unit_type_id')::bigint)
            THEN
                PERFORM registry_refuse('issuance_at_home_has_a_posting',
                    'units of a registry on this node are issued by a posting', TG_TABLE_NAME);
            END IF;
            RETURN NEW;
        END IF;
        IF v_xid IS DISTINCT FROM pg_current_xact_id() THEN
            PERFORM registry_refuse('issuance_names_its_database_transaction',
                'xid is not the current transaction', TG_TABLE_NAME);
        END IF;
    END IF;
    IF EXISTS (SELECT FROM registry_posting WHERE id = NEW.posting_id) THEN
        PERFORM registry_refuse(TG_NAME, 'the posting of this row exists already', TG_TABLE_NAME);
    END IF;
    SELECT y.* INTO v_type FROM registry_transaction t
    JOIN registry_transactiontype y ON y.id = t.type_id WHERE t.posting_id = NEW.posting_id;
    IF TG_TABLE_NAME = 'registry_issuance' THEN
        v_makes_it := v_type.effect IN ('issue', 'convert');
    ELSE
        v_makes_it := v_type.records_use = to_jsonb(NEW) ->> 'kind';
    END IF;
    IF v_makes_it IS NOT true THEN
        PERFORM registry_refuse(TG_ARGV[0],
            'the transaction under way makes no such row', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issuance_is_written_before_its_posting BEFORE INSERT ON registry_issuance
    FOR EACH ROW EXECUTE FUNCTION registry_row_before_posting(
        'issuance_is_of_a_transaction_that_issues');
CREATE FUNCTION registry_use_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.first < 1 OR NEW.last < NEW.first OR NEW.last > 1000000000000 THEN
        PERFORM registry_refuse('use_serials_are_in_range',
            'serials run from 1 to 1000000000000', TG_TABLE_NAME);
    END IF;
    IF NEW.credited_tonnes < 0 THEN
        PERFORM registry_refuse('use_credit_is_not_negative', 'credit is below zero',
            TG_TABLE_NAME);
    END IF;
    IF NEW.kind NOT IN ('surrender', 'retirement', 'cancellation') THEN
        PERFORM registry_refuse('use_kind_is_known', format('use of kind %s', NEW.kind),
            TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER use_is_well_formed BEFORE INSERT ON registry_use
    FOR EACH ROW EXECUTE FUNCTION registry_use_inserted();
CREATE TRIGGER use_is_written_before_its_posting BEFORE INSERT ON registry_use
    FOR EACH ROW EXECUTE FUNCTION registry_row_before_posting(
        'use_is_of_a_transaction_that_records_it');
ALTER TABLE registry_issuance ENABLE ALWAYS TRIGGER issuance_is_written_before_its_posting;
ALTER TABLE registry_use
    ENABLE ALWAYS TRIGGER use_is_written_before_its_posting,
    ENABLE ALWAYS TRIGGER use_is_well_formed;

-- What a message says is complete before a posting rests on it.
CREATE FUNCTION registry_message_block_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM registry_posting WHERE message_id = NEW.message_id) THEN
        PERFORM registry_refuse('message_block_is_written_before_the_posting',
            'a posting rests on this message already', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER message_block_is_written_before_the_posting BEFORE INSERT
    ON registry_messageblock FOR EACH ROW EXECUTE FUNCTION registry_message_block_inserted();
ALTER TABLE registry_messageblock
    ENABLE ALWAYS TRIGGER message_block_is_written_before_the_posting;

-- Positions are dense, and instants never go back.
CREATE FUNCTION registry_position_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_low bigint;
    v_high bigint;
    v_count bigint;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    SELECT min(position), max(position), count(*) INTO v_low, v_high, v_count FROM fresh;
    IF v_count = 0 THEN
        RETURN NULL;
    END IF;
    IF v_high - v_low + 1 <> v_count
        OR v_low > 1 AND NOT EXISTS (
            SELECT FROM registry_position WHERE position = v_low - 1)
        OR EXISTS (SELECT FROM registry_position WHERE position > v_high)
    THEN
        PERFORM registry_refuse('position_is_dense', 'positions follow without a gap',
            TG_TABLE_NAME);
    END IF;
    IF EXISTS (
        SELECT FROM fresh n JOIN registry_position p ON p.position = n.position - 1
        WHERE n.instant < p.instant)
    THEN
        PERFORM registry_refuse('position_instant_does_not_decrease', 'an instant goes back',
            TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER position_is_dense AFTER INSERT ON registry_position
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION registry_position_inserted();
ALTER TABLE registry_position ENABLE ALWAYS TRIGGER position_is_dense;

-- What fixes the meaning of serials and rows does not change.
CREATE FUNCTION registry_identity_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_column text;
BEGIN
    FOREACH v_column IN ARRAY TG_ARGV[1:] LOOP
        IF to_jsonb(OLD) -> v_column IS DISTINCT FROM to_jsonb(NEW) -> v_column THEN
            PERFORM registry_refuse(TG_ARGV[0], format('%s does not change', v_column),
                TG_TABLE_NAME);
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER unittype_keeps_its_registry BEFORE UPDATE ON registry_unittype FOR EACH ROW
    EXECUTE FUNCTION registry_identity_is_fixed(
        'unit_type_keeps_its_registry', 'id', 'code', 'registry_id', 'kind', 'metric');
CREATE TRIGGER registry_keeps_its_identity BEFORE UPDATE ON registry_registry FOR EACH ROW
    EXECUTE FUNCTION registry_identity_is_fixed(
        'registry_keeps_its_identity', 'id', 'code', 'scheme_id', 'jurisdiction_id', 'hosted');
CREATE TRIGGER transactiontype_version_is_fixed BEFORE UPDATE ON registry_transactiontype
    FOR EACH ROW EXECUTE FUNCTION registry_identity_is_fixed(
        'transaction_type_version_is_fixed', 'id', 'code', 'version', 'registry_id', 'number',
        'effect', 'source_kinds', 'destination_kinds', 'source_statuses', 'destination_statuses',
        'unit_kinds', 'roles', 'approvals', 'reversible', 'records_use', 'valid_from', 'digest');
ALTER TABLE registry_unittype ENABLE ALWAYS TRIGGER unittype_keeps_its_registry;
ALTER TABLE registry_registry ENABLE ALWAYS TRIGGER registry_keeps_its_identity;
ALTER TABLE registry_transactiontype ENABLE ALWAYS TRIGGER transactiontype_version_is_fixed;
