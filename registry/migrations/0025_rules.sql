-- Rules that are data: versions of transaction types, caps, daily limits, draws on pools, and what
-- a version asks of approvals, delays and vintages.

-- The first versions: administrators decide, proposals live for two weeks, and what moves at the
-- holder's wish counts towards a daily limit.
UPDATE registry_transactiontype SET approver_roles = '{administrator,system,representative}',
    expires_after_hours = CASE WHEN approvals > 0 THEN 336 END,
    counts_per_day = code IN ('transfer', 'delivery', 'retire', 'cancel');

ALTER TABLE registry_transactiontype
    ADD CONSTRAINT transaction_type_bands_are_a_list CHECK (jsonb_typeof(bands) = 'array');
DROP TRIGGER transactiontype_version_is_fixed ON registry_transactiontype;
CREATE TRIGGER transactiontype_version_is_fixed BEFORE UPDATE ON registry_transactiontype
    FOR EACH ROW EXECUTE FUNCTION registry_identity_is_fixed(
        'transaction_type_version_is_fixed', 'id', 'code', 'version', 'registry_id', 'number',
        'effect', 'source_kinds', 'destination_kinds', 'source_statuses', 'destination_statuses',
        'unit_kinds', 'roles', 'approver_roles', 'approvals', 'bands', 'reason_required',
        'expires_after_hours', 'delay', 'delay_days', 'delay_hours', 'trusted_only',
        'counts_per_day', 'pool', 'earliest_vintage', 'latest_vintage', 'reversible',
        'reversal_days', 'records_use', 'valid_from', 'digest');
ALTER TABLE registry_transactiontype ENABLE ALWAYS TRIGGER transactiontype_version_is_fixed;

-- How many approvals a version asks for so many units in all: its own, or those of the highest band
-- below the amount. All lines count together, so that splitting an amount does not help.
CREATE FUNCTION registry_approvals_needed(p_approvals int, p_bands jsonb, p_lines registry_line[])
RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN greatest(p_approvals, (
        SELECT max((b ->> 'approvals')::int) FROM jsonb_array_elements(p_bands) b
        WHERE (b ->> 'above')::bigint < (SELECT sum(l.quantity) FROM unnest(p_lines) l)));
END $$;

CREATE FUNCTION registry_completed_at(p_transaction bigint) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT recorded_at FROM registry_posting WHERE transaction_id = p_transaction);
END $$;

-- Whether a line gives units to an account that its source does not trust: one of another holder
-- that is not on the source's list, and not terminal.
CREATE FUNCTION registry_untrusted(p_lines registry_line[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM unnest(p_lines) l
        JOIN registry_account s ON s.id = l.source
        JOIN registry_account d ON d.id = l.destination
        WHERE s.id <> d.id AND NOT d.terminal AND (s.holder_id = d.holder_id) IS NOT true
            AND NOT EXISTS (
                SELECT FROM registry_trustedaccount t
                WHERE t.account_id = s.id AND t.trusted_id = d.id
                    AND t.trusted_from <= clock_timestamp()
                    AND (t.removed_at > clock_timestamp()) IS NOT false));
END $$;

-- Lines of a transaction whose picked units are of a vintage that its type does not move.
CREATE FUNCTION registry_vintage_failures(p_transaction bigint, p_pieces registry_piece[])
RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN coalesce((
        SELECT jsonb_agg(jsonb_build_object('code', 'VINTAGE_NOT_ALLOWED', 'line', x.line,
            'vintage_from', x.vintage_from) ORDER BY x.line)
        FROM (
            SELECT p.line, min(h.vintage_from) AS vintage_from
            FROM registry_transaction t
            JOIN registry_transactiontype y ON y.id = t.type_id
            CROSS JOIN unnest(p_pieces) p
            JOIN registry_holding h ON h.id = p.holding
            WHERE t.id = p_transaction
                AND (h.vintage_from < y.earliest_vintage OR h.vintage_from > y.latest_vintage)
            GROUP BY p.line
        ) x), '[]');
END $$;

-- The day of an instant where the account's registry is.
CREATE FUNCTION registry_day(p_account bigint, p_at timestamptz) RETURNS date
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT (p_at AT TIME ZONE j.time_zone)::date FROM registry_account a
        JOIN registry_registry r ON r.id = a.registry_id
        JOIN registry_jurisdiction j ON j.id = r.jurisdiction_id WHERE a.id = p_account);
END $$;

-- What the lines of a transaction draw on its type's pool: by entity and period. Who is given units
-- is the holder of the destination unless the line names another.
CREATE FUNCTION registry_draws(p_transaction bigint)
RETURNS TABLE (entity bigint, period text, units bigint) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT coalesce(l.entity_id, d.holder_id), l.period, sum(l.quantity)::bigint
    FROM registry_transactionline l
    LEFT JOIN registry_account d ON d.id = l.destination_id
    WHERE l.transaction_id = p_transaction GROUP BY 1, 2 ORDER BY 1, 2;
END $$;

-- Counts a proposal towards the daily limits of its sources and draws on its type's pool; what
-- breaks a limit is returned, and the caller fails with it. Counters are locked in one order.
CREATE FUNCTION registry_take(p_transaction bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_type registry_transactiontype;
    v_failures jsonb := '[]';
    v_item record;
    v_units bigint;
BEGIN
    SELECT y.* INTO STRICT v_type FROM registry_transaction t
    JOIN registry_transactiontype y ON y.id = t.type_id WHERE t.id = p_transaction;
    IF v_type.counts_per_day THEN
        FOR v_item IN
            SELECT a.id, a.number, a.daily_limit, sum(l.quantity)::bigint AS units
            FROM registry_transactionline l JOIN registry_account a ON a.id = l.source_id
            WHERE l.transaction_id = p_transaction AND a.daily_limit IS NOT NULL
            GROUP BY a.id ORDER BY a.id
        LOOP
            INSERT INTO registry_accountday AS d (account_id, day, units)
            VALUES (v_item.id, registry_day(v_item.id, clock_timestamp()), v_item.units)
            ON CONFLICT (account_id, day) DO UPDATE SET units = d.units + excluded.units
            RETURNING units INTO v_units;
            IF v_units > v_item.daily_limit THEN
                v_failures := v_failures || jsonb_build_object('code', 'DAILY_LIMIT_EXCEEDED',
                    'account', v_item.number, 'limit', v_item.daily_limit::text,
                    'asked_today', v_units::text);
            END IF;
        END LOOP;
    END IF;
    IF v_type.pool <> '' THEN
        FOR v_item IN SELECT * FROM registry_draws(p_transaction) LOOP
            UPDATE registry_limitcounter c SET used_t = c.used_t + v_item.units
            WHERE c.pool = v_type.pool AND c.entity_id = v_item.entity
                AND c.period = v_item.period AND c.used_t + v_item.units <= c.capacity_t;
            IF NOT FOUND THEN
                v_failures := v_failures || jsonb_build_object('code', 'ENTITLEMENT_EXCEEDED',
                    'entity', (SELECT code FROM registry_accountholder WHERE id = v_item.entity),
                    'period', v_item.period, 'asked', v_item.units::text,
                    'left', coalesce((
                        SELECT c.capacity_t - c.used_t FROM registry_limitcounter c
                        WHERE c.pool = v_type.pool AND c.entity_id = v_item.entity
                            AND c.period = v_item.period), 0)::text);
            END IF;
        END LOOP;
    END IF;
    RETURN v_failures;
END $$;

-- Gives back what a transaction has counted and drawn, because it ends without a posting, or (what
-- it has drawn only) because it is reversed.
CREATE FUNCTION registry_give_back(p_transaction bigint, p_day boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_type registry_transactiontype;
    v_item record;
BEGIN
    SELECT y.* INTO STRICT v_type FROM registry_transaction t
    JOIN registry_transactiontype y ON y.id = t.type_id WHERE t.id = p_transaction;
    IF v_type.counts_per_day AND p_day THEN
        FOR v_item IN
            SELECT l.source_id, registry_day(l.source_id, t.proposed_at) AS day,
                sum(l.quantity)::bigint AS units
            FROM registry_transaction t
            JOIN registry_transactionline l ON l.transaction_id = t.id
            WHERE t.id = p_transaction GROUP BY l.source_id, t.proposed_at ORDER BY l.source_id
        LOOP
            UPDATE registry_accountday d SET units = greatest(d.units - v_item.units, 0)
            WHERE d.account_id = v_item.source_id AND d.day = v_item.day;
        END LOOP;
    END IF;
    IF v_type.pool <> '' THEN
        FOR v_item IN SELECT * FROM registry_draws(p_transaction) LOOP
            UPDATE registry_limitcounter c SET used_t = greatest(c.used_t - v_item.units, 0)
            WHERE c.pool = v_type.pool AND c.entity_id = v_item.entity
                AND c.period = v_item.period;
        END LOOP;
    END IF;
END $$;

-- Unit types whose books are being compared while a transaction would be completed. A proposal is
-- refused by a check, on reference data whose version the gate compares.
CREATE FUNCTION registry_reconciliation_failures(p_transaction registry_transaction)
RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN coalesce((
        SELECT jsonb_agg(jsonb_build_object('code', 'RECONCILIATION_PENDING',
            'unit_type', u.code) ORDER BY u.code)
        FROM registry_unittype u
        WHERE u.id IN (SELECT l.unit_type FROM unnest(p_transaction.lines) l)
            AND EXISTS (
                SELECT FROM registry_reconciliation r
                WHERE r.registry_id = p_transaction.registry_id AND r.ended_at IS NULL
                    AND (r.unit_type_id IS NULL OR r.unit_type_id = u.id))), '[]');
END $$;
CREATE TRIGGER reconciliation_changes_the_reference AFTER INSERT OR UPDATE
    ON registry_reconciliation FOR EACH STATEMENT EXECUTE FUNCTION registry_reference_changed();
ALTER TABLE registry_reconciliation ENABLE ALWAYS TRIGGER reconciliation_changes_the_reference;

-- No more units of a type are issued than its caps allow. The unit type is locked, so that two
-- issuances at the same time do not both find room.
CREATE FUNCTION registry_issuance_capped() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_cap registry_issuancecap;
    v_issued numeric;
BEGIN
    IF NEW.posting_id IS NULL OR NOT EXISTS (
        SELECT FROM registry_issuancecap WHERE unit_type_id = NEW.unit_type_id)
    THEN
        RETURN NEW;
    END IF;
    PERFORM FROM registry_unittype WHERE id = NEW.unit_type_id FOR NO KEY UPDATE;
    FOR v_cap IN
        SELECT * FROM registry_issuancecap WHERE unit_type_id = NEW.unit_type_id
            AND (vintage_from IS NULL OR vintage_from = NEW.vintage_from)
    LOOP
        SELECT coalesce(sum(i.last - i.first + 1), 0) INTO v_issued FROM registry_issuance i
        WHERE i.unit_type_id = NEW.unit_type_id
            AND (v_cap.vintage_from IS NULL OR i.vintage_from = v_cap.vintage_from);
        IF v_issued + NEW.last - NEW.first + 1 > v_cap.units THEN
            PERFORM registry_refuse('issuance_stays_within_its_caps',
                format('%s are issued of %s', v_issued, v_cap.units), TG_TABLE_NAME);
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER issuance_stays_within_its_caps BEFORE INSERT ON registry_issuance
    FOR EACH ROW EXECUTE FUNCTION registry_issuance_capped();
ALTER TABLE registry_issuance ENABLE ALWAYS TRIGGER issuance_stays_within_its_caps;

-- A proposed version of a type waits when it comes, keeps what it says, and is decided once.
CREATE FUNCTION registry_type_proposal_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 0 THEN
            PERFORM registry_refuse('type_proposal_begins_waiting',
                format('state %s', NEW.status), TG_TABLE_NAME);
        END IF;
    ELSIF OLD.status <> 0
        OR (NEW.id, NEW.code, NEW.registry_id, NEW.rules, NEW.valid_from, NEW.reason,
            NEW.payload_hash, NEW.proposer_id, NEW.api_key_id, NEW.proposed_at)
        IS DISTINCT FROM
           (OLD.id, OLD.code, OLD.registry_id, OLD.rules, OLD.valid_from, OLD.reason,
            OLD.payload_hash, OLD.proposer_id, OLD.api_key_id, OLD.proposed_at)
    THEN
        PERFORM registry_refuse('type_proposal_changes_only_by_decision',
            format('proposal %s is decided once', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER type_proposal_changes_only_by_decision BEFORE INSERT OR UPDATE
    ON registry_typeproposal FOR EACH ROW EXECUTE FUNCTION registry_type_proposal_written();
CREATE TRIGGER typeproposal_is_append_only BEFORE DELETE ON registry_typeproposal
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('typeproposal_is_append_only');
CREATE TRIGGER typeproposal_is_never_truncated BEFORE TRUNCATE ON registry_typeproposal
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change('typeproposal_is_never_truncated');
ALTER TABLE registry_typeproposal
    ENABLE ALWAYS TRIGGER type_proposal_changes_only_by_decision,
    ENABLE ALWAYS TRIGGER typeproposal_is_append_only,
    ENABLE ALWAYS TRIGGER typeproposal_is_never_truncated;

-- A version of a type after its first is what a proposal says that another person approved.
CREATE FUNCTION registry_type_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version > 1 AND NOT EXISTS (
        SELECT FROM registry_typeproposal p
        WHERE p.code = NEW.code AND p.registry_id IS NOT DISTINCT FROM NEW.registry_id
            AND p.payload_hash = NEW.digest AND p.status = 0)
    THEN
        PERFORM registry_refuse('transaction_type_version_was_proposed',
            format('no proposal for version %s of %s', NEW.version, NEW.code), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transaction_type_version_was_proposed BEFORE INSERT ON registry_transactiontype
    FOR EACH ROW EXECUTE FUNCTION registry_type_inserted();
ALTER TABLE registry_transactiontype
    ENABLE ALWAYS TRIGGER transaction_type_version_was_proposed;

-- Decides on a proposed version: approved (4) makes it from its day, but never for the past.
CREATE FUNCTION registry_decide_type(p_proposal bigint, p_person bigint, p_hash bytea,
    p_status int, p_reason text, OUT version_id bigint, OUT status int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_proposal registry_typeproposal;
    v_before registry_transactiontype;
    v_new registry_transactiontype;
BEGIN
    SELECT * INTO v_proposal FROM registry_typeproposal WHERE id = p_proposal FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'UNKNOWN_TYPE_PROPOSAL', 'proposal', p_proposal::text)));
    ELSIF v_proposal.status <> 0 THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'TYPE_PROPOSAL_DECIDED', 'proposal', p_proposal::text,
            'status', v_proposal.status)));
    ELSIF v_proposal.payload_hash <> p_hash THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object('code', 'PAYLOAD_DIFFERS')));
    END IF;
    status := p_status;
    IF p_status = 4 THEN
        SELECT y.* INTO STRICT v_before FROM registry_transactiontype y
        WHERE y.code = v_proposal.code
            AND (y.registry_id IS NULL OR y.registry_id = v_proposal.registry_id)
        ORDER BY y.registry_id NULLS LAST, y.version DESC LIMIT 1 FOR NO KEY UPDATE;
        v_new := jsonb_populate_record(v_before, v_proposal.rules);
        v_new.id := nextval(pg_get_serial_sequence('registry_transactiontype', 'id'));
        v_new.code := v_before.code;
        v_new.number := v_before.number;
        v_new.effect := v_before.effect;
        v_new.records_use := v_before.records_use;
        v_new.registry_id := v_proposal.registry_id;
        v_new.version := v_before.version + 1;
        v_new.valid_from := greatest(v_proposal.valid_from, clock_timestamp());
        v_new.valid_to := NULL;
        v_new.digest := v_proposal.payload_hash;
        UPDATE registry_transactiontype y SET valid_to = v_new.valid_from
        WHERE y.id = v_before.id AND y.registry_id IS NOT DISTINCT FROM v_new.registry_id;
        INSERT INTO registry_transactiontype SELECT v_new.*;
        version_id := v_new.id;
    END IF;
    UPDATE registry_typeproposal p SET status = p_status, decider_id = p_person,
        decided_at = clock_timestamp(), decision_reason = p_reason,
        version_id = registry_decide_type.version_id
    WHERE p.id = p_proposal;
END $$;
