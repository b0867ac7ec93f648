-- What another node's registry has issued, as its certificate says: kept with the first units of it
-- that come in. Whoever brings the certificate has verified it.

CREATE FUNCTION registry_keep_foreign_issuance(p_unit_type bigint, p_first bigint, p_last bigint,
    p_attributes jsonb) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    v_kept registry_issuance;
BEGIN
    INSERT INTO registry_issuance (unit_type_id, first, last, vintage_from, vintage_to,
        vintage_label, usable_until, legal_basis, project, activity, sector, mitigation_type)
    SELECT p_unit_type, p_first, p_last, a.vintage_from, a.vintage_to, a.vintage_label,
        a.usable_until, a.legal_basis, a.project, a.activity, a.sector, a.mitigation_type
    FROM jsonb_to_record(p_attributes) AS a (vintage_from date, vintage_to date,
        vintage_label text, usable_until date, legal_basis text, project text, activity text,
        sector text, mitigation_type text)
    ON CONFLICT DO NOTHING;
    SELECT * INTO v_kept FROM registry_issuance
    WHERE unit_type_id = p_unit_type AND first <= p_last AND last >= p_first LIMIT 1;
    IF (v_kept.first, v_kept.last) IS DISTINCT FROM (p_first, p_last)
        OR v_kept.posting_id IS NOT NULL
        OR NOT to_jsonb(v_kept) @> p_attributes
    THEN
        PERFORM registry_fail(jsonb_build_array(jsonb_build_object(
            'code', 'FOREIGN_ISSUANCE_DIFFERS', 'first', p_first::text, 'last', p_last::text,
            'known_first', v_kept.first::text, 'known_last', v_kept.last::text)));
    END IF;
    RETURN v_kept.id;
END $$;
