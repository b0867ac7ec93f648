-- Two others change what a person may do: the person neither asks for it nor decides it.
CREATE FUNCTION registry_person_change_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM registry_person
        WHERE username = NEW.payload ->> 'person' AND id <> NEW.requested_by_id)
    THEN
        PERFORM registry_refuse('person_is_changed_by_others',
            'a change names a person, and not the one who asks for it', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER person_is_changed_by_others BEFORE INSERT ON registry_governancerequest
    FOR EACH ROW WHEN (NEW.kind = 'person_change')
    EXECUTE FUNCTION registry_person_change_asked();
ALTER TABLE registry_governancerequest ENABLE ALWAYS TRIGGER person_is_changed_by_others;

CREATE FUNCTION registry_person_change_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM registry_governancerequest q
        JOIN registry_person p ON p.username = q.payload ->> 'person'
        WHERE q.id = NEW.request_id AND q.kind = 'person_change' AND p.id = NEW.person_id)
    THEN
        PERFORM registry_refuse('person_change_is_decided_by_others',
            'who is changed does not decide it', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER person_change_is_decided_by_others BEFORE INSERT ON registry_governancedecision
    FOR EACH ROW EXECUTE FUNCTION registry_person_change_decided();
ALTER TABLE registry_governancedecision ENABLE ALWAYS TRIGGER person_change_is_decided_by_others;
