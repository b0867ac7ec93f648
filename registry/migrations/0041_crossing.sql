-- Units that cross the border between two registries. Home units never leave their registry: they
-- lie in the account of the partner there, and the partner takes them in by a message. Units that
-- are foreign here go out by a message, to their home.

-- Takes in the serials that the lines name. Their attributes are those of their issuance.
CREATE FUNCTION registry_write_taken_in(p_posting bigint, p_transaction bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry_holding (registry_id, unit_type_id, first, last, account_id,
        issuance_id, vintage_from, is_foreign, opened_by_id, opened_xid)
    SELECT a.registry_id, l.unit_type_id, greatest(l.first, i.first), least(l.last, i.last),
        a.id, i.id, i.vintage_from, true, p_posting, pg_current_xact_id()
    FROM registry_transactionline l
    JOIN registry_account a ON a.id = l.destination_id
    JOIN registry_issuance i ON i.unit_type_id = l.unit_type_id
        AND i.first <= l.last AND i.last >= l.first
    WHERE l.transaction_id = p_transaction;
END $$;

-- The message that a transaction names by its digest; nothing where it names none.
CREATE FUNCTION registry_message_of(p_transaction bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT m.id FROM registry_transaction t
        JOIN registry_verifiedmessage m ON m.digest = decode(t.attributes ->> 'message', 'hex')
        WHERE t.id = p_transaction);
END $$;
