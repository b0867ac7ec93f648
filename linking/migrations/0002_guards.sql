-- An agreement is in force only when every party has signed that very version; what is written
-- about an agreement never changes. All triggers are ENABLE ALWAYS.

ALTER TABLE linking_agreementversion
    ADD CONSTRAINT agreement_version_digest_is_of_its_text CHECK (
        digest = sha256(convert_to(canonical, 'UTF8')));
ALTER TABLE linking_versionsignature
    ADD CONSTRAINT agreement_signature_has_its_length CHECK (octet_length(signature) = 64);

CREATE FUNCTION linking_version_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_done boolean;
BEGIN
    v_done := registry_require_read_committed(TG_TABLE_NAME);
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'proposed' THEN
            PERFORM registry_refuse('agreement_version_begins_as_a_proposal',
                format('version %s begins as %s', NEW.number, NEW.status), TG_TABLE_NAME);
        END IF;
        IF NOT EXISTS (SELECT FROM linking_agreementparty
            WHERE id = NEW.proposed_by_id AND agreement_id = NEW.agreement_id)
        THEN
            PERFORM registry_refuse('agreement_version_is_proposed_by_a_party',
                format('party %s is not of this agreement', NEW.proposed_by_id), TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.agreement_id, NEW.number, NEW.canonical, NEW.digest, NEW.proposed_by_id,
        NEW.proposer_id, NEW.proposed_at)
        IS DISTINCT FROM
       (OLD.id, OLD.agreement_id, OLD.number, OLD.canonical, OLD.digest, OLD.proposed_by_id,
        OLD.proposer_id, OLD.proposed_at)
        OR OLD.in_force_at IS NOT NULL AND NEW.in_force_at IS DISTINCT FROM OLD.in_force_at
    THEN
        PERFORM registry_refuse('agreement_version_keeps_what_it_says',
            format('version %s is written', OLD.number), TG_TABLE_NAME);
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('proposed', 'dropped'), ('proposed', 'in_force'),
        ('in_force', 'replaced'), ('in_force', 'terminated'))
    THEN
        PERFORM registry_refuse('agreement_version_states_follow_the_table',
            format('%s after %s', NEW.status, OLD.status), TG_TABLE_NAME);
    END IF;
    IF NEW.status = 'in_force' AND OLD.status <> 'in_force' AND EXISTS (
        SELECT FROM linking_agreementparty p WHERE p.agreement_id = NEW.agreement_id
        AND NOT EXISTS (SELECT FROM linking_versionsignature s
            WHERE s.version_id = NEW.id AND s.party_id = p.id))
    THEN
        PERFORM registry_refuse('agreement_in_force_is_signed_by_all',
            format('version %s lacks a signature', NEW.number), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_version_is_signed_by_all
    BEFORE INSERT OR UPDATE ON linking_agreementversion
    FOR EACH ROW EXECUTE FUNCTION linking_version_written();
ALTER TABLE linking_agreementversion ENABLE ALWAYS TRIGGER agreement_version_is_signed_by_all;

-- A signature is of a party of that agreement, while the version is still proposed. The version is
-- locked, so that it is not decided meanwhile.
CREATE FUNCTION linking_signature_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_version linking_agreementversion;
BEGIN
    SELECT * INTO v_version FROM linking_agreementversion WHERE id = NEW.version_id FOR SHARE;
    IF v_version.status IS DISTINCT FROM 'proposed' THEN
        PERFORM registry_refuse('agreement_signature_is_of_a_proposal',
            format('version %s is %s', v_version.number, v_version.status), TG_TABLE_NAME);
    END IF;
    IF NOT EXISTS (SELECT FROM linking_agreementparty
        WHERE id = NEW.party_id AND agreement_id = v_version.agreement_id)
    THEN
        PERFORM registry_refuse('agreement_signature_is_by_a_party',
            format('party %s is not of this agreement', NEW.party_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_signature_is_of_a_party BEFORE INSERT ON linking_versionsignature
    FOR EACH ROW EXECUTE FUNCTION linking_signature_inserted();
ALTER TABLE linking_versionsignature ENABLE ALWAYS TRIGGER agreement_signature_is_of_a_party;

-- Parties are named before the first version: nobody joins a text that others have signed.
CREATE FUNCTION linking_party_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM linking_agreementversion WHERE agreement_id = NEW.agreement_id) THEN
        PERFORM registry_refuse('agreement_parties_come_first',
            format('agreement %s has versions', NEW.agreement_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_party_comes_before_versions BEFORE INSERT ON linking_agreementparty
    FOR EACH ROW EXECUTE FUNCTION linking_party_inserted();
ALTER TABLE linking_agreementparty ENABLE ALWAYS TRIGGER agreement_party_comes_before_versions;

-- An edge changes by its acceptor; or with its partner, at the same instant, by reciprocity; or by
-- the agreement's coming into force.
CREATE FUNCTION linking_edge_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_edge record;
    v_last record;
BEGIN
    SELECT e.*, v.status INTO v_edge
    FROM linking_linkedge e JOIN linking_agreementversion v ON v.id = e.version_id
    WHERE v.agreement_id = NEW.agreement_id AND e.edge_id = NEW.edge_id
        AND v.status IN ('in_force', 'terminated')
    ORDER BY v.number DESC LIMIT 1;
    IF v_edge.id IS NULL THEN
        PERFORM registry_refuse('edge_changes_while_in_force',
            format('edge %s is in no version in force', NEW.edge_id), TG_TABLE_NAME);
    END IF;
    SELECT * INTO v_last FROM linking_edgechange
    WHERE agreement_id = NEW.agreement_id AND edge_id = NEW.edge_id AND at <= NEW.at
    ORDER BY at DESC LIMIT 1;
    -- A termination is announced before it holds; nothing else is written before what follows it.
    IF v_last.id IS NOT NULL AND (v_last.state = 'terminated'
            OR v_last.state = NEW.state OR (v_last.state, NEW.state) = ('active', 'pilot'))
        OR EXISTS (SELECT FROM linking_edgechange
            WHERE agreement_id = NEW.agreement_id AND edge_id = NEW.edge_id AND at > NEW.at
                AND state <> 'terminated')
    THEN
        PERFORM registry_refuse('edge_changes_follow_the_table',
            format('%s at %s after %s', NEW.state, NEW.at, v_last.state), TG_TABLE_NAME);
    END IF;
    IF NEW.cause NOT IN ('in_force', 'reciprocity') AND NOT EXISTS (
        SELECT FROM linking_agreementparty
        WHERE id = NEW.by_id AND jurisdiction_id = v_edge.acceptor_id
            AND agreement_id = NEW.agreement_id)
        OR NEW.cause = 'reciprocity' AND NOT EXISTS (
        SELECT FROM linking_edgechange c
        JOIN linking_linkedge e ON e.edge_id = c.edge_id AND e.version_id = v_edge.version_id
        WHERE c.agreement_id = NEW.agreement_id AND c.at = NEW.at
            AND e.source_id = v_edge.acceptor_id AND e.acceptor_id = v_edge.source_id)
    THEN
        PERFORM registry_refuse('edge_changes_by_its_acceptor',
            format('edge %s is not of party %s', NEW.edge_id, NEW.by_id), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edge_change_follows_the_table BEFORE INSERT ON linking_edgechange
    FOR EACH ROW EXECUTE FUNCTION linking_edge_changed();
ALTER TABLE linking_edgechange ENABLE ALWAYS TRIGGER edge_change_follows_the_table;

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('agreement', 'UPDATE OR DELETE'),
        ('agreementparty', 'UPDATE OR DELETE'),
        ('agreementversion', 'DELETE'),
        ('comment', 'UPDATE OR DELETE'),
        ('versionsignature', 'UPDATE OR DELETE'),
        ('linkedge', 'UPDATE OR DELETE'),
        ('edgechange', 'UPDATE OR DELETE'),
        ('phasestart', 'UPDATE OR DELETE'),
        ('storeddecision', 'UPDATE OR DELETE'),
        ('release', 'UPDATE OR DELETE'),
        ('readinessscore', 'UPDATE OR DELETE'),
        ('unitsused', 'DELETE'),
        ('quotaextra', 'DELETE')
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
