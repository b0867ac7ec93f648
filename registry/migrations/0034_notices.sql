-- A notice says for ever what it says, to whom it says it; it is read once.
CREATE FUNCTION registry_notice_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'read_at') <> (to_jsonb(OLD) - 'read_at') OR OLD.read_at IS NOT NULL THEN
        PERFORM registry_refuse('notice_is_only_read',
            format('notice %s may only be read, once', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notice_is_only_read BEFORE UPDATE ON registry_notice
    FOR EACH ROW EXECUTE FUNCTION registry_notice_updated();
ALTER TABLE registry_notice ENABLE ALWAYS TRIGGER notice_is_only_read;

CREATE TRIGGER securityevent_is_append_only BEFORE UPDATE OR DELETE ON registry_securityevent
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('securityevent_is_append_only');
CREATE TRIGGER securityevent_is_never_truncated BEFORE TRUNCATE ON registry_securityevent
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change('securityevent_is_never_truncated');
ALTER TABLE registry_securityevent
    ENABLE ALWAYS TRIGGER securityevent_is_append_only,
    ENABLE ALWAYS TRIGGER securityevent_is_never_truncated;

-- Two others recover a person's sign-in: the person neither asks for it nor decides it.
CREATE FUNCTION registry_recovery_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM registry_person
        WHERE username = NEW.payload ->> 'person' AND id <> NEW.requested_by_id)
    THEN
        PERFORM registry_refuse('recovery_is_of_another_person',
            'a recovery names a person, and not the one who asks for it', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recovery_is_of_another_person BEFORE INSERT ON registry_governancerequest
    FOR EACH ROW WHEN (NEW.kind = 'recovery') EXECUTE FUNCTION registry_recovery_asked();
ALTER TABLE registry_governancerequest ENABLE ALWAYS TRIGGER recovery_is_of_another_person;

CREATE FUNCTION registry_recovery_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM registry_governancerequest q
        JOIN registry_person p ON p.username = q.payload ->> 'person'
        WHERE q.id = NEW.request_id AND q.kind = 'recovery' AND p.id = NEW.person_id)
    THEN
        PERFORM registry_refuse('recovery_is_decided_by_another_person',
            'whose sign-in is recovered does not decide it', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recovery_is_decided_by_another_person BEFORE INSERT
    ON registry_governancedecision
    FOR EACH ROW EXECUTE FUNCTION registry_recovery_decided();
ALTER TABLE registry_governancedecision
    ENABLE ALWAYS TRIGGER recovery_is_decided_by_another_person;
