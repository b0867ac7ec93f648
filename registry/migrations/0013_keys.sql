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
CREATE TRIGGER keyrecord_is_append_only BEFORE DELETE ON registry_keyrecord
    FOR EACH ROW EXECUTE FUNCTION registry_refuse_change('keyrecord_is_append_only');
CREATE TRIGGER keyrecord_is_never_truncated BEFORE TRUNCATE ON registry_keyrecord
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change('keyrecord_is_never_truncated');
ALTER TABLE registry_keyrecord
    ENABLE ALWAYS TRIGGER key_keeps_its_identity,
    ENABLE ALWAYS TRIGGER keyrecord_is_append_only,
    ENABLE ALWAYS TRIGGER keyrecord_is_never_truncated;
