-- What the checks of a proposal read, in one round trip with a prepared plan: which version of the
-- type is in force, and the accounts, unit types and entities that the lines name.
CREATE FUNCTION registry_facts(
    p_code text, p_at timestamptz, p_accounts bigint[], p_unit_types bigint[],
    p_entities bigint[],
    OUT type_id bigint, OUT type_digest text, OUT accounts text, OUT unit_types text,
    OUT entities text)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    SELECT y.id, encode(y.digest, 'hex') INTO type_id, type_digest
    FROM registry_transactiontype y
    WHERE y.code = p_code AND y.valid_from <= p_at AND (y.valid_to IS NULL OR y.valid_to > p_at)
        AND (y.registry_id IS NULL OR y.registry_id = (
            SELECT a.registry_id FROM registry_account a WHERE a.id = p_accounts[1]))
    ORDER BY y.registry_id NULLS LAST, y.version DESC LIMIT 1;
    SELECT json_agg(json_build_array(a.id, a.number, a.registry_id, a.kind, a.status,
        a.holder_id, a.stands_for_id))
    INTO accounts FROM registry_account a WHERE a.id = ANY (p_accounts);
    SELECT json_agg(json_build_array(u.id, u.code, u.registry_id, u.kind, u.transferable,
        u.converts_to_id))
    INTO unit_types FROM registry_unittype u WHERE u.id = ANY (p_unit_types);
    IF cardinality(p_entities) > 0 THEN
        SELECT json_agg(json_build_array(e.id, e.code))
        INTO entities FROM registry_accountholder e WHERE e.id = ANY (p_entities);
    END IF;
END $$;
