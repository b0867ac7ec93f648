-- A ledger of balances without serials, in the manner of pgledger; own code.
--
-- An account carries its balance and a version; an entry remembers the balance before and after
-- it and the account's version. Keys are numbers where pgledger makes texts, which favours it.

CREATE TABLE account (
    id bigint PRIMARY KEY,
    currency text NOT NULL,
    balance numeric NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0,
    may_be_negative boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE transfer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id bigint NOT NULL REFERENCES account,
    destination_id bigint NOT NULL REFERENCES account,
    amount numeric NOT NULL,
    event_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT transfer_is_positive CHECK (amount > 0),
    CONSTRAINT transfer_has_two_sides CHECK (source_id <> destination_id)
);
CREATE INDEX transfer_by_source ON transfer (source_id);
CREATE INDEX transfer_by_destination ON transfer (destination_id);
CREATE INDEX transfer_by_event_time ON transfer (event_at);

CREATE TABLE entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES account,
    transfer_id bigint NOT NULL REFERENCES transfer,
    amount numeric NOT NULL,
    previous_balance numeric NOT NULL,
    current_balance numeric NOT NULL,
    account_version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX entry_by_account ON entry (account_id);
CREATE INDEX entry_by_transfer ON entry (transfer_id);

CREATE FUNCTION transfer(p_source bigint, p_destination bigint, p_amount numeric)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_source account;
    v_destination account;
    v_transfer bigint;
BEGIN
    PERFORM id FROM account WHERE id IN (p_source, p_destination) ORDER BY id FOR UPDATE;

    UPDATE account SET balance = balance - p_amount, version = version + 1, updated_at = now()
        WHERE id = p_source RETURNING * INTO v_source;
    IF v_source.balance < 0 AND NOT v_source.may_be_negative THEN
        RAISE EXCEPTION 'account % would become negative', p_source;
    END IF;
    UPDATE account SET balance = balance + p_amount, version = version + 1, updated_at = now()
        WHERE id = p_destination RETURNING * INTO v_destination;
    IF v_source.currency <> v_destination.currency THEN
        RAISE EXCEPTION 'accounts % and % have different currencies', p_source, p_destination;
    END IF;

    INSERT INTO transfer (source_id, destination_id, amount, event_at, created_at)
        VALUES (p_source, p_destination, p_amount, now(), now()) RETURNING id INTO v_transfer;
    INSERT INTO entry (account_id, transfer_id, amount, previous_balance, current_balance,
                       account_version, created_at)
        VALUES (p_source, v_transfer, -p_amount, v_source.balance + p_amount, v_source.balance,
                v_source.version, now());
    INSERT INTO entry (account_id, transfer_id, amount, previous_balance, current_balance,
                       account_version, created_at)
        VALUES (p_destination, v_transfer, p_amount, v_destination.balance - p_amount,
                v_destination.balance, v_destination.version, now());
    RETURN v_transfer;
END
$$;
