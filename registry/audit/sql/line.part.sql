-- The lines of transactions, read from the transactions themselves. Reading them twice costs less
-- than keeping them.
line AS NOT MATERIALIZED (
    SELECT t.id AS transaction_id, t.type_id, t.status, t.posting_id AS posting, t.reverses_id,
        l.number, l.source AS source_id, l.destination AS destination_id,
        l.unit_type AS unit_type_id, l.quantity, coalesce(l.minimum, l.quantity) AS minimum,
        l.first, l.first + l.quantity - 1 AS last, l.vintage - date '2000-01-01' AS vintage,
        l.entity AS entity_id, coalesce(l.period, '') AS period,
        coalesce(l.credit, l.quantity) AS tonnes, coalesce(l.factor, '') AS factor_version
    FROM registry_transaction t, unnest(t.lines) WITH ORDINALITY AS l (source, destination,
        unit_type, quantity, minimum, first, vintage, entity, period, credit, factor, number)
)
