-- Who has read what is written at its moment, never changes, and is kept for a year at least.

-- The time of a reading is the database's, whatever the application says.
CREATE FUNCTION registry_reading_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.at <> statement_timestamp() THEN
        PERFORM registry_refuse('reading_is_of_its_moment',
            format('a reading of %s is written at %s', NEW.at, statement_timestamp()),
            TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reading_is_of_its_moment BEFORE INSERT ON registry_reading
    FOR EACH ROW EXECUTE FUNCTION registry_reading_inserted();

-- How much longer it is kept is the node's setting; this is what no setting shortens.
CREATE FUNCTION registry_reading_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.at > statement_timestamp() - interval '365 days' THEN
        PERFORM registry_refuse('reading_is_kept_for_a_year',
            format('reading %s is of %s', OLD.id, OLD.at), TG_TABLE_NAME);
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER reading_is_kept_for_a_year BEFORE DELETE ON registry_reading
    FOR EACH ROW EXECUTE FUNCTION registry_reading_deleted();

CREATE TRIGGER reading_is_append_only BEFORE UPDATE ON registry_reading
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('reading_is_append_only');
CREATE TRIGGER reading_is_never_truncated BEFORE TRUNCATE ON registry_reading
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change('reading_is_never_truncated');
ALTER TABLE registry_reading
    ENABLE ALWAYS TRIGGER reading_is_of_its_moment,
    ENABLE ALWAYS TRIGGER reading_is_kept_for_a_year,
    ENABLE ALWAYS TRIGGER reading_is_append_only,
    ENABLE ALWAYS TRIGGER reading_is_never_truncated;
