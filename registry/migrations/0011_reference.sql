-- The version of the reference data. Processes keep what they have read of it, and the gate refuses
-- a proposal that was checked against another version. Numbers come from a sequence, so that a
-- change that was rolled back never shares its number with one that was not.
CREATE SEQUENCE registry_reference_version;
CREATE TABLE registry_reference (
    id smallint PRIMARY KEY DEFAULT 1 CONSTRAINT reference_is_one_row CHECK (id = 1),
    version bigint NOT NULL
);
INSERT INTO registry_reference (version) VALUES (nextval('registry_reference_version'));

CREATE FUNCTION registry_reference_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE registry_reference SET version = nextval('registry_reference_version');
    RETURN NULL;
END $$;

CREATE TRIGGER transactiontype_changes_the_reference AFTER INSERT OR UPDATE
    ON registry_transactiontype FOR EACH STATEMENT EXECUTE FUNCTION registry_reference_changed();
CREATE TRIGGER unittype_changes_the_reference AFTER INSERT OR UPDATE
    ON registry_unittype FOR EACH STATEMENT EXECUTE FUNCTION registry_reference_changed();
CREATE TRIGGER accountholder_changes_the_reference AFTER UPDATE
    ON registry_accountholder FOR EACH STATEMENT EXECUTE FUNCTION registry_reference_changed();
-- New accounts are read when they are first named; these changes concern accounts already read,
-- and the terminal accounts, which are found by their kind.
CREATE TRIGGER account_changes_the_reference AFTER UPDATE ON registry_account FOR EACH ROW
    WHEN (OLD.holder_id IS DISTINCT FROM NEW.holder_id
        OR OLD.terminal AND OLD.status <> NEW.status)
    EXECUTE FUNCTION registry_reference_changed();
CREATE TRIGGER terminal_account_changes_the_reference AFTER INSERT ON registry_account
    FOR EACH ROW WHEN (NEW.terminal) EXECUTE FUNCTION registry_reference_changed();
ALTER TABLE registry_transactiontype
    ENABLE ALWAYS TRIGGER transactiontype_changes_the_reference;
ALTER TABLE registry_unittype ENABLE ALWAYS TRIGGER unittype_changes_the_reference;
ALTER TABLE registry_accountholder ENABLE ALWAYS TRIGGER accountholder_changes_the_reference;
ALTER TABLE registry_account
    ENABLE ALWAYS TRIGGER account_changes_the_reference,
    ENABLE ALWAYS TRIGGER terminal_account_changes_the_reference;
