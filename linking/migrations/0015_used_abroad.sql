-- What home was told of the use of its units abroad stays, and is undone once. A serial is used once
-- at a time, wherever.

CREATE FUNCTION linking_use_abroad_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_home integer;
BEGIN
    PERFORM registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        IF NEW.undone_at IS NOT NULL THEN
            PERFORM registry_refuse('use_abroad_begins_standing',
                format('it is undone at %s', NEW.undone_at), TG_TABLE_NAME);
        END IF;
        SELECT registry_id INTO v_home FROM registry_unittype WHERE id = NEW.unit_type_id;
        IF v_home = NEW.registry_id THEN
            PERFORM registry_refuse('use_abroad_is_in_another_registry',
                format('registry %s is their home', v_home), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.unit_type_id, NEW.registry_id, NEW.first, NEW.last, NEW.use, NEW.period,
        NEW.entity, NEW.posting, NEW.used_at, NEW.message_id, NEW.kept_at)
        IS DISTINCT FROM
       (OLD.id, OLD.unit_type_id, OLD.registry_id, OLD.first, OLD.last, OLD.use, OLD.period,
        OLD.entity, OLD.posting, OLD.used_at, OLD.message_id, OLD.kept_at)
        OR OLD.undone_at IS NOT NULL
    THEN
        PERFORM registry_refuse('use_abroad_keeps_what_was_told',
            format('use %s', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER use_abroad_is_undone_once BEFORE INSERT OR UPDATE ON linking_usedabroad
    FOR EACH ROW EXECUTE FUNCTION linking_use_abroad_written();
CREATE TRIGGER linking_usedabroad_is_append_only BEFORE DELETE ON linking_usedabroad
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('linking_usedabroad_is_append_only');
CREATE TRIGGER linking_usedabroad_is_never_truncated BEFORE TRUNCATE ON linking_usedabroad
    FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_change('linking_usedabroad_is_never_truncated');
CREATE TRIGGER linking_usestold_is_append_only BEFORE DELETE ON linking_usestold
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('linking_usestold_is_append_only');
CREATE TRIGGER linking_usestold_is_never_truncated BEFORE TRUNCATE ON linking_usestold
    FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_change('linking_usestold_is_never_truncated');
ALTER TABLE linking_usedabroad
    ENABLE ALWAYS TRIGGER use_abroad_is_undone_once,
    ENABLE ALWAYS TRIGGER linking_usedabroad_is_append_only,
    ENABLE ALWAYS TRIGGER linking_usedabroad_is_never_truncated;
ALTER TABLE linking_usestold
    ENABLE ALWAYS TRIGGER linking_usestold_is_append_only,
    ENABLE ALWAYS TRIGGER linking_usestold_is_never_truncated;

ALTER TABLE linking_usedabroad ADD CONSTRAINT unit_is_used_abroad_once
    EXCLUDE USING gist (
        int8range(unit_type_id, unit_type_id, '[]') WITH &&, int8range(first, last, '[]') WITH &&
    ) WHERE (undone_at IS NULL);
