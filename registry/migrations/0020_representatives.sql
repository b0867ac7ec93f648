-- Representatives of accounts, the rules of registries, and what happens to accounts.

ALTER TABLE registry_representative
    -- A person has one right for an account at a time.
    ADD CONSTRAINT representative_is_one_at_a_time EXCLUDE USING gist (
        int8range(account_id, account_id, '[]') WITH &&,
        int8range(person_id, person_id, '[]') WITH &&,
        tstzrange(valid_from, valid_to) WITH &&
    );

-- Another right, or another person, is another row; an end that has come is not taken back.
CREATE FUNCTION registry_representative_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.account_id, NEW.person_id, NEW.right, NEW.valid_from)
        IS DISTINCT FROM (OLD.id, OLD.account_id, OLD.person_id, OLD.right, OLD.valid_from)
    THEN
        PERFORM registry_refuse('representative_keeps_their_right',
            format('representative %s may only be suspended, restored or ended', OLD.id),
            TG_TABLE_NAME);
    END IF;
    IF OLD.valid_to <= clock_timestamp() AND NEW.valid_to IS DISTINCT FROM OLD.valid_to THEN
        PERFORM registry_refuse('representative_ends_once',
            format('representative %s has ended', OLD.id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER representative_keeps_their_right BEFORE UPDATE ON registry_representative
    FOR EACH ROW EXECUTE FUNCTION registry_representative_updated();
ALTER TABLE registry_representative ENABLE ALWAYS TRIGGER representative_keeps_their_right;

-- A class belongs to a registry and a kind of account, and a holder has so many accounts of it.
-- The holder is locked, so that two openings at the same time do not both find room.
CREATE FUNCTION registry_account_classed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_class registry_accountclass;
BEGIN
    SELECT * INTO STRICT v_class FROM registry_accountclass WHERE id = NEW.account_class_id;
    IF (v_class.registry_id, v_class.kind) IS DISTINCT FROM (NEW.registry_id, NEW.kind) THEN
        PERFORM registry_refuse('account_class_suits_the_account',
            format('class %s is for accounts of another kind or registry', v_class.code),
            TG_TABLE_NAME);
    END IF;
    IF v_class.per_holder IS NOT NULL AND NEW.holder_id IS NOT NULL AND NEW.status <> 'closed' THEN
        PERFORM FROM registry_accountholder WHERE id = NEW.holder_id FOR NO KEY UPDATE;
        IF v_class.per_holder <= (
            SELECT count(*) FROM registry_account
            WHERE holder_id = NEW.holder_id AND account_class_id = v_class.id
                AND status <> 'closed' AND id <> NEW.id)
        THEN
            PERFORM registry_refuse('account_class_has_room_for_the_holder',
                format('the holder has %s accounts of class %s', v_class.per_holder, v_class.code),
                TG_TABLE_NAME);
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_suits_its_class
    BEFORE INSERT OR UPDATE ON registry_account
    FOR EACH ROW WHEN (NEW.account_class_id IS NOT NULL)
    EXECUTE FUNCTION registry_account_classed();
ALTER TABLE registry_account ENABLE ALWAYS TRIGGER account_suits_its_class;

CREATE TRIGGER registryrules_version_is_fixed BEFORE UPDATE ON registry_registryrules
    FOR EACH ROW EXECUTE FUNCTION registry_identity_is_fixed(
        'registry_rules_version_is_fixed', 'id', 'registry_id', 'version', 'rights',
        'most_representatives', 'trusted_delay_days', 'stop_quorum', 'valid_from', 'digest');
CREATE TRIGGER accountclass_keeps_its_meaning BEFORE UPDATE ON registry_accountclass
    FOR EACH ROW EXECUTE FUNCTION registry_identity_is_fixed(
        'account_class_keeps_its_meaning', 'id', 'registry_id', 'code', 'kind');
ALTER TABLE registry_registryrules ENABLE ALWAYS TRIGGER registryrules_version_is_fixed;
ALTER TABLE registry_accountclass ENABLE ALWAYS TRIGGER accountclass_keeps_its_meaning;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('representative', 'DELETE'),
        ('registryrules', 'DELETE'),
        ('accountclass', 'DELETE'),
        ('accountevent', 'UPDATE OR DELETE')
    ) AS x (name, events)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_append_only BEFORE %2$s ON registry_%1$s'
            ' FOR EACH ROW EXECUTE FUNCTION registry_refuse_change(%3$L)',
            v.name, v.events, v.name || '_is_append_only');
        EXECUTE format(
            'CREATE TRIGGER %1$s_is_never_truncated BEFORE TRUNCATE ON registry_%1$s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change(%2$L)',
            v.name, v.name || '_is_never_truncated');
        EXECUTE format(
            'ALTER TABLE registry_%1$s ENABLE ALWAYS TRIGGER %1$s_is_append_only,'
            ' ENABLE ALWAYS TRIGGER %1$s_is_never_truncated', v.name);
    END LOOP;
END $$;
