-- Serial blocks as current state, with a journal and balances: the tables of two measures, "l" (the
-- function in serial_block_transfer.sql) and "orm" (the same work by Django's ORM).
--
-- The database refuses overlapping serials, negative balances and entries of unknown accounts.
-- Left out, and kept by Concord: approval, idempotency, marks, as-of, append-only guards, the
-- caller's identity, several blocks in one transfer.

CREATE TABLE account (
    id bigint PRIMARY KEY
);

CREATE TABLE balance (
    account_id bigint NOT NULL REFERENCES account,
    unit_type bigint NOT NULL,
    quantity bigint NOT NULL CONSTRAINT balance_not_negative CHECK (quantity >= 0),
    PRIMARY KEY (account_id, unit_type)
);

CREATE TABLE block (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES account,
    unit_type bigint NOT NULL,
    serials int8range NOT NULL CONSTRAINT block_not_empty CHECK (NOT isempty(serials)),
    CONSTRAINT blocks_do_not_overlap EXCLUDE USING gist (
        int8range(unit_type, unit_type, '[]') WITH &&,
        serials WITH &&
    )
);
CREATE INDEX block_by_account ON block (account_id, unit_type, lower(serials));

CREATE TABLE transfer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_type bigint NOT NULL,
    quantity bigint NOT NULL CONSTRAINT transfer_is_positive CHECK (quantity > 0),
    made_at timestamptz NOT NULL
);

CREATE TABLE entry (
    transfer_id bigint NOT NULL REFERENCES transfer,
    account_id bigint NOT NULL REFERENCES account,
    serials int8range NOT NULL,
    quantity bigint NOT NULL
);
CREATE INDEX entry_by_transfer ON entry (transfer_id);
CREATE INDEX entry_by_account ON entry (account_id, transfer_id);
