-- A line that names serials moved exactly these, and a line that names a vintage moved units of
-- that vintage.
-- :figures
SELECT count(*) AS lines, coalesce(sum(l.quantity), 0) AS units
FROM registry_transaction t, unnest(t.lines) l
WHERE t.posting_id IS NOT NULL AND (l.first IS NOT NULL OR l.vintage IS NOT NULL)
-- :findings
WITH
-- :part line
, named AS (
    SELECT posting, transaction_id, number, unit_type_id, first, last,
        coalesce(source_id, 0) AS source, coalesce(destination_id, 0) AS destination,
        quantity, minimum, vintage
    FROM line
    WHERE posting IS NOT NULL AND (first IS NOT NULL OR vintage IS NOT NULL)
), scope AS (SELECT DISTINCT posting AS id FROM named),
-- :part movement
, run_of AS (
    SELECT posting, unit_type_id, first, true AS moved,
        ARRAY[first, last, coalesce(source, 0), coalesce(destination, 0), 0] AS run
    FROM movement
    UNION ALL
    SELECT posting, unit_type_id, first, false, ARRAY[first, last, source, destination, number]
    FROM named WHERE first IS NOT NULL
), pair AS (
    SELECT posting, unit_type_id, first, lead(first) OVER sorted AS next,
        max(run) FILTER (WHERE moved) OVER sorted AS moved,
        max(run) FILTER (WHERE NOT moved) OVER sorted AS line
    FROM run_of
    WINDOW sorted AS (PARTITION BY posting, unit_type_id ORDER BY first)
), matched AS (
    SELECT posting, line[5] AS number, sum(least(next - 1, moved[2], line[2]) - first + 1) AS units
    FROM pair
    WHERE moved[2] >= first AND line[2] >= first AND (next IS NULL OR next > first)
        AND moved[3:4] = line[3:4]
    GROUP BY posting, line[5]
)
SELECT 'serials' AS what, 'registry_transaction' AS "table", l.transaction_id::text AS row,
    jsonb_build_object('posting', l.posting, 'line', l.number, 'first', l.first,
        'last', l.last, 'moved', coalesce(m.units, 0)) AS data
FROM named l LEFT JOIN matched m ON m.posting = l.posting AND m.number = l.number
WHERE l.first IS NOT NULL AND coalesce(m.units, 0) <> l.quantity
UNION ALL
SELECT 'vintage', 'registry_posting', w.posting::text,
    jsonb_build_object('vintage', date '2000-01-01' + w.vintage, 'minimum', w.minimum,
        'moved', coalesce(m.units, 0))
FROM (
    SELECT posting, unit_type_id, source, destination, vintage, sum(minimum) AS minimum
    FROM named WHERE vintage IS NOT NULL
    GROUP BY posting, unit_type_id, source, destination, vintage
) w
LEFT JOIN (
    SELECT posting, unit_type_id, coalesce(source, 0) AS source,
        coalesce(destination, 0) AS destination, vintage::int AS vintage,
        sum(last - first + 1) AS units
    FROM movement
    GROUP BY posting, unit_type_id, source, destination, vintage
) m USING (posting, unit_type_id, source, destination, vintage)
WHERE coalesce(m.units, 0) < w.minimum
