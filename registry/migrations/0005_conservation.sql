-- How a posting conserves units: what it opens against what it closes, issues, sends and receives.
-- Called once for each posting, when its row is written: the cost does not depend on the number of
-- units.

-- What leaves and what reaches each account in a posting; a block that is only cut where it
-- lies does neither. Set algebra on whole accounts, so that ten thousand lines stay linear.
CREATE FUNCTION registry_flows(p_posting bigint)
RETURNS TABLE (registry_id bigint, unit_type_id bigint, account_id bigint,
    leaving int8multirange, arriving int8multirange)
LANGUAGE plpgsql STABLE ROWS 10 AS $$
BEGIN
    RETURN QUERY
    SELECT y.registry_id, y.unit_type_id, y.account_id, y.closed - y.opened, y.opened - y.closed
    FROM (
        SELECT x.registry_id, x.unit_type_id, x.account_id,
            coalesce(range_agg(x.serials) FILTER (WHERE x.opens), '{}') AS opened,
            coalesce(range_agg(x.serials) FILTER (WHERE NOT x.opens), '{}') AS closed
        FROM (
            SELECT o.registry_id, o.unit_type_id, o.account_id, true AS opens,
                int8range(o.first, o.last + 1) AS serials
            FROM registry_holding o WHERE o.opened_by_id = p_posting
            UNION ALL
            SELECT c.registry_id, c.unit_type_id, c.account_id, false,
                int8range(c.first, c.last + 1)
            FROM registry_holding c WHERE c.closed_by_id = p_posting
        ) x
        GROUP BY x.registry_id, x.unit_type_id, x.account_id
    ) y;
END $$;

-- Conservation of a move: in each registry, what is opened of an issuance is exactly what is
-- closed of it, with the same attributes. Equal unions and equal sums: nothing is lost, added
-- or doubled.
CREATE FUNCTION registry_check_moved(p_posting bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_groups bigint;
    v_bad bigint;
BEGIN
    SELECT count(*), min(y.issuance_id) FILTER (WHERE y.bad) INTO v_groups, v_bad FROM (
        SELECT x.issuance_id,
            range_agg(int8range(x.first, x.last + 1)) FILTER (WHERE x.opens)
            IS DISTINCT FROM range_agg(int8range(x.first, x.last + 1)) FILTER (WHERE NOT x.opens)
            OR sum(x.last - x.first + 1) FILTER (WHERE x.opens)
            IS DISTINCT FROM sum(x.last - x.first + 1) FILTER (WHERE NOT x.opens) AS bad
        FROM (
            SELECT o.*, true AS opens FROM registry_holding o WHERE o.opened_by_id = p_posting
            UNION ALL
            SELECT c.*, false FROM registry_holding c WHERE c.closed_by_id = p_posting
        ) x
        GROUP BY x.registry_id, x.unit_type_id, x.issuance_id, x.vintage_from, x.is_foreign
    ) y;
    IF v_bad IS NOT NULL THEN
        PERFORM registry_refuse('posting_conserves_units', format(
            'issuance %s: opened is not what is closed', v_bad), 'registry_posting');
    END IF;
    IF v_groups = 0 THEN
        PERFORM registry_refuse('posting_does_what_its_kind_says',
            'a move closes and opens holdings', 'registry_posting');
    END IF;
    RETURN true;
END $$;

-- Conservation with sources and sinks: opened and sent = closed, issued and received.
CREATE FUNCTION registry_check_balanced(p_posting registry_posting) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_bad record;
BEGIN
    SELECT x.registry_id, x.unit_type_id INTO v_bad FROM (
        SELECT registry_id, unit_type_id, true AS result, int8range(first, last + 1) AS serials
        FROM registry_holding WHERE opened_by_id = p_posting.id
        UNION ALL
        SELECT registry_id, unit_type_id, false, int8range(first, last + 1)
        FROM registry_holding WHERE closed_by_id = p_posting.id
        UNION ALL
        SELECT u.registry_id, i.unit_type_id, false, int8range(i.first, i.last + 1)
        FROM registry_issuance i JOIN registry_unittype u ON u.id = i.unit_type_id
        WHERE i.posting_id = p_posting.id
        UNION ALL
        SELECT CASE p_posting.kind WHEN 'post_in' THEN m.receiver_id ELSE m.sender_id END,
            b.unit_type_id, p_posting.kind = 'post_out', b.serials
        FROM registry_verifiedmessage m JOIN registry_messageblock b ON b.message_id = m.id
        WHERE m.id = p_posting.message_id
    ) x
    GROUP BY x.registry_id, x.unit_type_id
    HAVING range_agg(x.serials) FILTER (WHERE x.result)
        IS DISTINCT FROM range_agg(x.serials) FILTER (WHERE NOT x.result)
        OR sum(upper(x.serials) - lower(x.serials)) FILTER (WHERE x.result)
        IS DISTINCT FROM sum(upper(x.serials) - lower(x.serials)) FILTER (WHERE NOT x.result)
    LIMIT 1;
    IF FOUND THEN
        PERFORM registry_refuse('posting_conserves_units', format(
            'registry %s, unit type %s: opened is not what is closed, issued and received',
            v_bad.registry_id, v_bad.unit_type_id), 'registry_posting');
    END IF;
    IF EXISTS (
        SELECT FROM registry_holding h
        LEFT JOIN registry_issuance i ON i.id = h.issuance_id
            AND i.unit_type_id = h.unit_type_id AND i.vintage_from = h.vintage_from
            AND h.first >= i.first AND h.last <= i.last
        LEFT JOIN registry_unittype u ON u.id = h.unit_type_id
        WHERE h.opened_by_id = p_posting.id AND (
            i.id IS NULL OR u.id IS NULL
            OR h.is_foreign <> (u.registry_id <> h.registry_id)))
    THEN
        PERFORM registry_refuse('posting_opens_blocks_inside_their_issuance',
            'a block differs from its issuance, or is foreign where it is at home',
            'registry_posting');
    END IF;
END $$;

-- Which rows a kind may write besides opening holdings.
CREATE FUNCTION registry_check_kind(p_posting registry_posting) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_closes boolean := EXISTS (
        SELECT FROM registry_holding WHERE closed_by_id = p_posting.id);
    v_issues boolean := EXISTS (
        SELECT FROM registry_issuance WHERE posting_id = p_posting.id);
    v_home boolean;
BEGIN
    IF v_closes <> (p_posting.kind IN ('convert', 'post_out'))
        OR v_issues <> (p_posting.kind IN ('issue', 'convert'))
    THEN
        PERFORM registry_refuse('posting_does_what_its_kind_says',
            format('a posting of kind %s', p_posting.kind), 'registry_posting');
    END IF;
    IF p_posting.kind IN ('post_in', 'post_out') THEN
        SELECT bool_or(NOT is_foreign) INTO v_home FROM registry_holding
        WHERE opened_by_id = p_posting.id OR closed_by_id = p_posting.id;
        IF v_home THEN
            PERFORM registry_refuse('posting_across_borders_is_of_foreign_units',
                'home units never leave their registry; the partner account holds them',
                'registry_posting');
        END IF;
    END IF;
END $$;

-- A conversion issues, one for one, what the units convert to that it brings to the accounts of
-- converted units; it moves no others.
CREATE FUNCTION registry_check_converted(p_posting bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT CASE a.kind WHEN 'conversion' THEN u.converts_to_id END AS unit_type_id,
                upper(gone) - lower(gone) AS units
            FROM registry_flows(p_posting) f
            JOIN registry_account a ON a.id = f.account_id
            JOIN registry_unittype u ON u.id = f.unit_type_id
            CROSS JOIN LATERAL unnest(f.arriving) AS gone
            WHERE EXISTS (SELECT FROM registry_holding c WHERE c.closed_by_id = p_posting
                AND c.registry_id = f.registry_id AND c.unit_type_id = f.unit_type_id)
            UNION ALL
            SELECT unit_type_id, first - last - 1 FROM registry_issuance
            WHERE posting_id = p_posting
        ) x
        GROUP BY x.unit_type_id HAVING x.unit_type_id IS NULL OR sum(x.units) <> 0)
    THEN
        PERFORM registry_refuse('posting_converts_one_for_one',
            'what is issued is not what the converted units convert to', 'registry_posting');
    END IF;
END $$;
