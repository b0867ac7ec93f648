-- A posting holds a key share lock on the accounts that it opens rows in, until it is committed. The
-- status is part of a key (account_status_change_waits_for_postings), so that the UPDATE that
-- changes it takes the lock which conflicts with that one, and looks again when it writes the row.
-- A lock that a trigger takes before, FOR UPDATE, would not do: PostgreSQL may grant a key share
-- lock against it to a session that has looked at the row a moment earlier.
DROP TRIGGER account_is_closed_empty ON registry_account;

-- An account keeps its registry, kind and partner, and stays closed.
CREATE OR REPLACE FUNCTION registry_account_updated() RETURNS trigger LANGUAGE plpgsql AS $$
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
