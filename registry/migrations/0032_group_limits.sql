-- Holding limits of corporate groups: what all accounts of a group hold together in a registry. The
-- gate asks about them where it asks about an account's own limit, and locks the group, so that two
-- who bring units to different accounts of it come in turn.

CREATE TRIGGER grouplimit_changes_the_reference AFTER INSERT OR UPDATE OR DELETE
    ON registry_grouplimit FOR EACH STATEMENT EXECUTE FUNCTION registry_reference_changed();
ALTER TABLE registry_grouplimit ENABLE ALWAYS TRIGGER grouplimit_changes_the_reference;

CREATE FUNCTION registry_lock_groups(p_accounts bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM registry_corporategroup g
    WHERE g.id IN (
        SELECT h.group_id FROM registry_account a
        JOIN registry_accountholder h ON h.id = a.holder_id
        JOIN registry_grouplimit l ON l.group_id = h.group_id AND l.registry_id = a.registry_id
        WHERE a.id = ANY (p_accounts))
    ORDER BY g.id FOR NO KEY UPDATE;
END $$;

-- For each limit of a group that the destinations belong to: what the group holds, and by how much
-- more than before the transaction's posting. Units in terminal accounts are held by nobody.
CREATE FUNCTION registry_group_holdings(p_transaction bigint)
RETURNS TABLE (group_id bigint, unit_type_id bigint, units bigint, held numeric, gained numeric)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT m.group_id, m.unit_type_id, m.units,
        sum(b.last - b.first + 1) FILTER (WHERE b.closed_by_id IS NULL),
        sum(CASE WHEN b.opened_by_id = m.posting_id THEN b.last - b.first + 1 ELSE 0 END
            - CASE WHEN b.closed_by_id = m.posting_id THEN b.last - b.first + 1 ELSE 0 END)
    FROM (
        SELECT DISTINCT m.*, t.posting_id
        FROM registry_transaction t
        JOIN registry_transactionline l ON l.transaction_id = t.id
        JOIN registry_account a ON a.id = l.destination_id
        JOIN registry_accountholder h ON h.id = a.holder_id
        JOIN registry_grouplimit m ON m.group_id = h.group_id AND m.registry_id = a.registry_id
        WHERE t.id = p_transaction
    ) m
    JOIN registry_accountholder h ON h.group_id = m.group_id
    JOIN registry_account a ON a.holder_id = h.id AND a.registry_id = m.registry_id
        AND NOT a.terminal
    JOIN registry_holding b ON b.account_id = a.id
        AND (b.closed_by_id IS NULL OR b.closed_by_id = m.posting_id)
        AND (m.unit_type_id IS NULL OR b.unit_type_id = m.unit_type_id)
    GROUP BY m.group_id, m.unit_type_id, m.units;
END $$;
