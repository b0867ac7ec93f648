-- Keys that Django's fields can not express: composite, deferred, and exclusion by range.

-- There are no foreign keys from holdings to postings, accounts, issuances and unit types: they
-- would cost each transfer a fifth, and lock rows that all transactions share. A trigger ties
-- holdings to the transaction that is being completed, whose own key makes sure of the posting; the
-- check of the posting compares the rest. None of these rows can be deleted.
ALTER TABLE registry_issuance
    ADD CONSTRAINT issuance_is_posted
        FOREIGN KEY (posting_id) REFERENCES registry_posting (id)
        DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE registry_use
    ADD CONSTRAINT use_is_posted
        FOREIGN KEY (posting_id) REFERENCES registry_posting (id)
        DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE registry_transaction
    ADD CONSTRAINT transaction_posting_exists
        FOREIGN KEY (posting_id) REFERENCES registry_posting (id)
        DEFERRABLE INITIALLY DEFERRED;

-- The lines of a transaction are a column of it: a batch of ten thousand is one row.
CREATE TYPE registry_line AS (
    source bigint, destination bigint, unit_type bigint, quantity bigint, minimum bigint,
    first bigint, vintage date, entity bigint, period text, credit bigint, factor text);
ALTER TABLE registry_transaction ADD COLUMN lines registry_line[] NOT NULL;
CREATE VIEW registry_transactionline AS
SELECT t.id || '.' || l.n AS id, t.id AS transaction_id, l.n::int AS number,
    l.source AS source_id, l.destination AS destination_id, l.unit_type AS unit_type_id,
    l.quantity, coalesce(l.minimum, l.quantity) AS minimum, l.first,
    l.first + l.quantity - 1 AS last, l.vintage AS vintage_from, l.entity AS entity_id,
    coalesce(l.period, '') AS period, l.credit AS credited_tonnes,
    coalesce(l.factor, '') AS factor_version
FROM registry_transaction t, unnest(t.lines) WITH ORDINALITY AS l (source, destination,
    unit_type, quantity, minimum, first, vintage, entity, period, credit, factor, n);

-- Serials of a unit type are issued once, for ever.
ALTER TABLE registry_issuance
    ADD CONSTRAINT issuance_serials_are_issued_once EXCLUDE USING gist (
        int8range(unit_type_id, unit_type_id, '[]') WITH &&,
        int8range(first, last, '[]') WITH &&
    );

-- Home units can not overlap because issuances do not and every posting conserves them.
-- Foreign units come in by message, so their open blocks are compared with each other.
ALTER TABLE registry_holding
    ADD CONSTRAINT holding_foreign_units_are_held_once EXCLUDE USING gist (
        int8range(registry_id, registry_id, '[]') WITH &&,
        int8range(unit_type_id, unit_type_id, '[]') WITH &&,
        int8range(first, last, '[]') WITH &&
    ) WHERE (is_foreign AND closed_by_id IS NULL);

-- One standing mark of each exclusive kind on a serial.
ALTER TABLE registry_mark
    ADD CONSTRAINT mark_reservation_is_exclusive EXCLUDE USING gist (
        int8range(registry_id, registry_id, '[]') WITH &&,
        int8range(unit_type_id, unit_type_id, '[]') WITH &&,
        int8range(first, last, '[]') WITH &&
    ) WHERE (kind = 'reservation' AND released_at IS NULL),
    ADD CONSTRAINT mark_lien_is_exclusive EXCLUDE USING gist (
        int8range(registry_id, registry_id, '[]') WITH &&,
        int8range(unit_type_id, unit_type_id, '[]') WITH &&,
        int8range(first, last, '[]') WITH &&
    ) WHERE (kind = 'lien' AND released_at IS NULL),
    ADD CONSTRAINT mark_freeze_is_exclusive EXCLUDE USING gist (
        int8range(registry_id, registry_id, '[]') WITH &&,
        int8range(unit_type_id, unit_type_id, '[]') WITH &&,
        int8range(first, last, '[]') WITH &&
    ) WHERE (kind = 'freeze' AND released_at IS NULL),
    ADD CONSTRAINT mark_first_transfer_is_exclusive EXCLUDE USING gist (
        int8range(registry_id, registry_id, '[]') WITH &&,
        int8range(unit_type_id, unit_type_id, '[]') WITH &&,
        int8range(first, last, '[]') WITH &&
    ) WHERE (kind = 'first_transfer' AND released_at IS NULL);

-- A message does not name a serial twice.
ALTER TABLE registry_messageblock
    ADD CONSTRAINT message_block_names_a_serial_once EXCLUDE USING gist (
        int8range(message_id, message_id, '[]') WITH &&,
        int8range(unit_type_id, unit_type_id, '[]') WITH &&,
        serials WITH &&
    ),
    ADD CONSTRAINT message_block_serials_are_in_range CHECK (
        lower(serials) >= 1 AND upper(serials) <= 1000000000001 AND NOT isempty(serials)
        AND lower_inf(serials) = false AND upper_inf(serials) = false
    );

-- The table of holdings changes rows in place when it closes them.
ALTER TABLE registry_holding SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);

INSERT INTO registry_sequencer (id, watermark, candidate, candidate_xmax)
VALUES (1, 0, 0, pg_current_xact_id());
