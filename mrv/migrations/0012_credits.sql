-- A period earns once, no more is lost than was issued, and no more replaced than is owed. All
-- triggers are ENABLE ALWAYS.

-- A transaction counts no more in these states: failed, terminated, rejected, cancelled, reversed,
-- cancelled by a person (-1, 5, 6, 7, 20, 40).

CREATE FUNCTION mrv_issuance_request_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_earned bigint;
    v_status int;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        SELECT tonnes INTO v_earned FROM mrv_monitoringreport
         WHERE id = NEW.report_id AND state = 'verified';
        IF v_earned IS DISTINCT FROM NEW.units OR NEW.state <> 'standing' THEN
            PERFORM registry_refuse('issuance_request_is_of_a_verified_report',
                format('report %s earned %s', NEW.report_id, v_earned), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    SELECT status INTO v_status FROM registry_transaction WHERE id = OLD.transaction_id;
    IF (NEW.id, NEW.report_id, NEW.units, NEW.to_buffer, NEW.transaction_id, NEW.requested_by_id,
        NEW.requested_at)
        IS DISTINCT FROM
       (OLD.id, OLD.report_id, OLD.units, OLD.to_buffer, OLD.transaction_id, OLD.requested_by_id,
        OLD.requested_at)
        OR (OLD.state, NEW.state) <> ('standing', 'dropped')
        OR v_status NOT IN (-1, 5, 6, 7, 20, 40)
    THEN
        PERFORM registry_refuse('issuance_request_is_dropped_when_nothing_is_issued',
            format('request %s is %s', OLD.id, OLD.state), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issuance_request_follows_its_transaction BEFORE INSERT OR UPDATE
    ON mrv_issuancerequest
    FOR EACH ROW EXECUTE FUNCTION mrv_issuance_request_written();

-- Units issued for a project, and those that losses are about already. Whoever adds a loss waits
-- for others to have added theirs.
CREATE FUNCTION mrv_credit_loss_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_on date := (NEW.stated_at AT TIME ZONE 'UTC')::date;
    v_may boolean;
    v_issued bigint;
    v_lost bigint;
    v_request bigint;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    PERFORM 1 FROM mrv_offsetproject WHERE id = NEW.project_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(q.units), 0), max(q.units) FILTER (WHERE q.id = NEW.request_id)
      INTO v_issued, v_request
      FROM mrv_issuancerequest q
      JOIN mrv_monitoringreport m ON m.id = q.report_id
      JOIN registry_transaction t ON t.id = q.transaction_id
     WHERE m.project_id = NEW.project_id AND t.status = 4;
    SELECT coalesce(sum(units), 0) INTO v_lost FROM mrv_creditloss
     WHERE project_id = NEW.project_id AND state <> 'refused';
    IF NEW.state <> 'stated' OR v_lost + NEW.units > v_issued
        OR NEW.request_id IS NOT NULL AND (NEW.units <= v_request) IS NOT true
    THEN
        PERFORM registry_refuse('credit_loss_is_of_units_that_were_issued',
            format('%s units of %s issued, %s lost', NEW.units, v_issued, v_lost), TG_TABLE_NAME);
    END IF;
    SELECT EXISTS (
        SELECT FROM mrv_accreditation c
         WHERE c.verifier_id = NEW.verifier_id AND c.scheme_id = r.scheme_id
           AND t.code = ANY (c.sectors) AND v_on BETWEEN c.valid_from AND c.valid_to
           AND (c.suspended_on IS NULL OR c.suspended_on > v_on))
       AND NOT EXISTS (
        SELECT FROM mrv_conflictofinterest i
         WHERE i.verifier_id = NEW.verifier_id AND i.holder_id = a.holder_id
           AND i.valid_from <= v_on AND (i.valid_to IS NULL OR i.valid_to >= v_on))
      INTO v_may
      FROM mrv_offsetproject p
      JOIN mrv_projecttype t ON t.id = p.project_type_id
      JOIN registry_account a ON a.id = p.account_id
      JOIN registry_registry r ON r.id = a.registry_id
     WHERE p.id = NEW.project_id;
    IF NEW.verifier_id IS NOT NULL AND v_may IS NOT true THEN
        PERFORM registry_refuse('credit_loss_is_found_by_an_accredited_verifier',
            format('verifier %s, project %s', NEW.verifier_id, NEW.project_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_loss_is_no_greater_than_what_was_issued BEFORE INSERT ON mrv_creditloss
    FOR EACH ROW EXECUTE FUNCTION mrv_credit_loss_inserted();

CREATE FUNCTION mrv_credit_loss_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_status int;
    v_replaced bigint;
BEGIN
    SELECT status INTO v_status FROM registry_transaction WHERE id = OLD.transaction_id;
    SELECT coalesce(sum(n.units), 0) INTO v_replaced
      FROM mrv_replacement n JOIN registry_transaction t ON t.id = n.transaction_id
     WHERE n.loss_id = OLD.id AND t.status NOT IN (-1, 5, 6, 7, 20, 40);
    IF (NEW.id, NEW.project_id, NEW.kind, NEW.verifier_id, NEW.request_id, NEW.units, NEW.evidence,
        NEW.stated_by_id, NEW.stated_at)
        IS DISTINCT FROM
       (OLD.id, OLD.project_id, OLD.kind, OLD.verifier_id, OLD.request_id, OLD.units, OLD.evidence,
        OLD.stated_by_id, OLD.stated_at)
        OR OLD.state <> 'stated' AND ((OLD.state, NEW.state) <> ('settled', 'settled')
            OR (v_status IN (-1, 5, 6, 7, 20, 40)) IS NOT true)
        OR NEW.cancelled + v_replaced > NEW.units
    THEN
        PERFORM registry_refuse('credit_loss_is_settled_once',
            format('loss %s is %s', OLD.id, OLD.state), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_loss_keeps_what_was_stated BEFORE UPDATE ON mrv_creditloss
    FOR EACH ROW EXECUTE FUNCTION mrv_credit_loss_updated();

CREATE FUNCTION mrv_replacement_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_owed bigint;
    v_replaced bigint;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    SELECT units - cancelled INTO v_owed FROM mrv_creditloss
     WHERE id = NEW.loss_id AND state = 'settled' FOR NO KEY UPDATE;
    SELECT coalesce(sum(n.units), 0) INTO v_replaced
      FROM mrv_replacement n JOIN registry_transaction t ON t.id = n.transaction_id
     WHERE n.loss_id = NEW.loss_id AND t.status NOT IN (-1, 5, 6, 7, 20, 40);
    IF (v_replaced + NEW.units <= v_owed) IS NOT true THEN
        PERFORM registry_refuse('replacement_is_of_what_is_owed',
            format('loss %s owes %s', NEW.loss_id, v_owed), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER replacement_is_no_greater_than_what_is_owed BEFORE INSERT ON mrv_replacement
    FOR EACH ROW EXECUTE FUNCTION mrv_replacement_inserted();

ALTER TABLE mrv_issuancerequest
    ENABLE ALWAYS TRIGGER issuance_request_follows_its_transaction;
ALTER TABLE mrv_creditloss
    ENABLE ALWAYS TRIGGER credit_loss_is_no_greater_than_what_was_issued,
    ENABLE ALWAYS TRIGGER credit_loss_keeps_what_was_stated;
ALTER TABLE mrv_replacement ENABLE ALWAYS TRIGGER replacement_is_no_greater_than_what_is_owed;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('issuancerequest', 'DELETE'),
        ('creditloss', 'DELETE'),
        ('replacement', 'UPDATE OR DELETE')
    ) AS x (name, events)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER mrv_%1$s_is_append_only BEFORE %2$s ON mrv_%1$s'
            ' FOR EACH ROW EXECUTE FUNCTION registry_refuse_change(%3$L)',
            v.name, v.events, 'mrv_' || v.name || '_is_append_only');
        EXECUTE format(
            'CREATE TRIGGER mrv_%1$s_is_never_truncated BEFORE TRUNCATE ON mrv_%1$s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change(%2$L)',
            v.name, 'mrv_' || v.name || '_is_never_truncated');
        EXECUTE format(
            'ALTER TABLE mrv_%1$s ENABLE ALWAYS TRIGGER mrv_%1$s_is_append_only,'
            ' ENABLE ALWAYS TRIGGER mrv_%1$s_is_never_truncated', v.name);
    END LOOP;
END $$;
