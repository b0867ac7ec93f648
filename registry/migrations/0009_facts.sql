-- What the checks of a proposal read, in one round trip with a prepared plan: the type's version
-- in force, the accounts, unit types and entities that the lines name.
CREATE FUNCTION registry_facts(
    p_code text, p_at timestamptz, p_accounts bigint[], p_unit_types bigint[],
    p_entities bigint[])
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_registry bigint;
BEGIN
    SELECT registry_id INTO v_registry FROM registry_account WHERE id = p_accounts[1];
    RETURN jsonb_build_object(
        'type', (
            SELECT to_jsonb(y) - 'digest' FROM registry_transactiontype y
            WHERE y.code = p_code AND y.valid_from <= p_at
                AND (y.valid_to IS NULL OR y.valid_to > p_at)
                AND (y.registry_id = v_registry OR y.registry_id IS NULL)
            ORDER BY y.registry_id NULLS LAST, y.version DESC LIMIT 1),
        'accounts', (
            SELECT jsonb_object_agg(a.id, jsonb_build_array(
                a.number, a.registry_id, a.kind, a.status, a.holder_id, a.stands_for_id))
            FROM registry_account a WHERE a.id = ANY (p_accounts)),
        'registries', (
            SELECT jsonb_object_agg(r.id, r.code) FROM registry_registry r
            WHERE r.id IN (SELECT registry_id FROM registry_account
                           WHERE id = ANY (p_accounts))),
        'unit_types', (
            SELECT jsonb_object_agg(u.id, jsonb_build_array(
                u.code, u.registry_id, u.kind, u.transferable, u.converts_to_id))
            FROM registry_unittype u WHERE u.id = ANY (p_unit_types)),
        'entities', (
            SELECT jsonb_object_agg(e.id, e.code) FROM registry_accountholder e
            WHERE e.id = ANY (p_entities)));
END $$;
