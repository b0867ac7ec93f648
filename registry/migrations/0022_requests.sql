-- What programs act with. What a key is never changes; it may lose rights, and never gets more.

-- A key without scopes may do nothing; those made before there were scopes keep what they could.
UPDATE registry_apikey SET scopes = '{read,propose,approve,manage}' WHERE scopes = '{}';

ALTER TABLE registry_apikey
    ADD CONSTRAINT api_key_digest_has_its_length CHECK (octet_length(digest) = 32),
    ADD CONSTRAINT api_key_signs_with_ed25519 CHECK (octet_length(public_key) = 32),
    -- SHA-256 of the required members of the JWK in their order, as base64url (RFC 7638).
    ADD CONSTRAINT api_key_that_signs_is_named_by_its_thumbprint CHECK (
        public_key IS NULL
        OR prefix = rtrim(translate(encode(sha256(convert_to(
            '{"crv":"Ed25519","kty":"OKP","x":"'
            || rtrim(translate(encode(public_key, 'base64'), '+/', '-_'), '=')
            || '"}', 'UTF8')), 'base64'), '+/', '-_'), '='));

CREATE FUNCTION registry_api_key_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.person_id, NEW.prefix, NEW.digest, NEW.public_key, NEW.created_at,
        NEW.replaces_id)
        IS DISTINCT FROM
       (OLD.id, OLD.person_id, OLD.prefix, OLD.digest, OLD.public_key, OLD.created_at,
        OLD.replaces_id)
    THEN
        PERFORM registry_refuse('api_key_keeps_its_identity',
            format('key %s belongs to its person for ever', OLD.prefix), TG_TABLE_NAME);
    END IF;
    IF NOT NEW.scopes <@ OLD.scopes THEN
        PERFORM registry_refuse('api_key_gets_no_more_scopes',
            format('key %s would get scopes that it was not made with', OLD.prefix),
            TG_TABLE_NAME);
    END IF;
    IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
        PERFORM registry_refuse('api_key_is_revoked_once',
            format('key %s is revoked already', OLD.prefix), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER api_key_keeps_its_identity BEFORE UPDATE ON registry_apikey
    FOR EACH ROW EXECUTE FUNCTION registry_api_key_updated();
ALTER TABLE registry_apikey ENABLE ALWAYS TRIGGER api_key_keeps_its_identity;

ALTER TABLE registry_storedanswer
    ADD CONSTRAINT stored_answer_fingerprint_has_its_length
        CHECK (octet_length(fingerprint) = 32),
    -- A failure of the node is no answer to be given again.
    ADD CONSTRAINT stored_answer_is_of_the_request CHECK (status BETWEEN 200 AND 499);
ALTER TABLE registry_seensignature
    ADD CONSTRAINT seen_signature_has_its_length CHECK (octet_length(digest) = 32);
