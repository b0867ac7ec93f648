-- What a closed account ever held was counted when it was closed. No clock is asked whether units
-- came later: closing times are business times, and a restored database counts as before.
-- The row is locked meanwhile: units do not leave the account before it is closed, and an account
-- that units have come to is not closed.
CREATE FUNCTION registry_account_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status = 'closed' THEN
            NEW.holdings_at_closing := 0;
        END IF;
    ELSIF NEW.status = 'closed' AND OLD.status <> 'closed' THEN
        SELECT count(*) INTO STRICT NEW.holdings_at_closing
        FROM registry_holding WHERE account_id = NEW.id;
    ELSIF NEW.holdings_at_closing IS DISTINCT FROM OLD.holdings_at_closing THEN
        PERFORM registry_refuse('account_keeps_its_count_of_holdings',
            format('the holdings of account %s are counted once', OLD.number), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_keeps_its_count_of_holdings BEFORE INSERT OR UPDATE ON registry_account
    FOR EACH ROW EXECUTE FUNCTION registry_account_counted();
ALTER TABLE registry_account ENABLE ALWAYS TRIGGER account_keeps_its_count_of_holdings;
