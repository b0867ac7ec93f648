-- A ledger whose state is the newest event of each block, in the manner of UNDP's carbon registry;
-- own code. Events are only ever added; `hash` is a running number, as there.

CREATE SEQUENCE event_hash;

CREATE TABLE event (
    data jsonb NOT NULL,
    meta jsonb NOT NULL,
    hash integer NOT NULL DEFAULT nextval('event_hash')
);
