-- Signing keys: what a key is never changes; its validity ends once, and it is revoked once.

ALTER TABLE registry_keyrecord
    ADD CONSTRAINT key_algorithm_is_known CHECK (algorithm IN ('Ed25519')),
    ADD CONSTRAINT key_has_the_length_of_its_algorithm CHECK (octet_length(public_key) = 32),
    -- SHA-256 of the required members of the JWK in their order, as base64url (RFC 7638).
    ADD CONSTRAINT key_id_is_the_thumbprint CHECK (
        key_id = rtrim(translate(encode(sha256(convert_to(
            '{"crv":"Ed25519","kty":"OKP","x":"'
            || rtrim(translate(encode(public_key, 'base64'), '+/', '-_'), '=')
            || '"}', 'UTF8')), 'base64'), '+/', '-_'), '=')),
    -- The names of C2SP signed notes.
    ADD CONSTRAINT key_node_is_a_name_of_notes CHECK (node ~ '^[^[:space:]+]+$'),
    -- Whatever the moment, an owner has one key for a purpose. A revoked key makes room from the
    -- moment of its revocation.
    ADD CONSTRAINT key_in_force_is_one EXCLUDE USING gist (
        int8range(coalesce(registry_id, 0), coalesce(registry_id, 0), '[]') WITH &&,
        int8range(hashtext(purpose), hashtext(purpose), '[]') WITH &&,
        tstzrange(valid_from, least(valid_to, revoked_at)) WITH &&
    );

-- Signatures are made while validity lasts, so it never ends in the past: nobody can have signed
-- with a key that had ended by then.
CREATE FUNCTION registry_key_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.key_id, NEW.registry_id, NEW.node, NEW.purpose, NEW.algorithm,
        NEW.public_key, NEW.valid_from)
        IS DISTINCT FROM
       (OLD.id, OLD.key_id, OLD.registry_id, OLD.node, OLD.purpose, OLD.algorithm,
        OLD.public_key, OLD.valid_from)
    THEN
        PERFORM registry_refuse('key_keeps_its_identity',
            format('key %s may only end or be revoked', OLD.key_id), TG_TABLE_NAME);
    END IF;
    IF NEW.valid_to IS DISTINCT FROM OLD.valid_to THEN
        IF OLD.valid_to IS NOT NULL THEN
            PERFORM registry_refuse('key_validity_ends_once',
                format('the validity of key %s has an end', OLD.key_id), TG_TABLE_NAME);
        END IF;
        IF NEW.valid_to <= clock_timestamp() THEN
            PERFORM registry_refuse('key_validity_ends_in_the_future',
                format('the validity of key %s would end in the past', OLD.key_id),
                TG_TABLE_NAME);
        END IF;
    END IF;
    IF (NEW.revoked_at, NEW.revocation_reason)
        IS DISTINCT FROM (OLD.revoked_at, OLD.revocation_reason)
        AND OLD.revoked_at IS NOT NULL
    THEN
        PERFORM registry_refuse('key_is_revoked_once',
            format('key %s is revoked already', OLD.key_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER key_keeps_its_identity BEFORE UPDATE ON registry_keyrecord
    FOR EACH ROW EXECUTE FUNCTION registry_key_updated();
ALTER TABLE registry_keyrecord ENABLE ALWAYS TRIGGER key_keeps_its_identity;

-- Signatures of issuances. The database does not verify a signature, which check_ledger does; it
-- holds that there is one, by a key of the issuing registry that was in force.
ALTER TABLE registry_issuancesignature
    ADD CONSTRAINT issuance_signature_has_its_length CHECK (octet_length(signature) = 64);

CREATE FUNCTION registry_issuance_signature_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_key registry_keyrecord;
    v_done boolean;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    -- Locked, so that its validity does not end, and it is not revoked, while this is written.
    SELECT * INTO v_key FROM registry_keyrecord WHERE id = NEW.key_id FOR SHARE;
    IF v_key.purpose <> 'issuance' OR v_key.registry_id IS DISTINCT FROM (
        SELECT u.registry_id FROM registry_issuance i
        JOIN registry_unittype u ON u.id = i.unit_type_id WHERE i.id = NEW.issuance_id)
    THEN
        PERFORM registry_refuse('issuance_signature_is_by_a_key_of_the_registry',
            format('key %s is not one for issuances of this registry', v_key.key_id),
            TG_TABLE_NAME);
    END IF;
    IF NEW.signed_at < v_key.valid_from
        OR NEW.signed_at >= least(v_key.valid_to, v_key.revoked_at)
    THEN
        PERFORM registry_refuse('issuance_signature_is_made_while_its_key_is_valid',
            format('key %s is not valid at %s', v_key.key_id, NEW.signed_at), TG_TABLE_NAME);
    END IF;
    -- Less than the time between the decision to rotate a key and its effect; hosts' clocks differ.
    IF NEW.signed_at > clock_timestamp() + interval '30 seconds' THEN
        PERFORM registry_refuse('issuance_signature_is_not_of_the_future',
            format('%s has not come yet', NEW.signed_at), TG_TABLE_NAME);
    END IF;
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM registry_issuancesignature s JOIN registry_keyrecord k ON k.id = s.key_id
        WHERE s.id = NEW.replaces_id AND s.issuance_id = NEW.issuance_id
            AND k.revoked_at <= s.signed_at)
    THEN
        PERFORM registry_refuse('issuance_signature_replaces_a_void_one',
            format('signature %s of this issuance stands', NEW.replaces_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issuance_signature_is_by_a_valid_key BEFORE INSERT ON registry_issuancesignature
    FOR EACH ROW EXECUTE FUNCTION registry_issuance_signature_inserted();
ALTER TABLE registry_issuancesignature
    ENABLE ALWAYS TRIGGER issuance_signature_is_by_a_valid_key;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('keyrecord', 'DELETE'),
        ('issuancesignature', 'UPDATE OR DELETE')
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

INSERT INTO registry_issuancesigner (id, through) VALUES (1, 0);
