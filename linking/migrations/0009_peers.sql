-- Other nodes: a peer keeps its name and its keys; messages keep what they say. All triggers are
-- ENABLE ALWAYS.

ALTER TABLE linking_peerkey
    ADD CONSTRAINT peer_key_has_the_length_of_its_algorithm CHECK (octet_length(public_key) = 32),
    -- SHA-256 of the required members of the JWK in their order, as base64url (RFC 7638).
    ADD CONSTRAINT peer_key_id_is_the_thumbprint CHECK (
        key_id = rtrim(translate(encode(sha256(convert_to(
            '{"crv":"Ed25519","kty":"OKP","x":"'
            || rtrim(translate(encode(public_key, 'base64'), '+/', '-_'), '=')
            || '"}', 'UTF8')), 'base64'), '+/', '-_'), '='));
ALTER TABLE linking_outboxmessage
    ADD CONSTRAINT outbox_message_digest_is_of_its_text CHECK (
        digest = sha256(convert_to(text, 'UTF8'))),
    ADD CONSTRAINT outbox_message_signature_has_its_length CHECK (octet_length(signature) = 64);
ALTER TABLE linking_inboxmessage
    ADD CONSTRAINT inbox_message_digest_is_of_its_text CHECK (
        digest = sha256(convert_to(text, 'UTF8'))),
    ADD CONSTRAINT inbox_message_signature_has_its_length CHECK (octet_length(signature) = 64);

CREATE FUNCTION linking_peer_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'introduced' THEN
            PERFORM registry_refuse('peer_begins_introduced',
                format('peer %s begins as %s', NEW.name, NEW.state), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.name, NEW.introduced_by_id, NEW.introduced_at)
        IS DISTINCT FROM (OLD.id, OLD.name, OLD.introduced_by_id, OLD.introduced_at)
        OR OLD.confirmation <> '' AND (NEW.confirmation, NEW.pinned_by_id, NEW.pinned_at)
            IS DISTINCT FROM (OLD.confirmation, OLD.pinned_by_id, OLD.pinned_at)
    THEN
        PERFORM registry_refuse('peer_keeps_its_name_and_who_pinned_it',
            format('peer %s is what was confirmed', OLD.name), TG_TABLE_NAME);
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('introduced', 'pinned'), ('pinned', 'paused'), ('paused', 'pinned'),
        ('introduced', 'ended'), ('pinned', 'ended'), ('paused', 'ended'))
    THEN
        PERFORM registry_refuse('peer_states_follow_the_table',
            format('%s after %s', NEW.state, OLD.state), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER peer_is_what_was_confirmed BEFORE INSERT OR UPDATE ON linking_peer
    FOR EACH ROW EXECUTE FUNCTION linking_peer_written();
ALTER TABLE linking_peer ENABLE ALWAYS TRIGGER peer_is_what_was_confirmed;

-- A key stays what it is; its validity ends once, and it is revoked once.
CREATE FUNCTION linking_peer_key_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.peer_id, NEW.registry_id, NEW.purpose, NEW.key_id, NEW.algorithm,
        NEW.public_key, NEW.valid_from)
        IS DISTINCT FROM
       (OLD.id, OLD.peer_id, OLD.registry_id, OLD.purpose, OLD.key_id, OLD.algorithm,
        OLD.public_key, OLD.valid_from)
        OR OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to
        OR OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at
    THEN
        PERFORM registry_refuse('peer_key_ends_once',
            format('key %s may only end or be revoked', OLD.key_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER peer_key_keeps_its_identity BEFORE UPDATE ON linking_peerkey
    FOR EACH ROW EXECUTE FUNCTION linking_peer_key_updated();
ALTER TABLE linking_peerkey ENABLE ALWAYS TRIGGER peer_key_keeps_its_identity;

-- A peer keeps no registry of this node; one that another peer kept is taken over when that peer
-- has ended.
CREATE FUNCTION linking_peer_registry_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT hosted FROM registry_registry WHERE id = NEW.registry_id) THEN
        PERFORM registry_refuse('peer_registry_is_kept_elsewhere',
            format('registry %s is kept on this node', NEW.registry_id), TG_TABLE_NAME);
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.registry_id <> OLD.registry_id OR NEW.peer_id <> OLD.peer_id
        AND (SELECT state FROM linking_peer WHERE id = OLD.peer_id) <> 'ended')
    THEN
        PERFORM registry_refuse('peer_registry_moves_when_its_peer_has_ended',
            format('registry %s is kept by peer %s', OLD.registry_id, OLD.peer_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER peer_registry_is_of_one_peer BEFORE INSERT OR UPDATE ON linking_peerregistry
    FOR EACH ROW EXECUTE FUNCTION linking_peer_registry_written();
ALTER TABLE linking_peerregistry ENABLE ALWAYS TRIGGER peer_registry_is_of_one_peer;

-- Of a message that was sent only its delivery changes; it may be sent again as it is.
CREATE FUNCTION linking_outbox_message_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' THEN
            PERFORM registry_refuse('outbox_message_begins_waiting',
                format('message %s begins as %s', NEW.id, NEW.state), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.peer_id, NEW.kind, NEW.transfer, NEW.text, NEW.digest, NEW.key_id,
        NEW.signature, NEW.created_at)
        IS DISTINCT FROM
       (OLD.id, OLD.peer_id, OLD.kind, OLD.transfer, OLD.text, OLD.digest, OLD.key_id,
        OLD.signature, OLD.created_at)
    THEN
        PERFORM registry_refuse('outbox_message_keeps_what_it_says',
            format('message %s is signed', OLD.id), TG_TABLE_NAME);
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('waiting', 'delivered'), ('waiting', 'refused'),
        ('refused', 'waiting'), ('delivered', 'waiting'))
    THEN
        PERFORM registry_refuse('outbox_message_states_follow_the_table',
            format('%s after %s', NEW.state, OLD.state), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outbox_message_is_what_was_signed BEFORE INSERT OR UPDATE ON linking_outboxmessage
    FOR EACH ROW EXECUTE FUNCTION linking_outbox_message_written();
ALTER TABLE linking_outboxmessage ENABLE ALWAYS TRIGGER outbox_message_is_what_was_signed;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('peer', 'DELETE'),
        ('peerkey', 'DELETE'),
        ('peerregistry', 'DELETE'),
        ('outboxmessage', 'DELETE'),
        ('inboxmessage', 'UPDATE OR DELETE')
    ) AS x (name, events)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER linking_%1$s_is_append_only BEFORE %2$s ON linking_%1$s'
            ' FOR EACH ROW EXECUTE FUNCTION registry_refuse_change(%3$L)',
            v.name, v.events, 'linking_' || v.name || '_is_append_only');
        EXECUTE format(
            'CREATE TRIGGER linking_%1$s_is_never_truncated BEFORE TRUNCATE ON linking_%1$s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change(%2$L)',
            v.name, 'linking_' || v.name || '_is_never_truncated');
        EXECUTE format(
            'ALTER TABLE linking_%1$s ENABLE ALWAYS TRIGGER linking_%1$s_is_append_only,'
            ' ENABLE ALWAYS TRIGGER linking_%1$s_is_never_truncated', v.name);
    END LOOP;
END $$;
