-- Guards that compare rows of several tables: accounts, transactions, approvals, marks.

-- An account keeps its registry, kind and partner, and stays closed.
CREATE FUNCTION registry_account_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.number, NEW.registry_id, NEW.kind, NEW.stands_for_id)
        IS DISTINCT FROM (OLD.id, OLD.number, OLD.registry_id, OLD.kind, OLD.stands_for_id)
    THEN
        PERFORM registry_refuse('account_keeps_its_identity',
            'number, registry, kind and partner of an account do not change', TG_TABLE_NAME);
    END IF;
    IF OLD.status = 'closed' AND NEW.status <> 'closed' THEN
        PERFORM registry_refuse('account_stays_closed',
            format('account %s is closed', OLD.number), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_keeps_its_identity BEFORE UPDATE ON registry_account
    FOR EACH ROW EXECUTE FUNCTION registry_account_updated();

-- An account is closed empty. Looked at after the row is written: whoever brought units here has
-- committed by then, and whoever comes later waits for the closing and finds it.
--
-- A posting holds a key share lock on the accounts that it opens rows in, until it is committed. The
-- status is part of a key (account_status_change_waits_for_postings), so that the UPDATE that
-- changes it takes the lock which conflicts with that one, and looks again when it writes the row.
-- A lock that a trigger takes before, FOR UPDATE, would not do: PostgreSQL may grant a key share
-- lock against it to a session that has looked at the row a moment earlier.
CREATE FUNCTION registry_account_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    IF EXISTS (SELECT FROM registry_holding
               WHERE account_id = NEW.id AND closed_by_id IS NULL) THEN
        PERFORM registry_refuse('account_is_closed_empty',
            format('account %s still holds units', NEW.number), TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER account_is_closed_empty AFTER UPDATE ON registry_account
    FOR EACH ROW WHEN (NEW.status = 'closed' AND OLD.status <> 'closed')
    EXECUTE FUNCTION registry_account_closed();
ALTER TABLE registry_account
    ENABLE ALWAYS TRIGGER account_keeps_its_identity,
    ENABLE ALWAYS TRIGGER account_is_closed_empty;

-- A line says how much of what, between accounts that the effect of the type uses.
CREATE FUNCTION registry_check_lines(p_lines registry_line[], p_effect text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_line registry_line;
    v_sourceless boolean := p_effect IN ('issue', 'post_in');
    v_endless boolean := p_effect IN ('freeze', 'release', 'post_out');
BEGIN
    IF coalesce(cardinality(p_lines), 0) = 0 THEN
        PERFORM registry_refuse('transaction_has_lines', 'a transaction without lines',
            'registry_transaction');
    END IF;
    FOREACH v_line IN ARRAY p_lines LOOP
        IF (v_line.quantity >= 1) IS NOT true THEN
            PERFORM registry_refuse('transaction_line_quantity_is_positive',
                format('quantity %s', v_line.quantity), 'registry_transaction');
        ELSIF v_line.minimum < 1 OR v_line.minimum > v_line.quantity THEN
            PERFORM registry_refuse('transaction_line_minimum_is_within_quantity',
                format('at least %s of %s', v_line.minimum, v_line.quantity),
                'registry_transaction');
        ELSIF v_line.first < 1 THEN
            PERFORM registry_refuse('transaction_line_serials_are_in_range',
                format('first serial %s', v_line.first), 'registry_transaction');
        ELSIF (v_line.source IS NULL) <> v_sourceless
                AND NOT (p_effect = 'convert' AND v_line.source IS NULL)
            OR (v_line.destination IS NULL) <> v_endless
        THEN
            PERFORM registry_refuse('transaction_line_has_the_ends_of_its_type',
                format('a line lacks an account, or has one that %s does not use', p_effect),
                'registry_transaction');
        END IF;
    END LOOP;
    RETURN true;
END $$;

-- Whether what a batch's lines name exists; of a single line the transaction's trigger asks itself.
CREATE FUNCTION registry_lines_name_existing_rows(p_lines registry_line[]) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM unnest(p_lines) l
        WHERE NOT EXISTS (SELECT FROM registry_unittype WHERE id = l.unit_type OFFSET 0)
            OR l.source IS NOT NULL AND NOT EXISTS (
                SELECT FROM registry_account WHERE id = l.source OFFSET 0)
            OR l.destination IS NOT NULL AND NOT EXISTS (
                SELECT FROM registry_account WHERE id = l.destination OFFSET 0)
            OR l.entity IS NOT NULL AND NOT EXISTS (
                SELECT FROM registry_accountholder WHERE id = l.entity OFFSET 0));
END $$;

-- A transaction moves along these states only; what it says never changes; it completes when
-- as many other persons as its type asks have approved exactly its payload.
CREATE FUNCTION registry_transaction_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_line registry_line := NEW.lines[1];
    v_effect text;
    v_delay text;
    v_needed int;
    v_bands jsonb;
    v_approvals bigint;
    v_exists boolean;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    IF NEW.posting_id IS NOT NULL AND NEW.status NOT IN (4, 20) THEN
        PERFORM registry_refuse('transaction_with_a_posting_is_completed',
            format('state %s with a posting', NEW.status), TG_TABLE_NAME);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.type_id, NEW.registry_id, NEW.proposer_id, NEW.api_key_id, NEW.key,
            NEW.request_hash, NEW.payload_hash, NEW.attributes, NEW.reason, NEW.reverses_id, NEW.at,
            NEW.proposed_at, NEW.approvals_needed, NEW.execute_at)
            IS DISTINCT FROM
           (OLD.id, OLD.type_id, OLD.registry_id, OLD.proposer_id, OLD.api_key_id, OLD.key,
            OLD.request_hash, OLD.payload_hash, OLD.attributes, OLD.reason, OLD.reverses_id, OLD.at,
            OLD.proposed_at, OLD.approvals_needed, OLD.execute_at)
            OR (NEW.due_at, NEW.expires_at) IS DISTINCT FROM (OLD.due_at, OLD.expires_at)
                AND (OLD.status, NEW.status) <> (0, 30)
            OR NEW.lines IS DISTINCT FROM OLD.lines
            OR OLD.posting_id IS NOT NULL AND NEW.posting_id IS DISTINCT FROM OLD.posting_id
        THEN
            PERFORM registry_refuse('transaction_keeps_what_it_says',
                format('transaction %s changes only its state', OLD.id), TG_TABLE_NAME);
        END IF;
        IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
            (0, 4), (0, 5), (0, 6), (0, 7), (0, 30), (0, -1),
            (30, 4), (30, 5), (30, 40), (30, -1),
            (4, 20))
        THEN
            PERFORM registry_refuse('transaction_state_follows_the_table',
                format('transaction %s: %s to %s', OLD.id, OLD.status, NEW.status),
                TG_TABLE_NAME);
        END IF;
        IF NEW.status = 20 AND OLD.status <> 20 AND NOT EXISTS (
            SELECT FROM registry_transaction WHERE reverses_id = NEW.id AND status = 4)
        THEN
            PERFORM registry_refuse('transaction_is_reversed_by_a_reversal',
                format('no completed transaction reverses %s', NEW.id), TG_TABLE_NAME);
        END IF;
        IF NEW.status = OLD.status OR NEW.status NOT IN (4, 30) THEN
            RETURN NEW;
        END IF;
        SELECT effect, delay INTO v_effect, v_delay
        FROM registry_transactiontype WHERE id = NEW.type_id;
    ELSE
        -- Its registry is that of its first account. One query: each costs a transfer a hundredth.
        SELECT y.effect, y.approvals, y.bands, y.delay,
            EXISTS (SELECT FROM registry_person WHERE id = NEW.proposer_id)
            AND (NEW.api_key_id IS NULL OR EXISTS (SELECT FROM registry_apikey
                WHERE id = NEW.api_key_id AND person_id = NEW.proposer_id))
            AND EXISTS (SELECT FROM registry_account
                WHERE id = coalesce(v_line.source, v_line.destination)
                    AND registry_id = NEW.registry_id)
            AND (v_line.destination IS NULL OR EXISTS (
                SELECT FROM registry_account WHERE id = v_line.destination))
            AND EXISTS (SELECT FROM registry_unittype WHERE id = v_line.unit_type)
            AND (v_line.entity IS NULL OR EXISTS (
                SELECT FROM registry_accountholder WHERE id = v_line.entity))
        INTO v_effect, v_needed, v_bands, v_delay, v_exists
        FROM registry_transactiontype y WHERE y.id = NEW.type_id;
        IF v_effect IS NOT NULL THEN
            v_done := registry_check_lines(NEW.lines, v_effect);
        END IF;
        IF cardinality(NEW.lines) > 1 AND v_exists THEN
            v_exists := registry_lines_name_existing_rows(NEW.lines);
        END IF;
        IF v_exists IS NOT true THEN
            PERFORM registry_refuse('transaction_names_existing_rows',
                'the type, the proposer, this key of the proposer, the registry, or what a line'
                ' names does not exist', TG_TABLE_NAME);
        END IF;
        IF NEW.reverses_id IS NOT NULL AND (v_effect <> 'move' OR NOT EXISTS (
            SELECT FROM registry_transaction o JOIN registry_transactiontype y ON y.id = o.type_id
            WHERE o.id = NEW.reverses_id AND o.status = 4 AND y.reversible
                AND (registry_completed_at(o.id) > clock_timestamp()
                    - make_interval(days => y.reversal_days)) IS NOT false))
        THEN
            PERFORM registry_refuse('transaction_reverses_a_reversible_one',
                format('%s is not completed, or not of a reversible type', NEW.reverses_id),
                TG_TABLE_NAME);
        END IF;
        IF v_bands IS NOT NULL THEN
            v_needed := registry_approvals_needed(v_needed, v_bands, NEW.lines);
        END IF;
        IF NEW.approvals_needed < v_needed THEN
            PERFORM registry_refuse('transaction_asks_for_enough_approvals',
                format('%s approvals instead of %s', NEW.approvals_needed, v_needed),
                TG_TABLE_NAME);
        END IF;
        IF NEW.status NOT IN (0, 4, 30) THEN
            PERFORM registry_refuse('transaction_state_follows_the_table',
                format('a transaction does not begin in state %s', NEW.status), TG_TABLE_NAME);
        END IF;
        IF NEW.status = 0 THEN
            IF NEW.due_at IS NOT NULL THEN
                PERFORM registry_refuse('transaction_is_delayed_until_a_moment',
                    'a delay begins when enough persons have approved', TG_TABLE_NAME);
            END IF;
            RETURN NEW;
        END IF;
    END IF;
    -- Only the ways to state 4 and to state 30 come here.
    IF NEW.status = 4 AND (NEW.posting_id IS NULL) <> (v_effect IN ('freeze', 'release')) THEN
        PERFORM registry_refuse('transaction_completes_in_one_posting',
            'only a freeze or a release completes without a posting', TG_TABLE_NAME);
    END IF;
    IF NEW.approvals_needed > 0 THEN
        SELECT count(*) INTO v_approvals FROM registry_approval
        WHERE transaction_id = NEW.id AND approved AND payload_hash = NEW.payload_hash
            AND person_id <> NEW.proposer_id;
        IF v_approvals < NEW.approvals_needed THEN
            PERFORM registry_refuse('transaction_completes_when_approved',
                format('%s of %s approvals', v_approvals, NEW.approvals_needed), TG_TABLE_NAME);
        END IF;
    END IF;
    IF NEW.status = 30 THEN
        IF NEW.due_at IS NULL OR NEW.due_at < NEW.execute_at THEN
            PERFORM registry_refuse('transaction_is_delayed_until_a_moment',
                format('delayed until %s', NEW.due_at), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.due_at > clock_timestamp() THEN
        PERFORM registry_refuse('transaction_completes_when_due',
            format('due at %s', NEW.due_at), TG_TABLE_NAME);
    ELSIF NEW.expires_at <= clock_timestamp() THEN
        PERFORM registry_refuse('transaction_completes_before_it_expires',
            format('expired at %s', NEW.expires_at), TG_TABLE_NAME);
    ELSIF NEW.due_at IS NULL AND (v_delay = 'always' OR NEW.execute_at IS NOT NULL
        OR v_delay = 'untrusted' AND registry_untrusted(NEW.lines))
    THEN
        PERFORM registry_refuse('transaction_waits_as_its_type_asks',
            'it has not been delayed', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transaction_state_follows_the_table BEFORE INSERT OR UPDATE ON registry_transaction
    FOR EACH ROW EXECUTE FUNCTION registry_transaction_written();
ALTER TABLE registry_transaction ENABLE ALWAYS TRIGGER transaction_state_follows_the_table;

-- Who proposes does not approve, however many keys the person has.
CREATE FUNCTION registry_approval_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_transaction registry_transaction;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    SELECT * INTO v_transaction FROM registry_transaction WHERE id = NEW.transaction_id;
    IF v_transaction.proposer_id = NEW.person_id THEN
        PERFORM registry_refuse('approval_is_not_by_the_proposer',
            'the proposer does not approve', TG_TABLE_NAME);
    END IF;
    IF v_transaction.payload_hash <> NEW.payload_hash THEN
        PERFORM registry_refuse('approval_is_of_the_payload',
            'the approved payload is another', TG_TABLE_NAME);
    END IF;
    IF v_transaction.status <> 0 THEN
        PERFORM registry_refuse('approval_is_of_a_waiting_transaction',
            'the transaction does not await approval', TG_TABLE_NAME);
    END IF;
    IF v_transaction.expires_at <= clock_timestamp() THEN
        PERFORM registry_refuse('approval_comes_before_expiry',
            'the proposal has expired', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_is_not_by_the_proposer BEFORE INSERT ON registry_approval
    FOR EACH ROW EXECUTE FUNCTION registry_approval_inserted();
ALTER TABLE registry_approval ENABLE ALWAYS TRIGGER approval_is_not_by_the_proposer;

-- Where the open block begins that contains a serial, or the serial itself: with it, the blocks
-- that touch a range are one walk along holding_open_starts_once.
CREATE FUNCTION registry_block_start(p_registry bigint, p_unit_type bigint, p_serial bigint)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((
        SELECT h.first FROM registry_holding h
        WHERE h.registry_id = p_registry AND h.unit_type_id = p_unit_type
            AND h.closed_by_id IS NULL AND h.first <= p_serial
        ORDER BY h.first DESC LIMIT 1), p_serial);
END $$;

-- What other transactions' standing marks hold back of a range. Three walks along the exclusion
-- constraints' own indexes, so that an account with ten thousand marks costs no more than one.
CREATE FUNCTION registry_held_back(p_registry bigint, p_unit_type bigint, p_first bigint,
    p_last bigint, p_transaction bigint) RETURNS int8multirange
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_registry int8range := int8range(p_registry, p_registry, '[]');
    v_unit_type int8range := int8range(p_unit_type, p_unit_type, '[]');
    v_serials int8range := int8range(p_first, p_last, '[]');
BEGIN
    RETURN coalesce((
        SELECT range_agg(int8range(x.first, x.last, '[]')) FROM (
            SELECT m.first, m.last FROM registry_mark m
            WHERE m.kind = 'reservation' AND m.released_at IS NULL
                AND int8range(m.registry_id, m.registry_id, '[]') && v_registry
                AND int8range(m.unit_type_id, m.unit_type_id, '[]') && v_unit_type
                AND int8range(m.first, m.last, '[]') && v_serials
                AND m.transaction_id <> p_transaction
            UNION ALL
            SELECT m.first, m.last FROM registry_mark m
            WHERE m.kind = 'lien' AND m.released_at IS NULL
                AND int8range(m.registry_id, m.registry_id, '[]') && v_registry
                AND int8range(m.unit_type_id, m.unit_type_id, '[]') && v_unit_type
                AND int8range(m.first, m.last, '[]') && v_serials
                AND m.transaction_id <> p_transaction
            UNION ALL
            SELECT m.first, m.last FROM registry_mark m
            WHERE m.kind = 'freeze' AND m.released_at IS NULL
                AND int8range(m.registry_id, m.registry_id, '[]') && v_registry
                AND int8range(m.unit_type_id, m.unit_type_id, '[]') && v_unit_type
                AND int8range(m.first, m.last, '[]') && v_serials
                AND m.transaction_id <> p_transaction
        ) x), '{}');
END $$;

-- A blocking mark is set on units that its account holds, and not over another's mark.
CREATE FUNCTION registry_mark_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
    v_held int8multirange;
BEGIN
    IF NEW.released_at IS NOT NULL THEN
        PERFORM registry_refuse('mark_is_placed_standing',
            'a new mark is not released yet', TG_TABLE_NAME);
    END IF;
    IF NOT NEW.kind IN ('reservation', 'lien', 'freeze') THEN
        RETURN NEW;
    END IF;
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    PERFORM FROM registry_account WHERE id = NEW.account_id FOR NO KEY UPDATE;
    SELECT range_agg(int8range(x.first, x.last + 1)) INTO v_held
    FROM (
        SELECT h.first, h.last FROM registry_holding h
        WHERE h.registry_id = NEW.registry_id AND h.unit_type_id = NEW.unit_type_id
            AND h.account_id = NEW.account_id AND h.closed_by_id IS NULL
            AND h.first BETWEEN
                registry_block_start(NEW.registry_id, NEW.unit_type_id, NEW.first) AND NEW.last
        ORDER BY h.first FOR NO KEY UPDATE
    ) x;
    IF v_held IS NULL OR NOT v_held @> int8range(NEW.first, NEW.last + 1) THEN
        PERFORM registry_refuse('mark_is_on_units_that_the_account_holds',
            format('%s-%s is not all in the account', NEW.first, NEW.last), TG_TABLE_NAME);
    END IF;
    IF NEW.kind = 'reservation' AND registry_held_back(NEW.registry_id, NEW.unit_type_id,
        NEW.first, NEW.last, NEW.transaction_id) <> '{}'
    THEN
        PERFORM registry_refuse('mark_reserves_only_free_units',
            format('%s-%s is marked by another transaction', NEW.first, NEW.last),
            TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_is_on_units_that_the_account_holds BEFORE INSERT ON registry_mark
    FOR EACH ROW EXECUTE FUNCTION registry_mark_inserted();

-- A mark changes once: when it is released.
CREATE FUNCTION registry_mark_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
        OR (NEW.id, NEW.kind, NEW.registry_id, NEW.unit_type_id, NEW.first, NEW.last,
            NEW.account_id, NEW.transaction_id, NEW.line, NEW.placed_at)
        IS DISTINCT FROM
           (OLD.id, OLD.kind, OLD.registry_id, OLD.unit_type_id, OLD.first, OLD.last,
            OLD.account_id, OLD.transaction_id, OLD.line, OLD.placed_at)
    THEN
        PERFORM registry_refuse('mark_changes_only_by_release',
            format('mark %s may only be released, once', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_changes_only_by_release BEFORE UPDATE ON registry_mark
    FOR EACH ROW EXECUTE FUNCTION registry_mark_updated();
ALTER TABLE registry_mark
    ENABLE ALWAYS TRIGGER mark_is_on_units_that_the_account_holds,
    ENABLE ALWAYS TRIGGER mark_changes_only_by_release;
