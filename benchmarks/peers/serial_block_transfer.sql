-- The measure "l": what a hand-written SQL function can do for one transfer of serials.
--
-- Lock both accounts in order of id, pick the block with the lowest serials that is large enough,
-- split it in two, journal both sides, change both balances.

CREATE FUNCTION transfer(p_source bigint, p_destination bigint, p_unit_type bigint, p_quantity bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_block bigint;
    v_start bigint;
    v_end bigint;
    v_moved int8range;
    v_transfer bigint;
BEGIN
    PERFORM id FROM account WHERE id IN (p_source, p_destination)
        ORDER BY id FOR NO KEY UPDATE;

    SELECT id, lower(serials), upper(serials) INTO v_block, v_start, v_end
        FROM block
        WHERE account_id = p_source AND unit_type = p_unit_type
            AND upper(serials) - lower(serials) >= p_quantity
        ORDER BY lower(serials) LIMIT 1;
    IF v_block IS NULL THEN
        RAISE EXCEPTION 'account % has no block of % units', p_source, p_quantity;
    END IF;

    v_moved := int8range(v_start, v_start + p_quantity);
    IF v_end - v_start = p_quantity THEN
        UPDATE block SET account_id = p_destination WHERE id = v_block;
    ELSE
        UPDATE block SET serials = int8range(v_start + p_quantity, v_end) WHERE id = v_block;
        INSERT INTO block (account_id, unit_type, serials)
            VALUES (p_destination, p_unit_type, v_moved);
    END IF;

    INSERT INTO transfer (unit_type, quantity, made_at)
        VALUES (p_unit_type, p_quantity, now()) RETURNING id INTO v_transfer;
    INSERT INTO entry (transfer_id, account_id, serials, quantity) VALUES
        (v_transfer, p_source, v_moved, -p_quantity),
        (v_transfer, p_destination, v_moved, p_quantity);

    UPDATE balance SET quantity = quantity - p_quantity
        WHERE account_id = p_source AND unit_type = p_unit_type;
    INSERT INTO balance (account_id, unit_type, quantity)
        VALUES (p_destination, p_unit_type, p_quantity)
        ON CONFLICT (account_id, unit_type)
        DO UPDATE SET quantity = balance.quantity + excluded.quantity;
    RETURN v_transfer;
END
$$;
