-- Each limit of a link has lost what decisions took that were not given back, less what
-- counter-flows restored and what was carried forward; and its slots have together the capacity
-- that it says. Amounts are in parts of a tonne, as many to a tonne as the row says.
-- Decisions of earlier versions of the software do not say what they restored; `unsaid` is how many
-- units they let go which way, by which what they can have restored is bounded.
-- :figures
SELECT count(DISTINCT (c.pool, c.entity_id, c.period)) AS limits,
    (SELECT count(*) FROM linking_storeddecision) AS decisions
FROM registry_limitcounter c
-- :rows edges
SELECT e.edge_id, e.document::text
FROM linking_linkedge e JOIN linking_agreementversion v ON v.id = e.version_id
WHERE v.status IN ('in_force', 'terminated')
ORDER BY v.id
-- :rows taken
WITH standing AS (
    SELECT d.outcome FROM linking_storeddecision d
    WHERE NOT EXISTS (SELECT FROM linking_release r WHERE r.decision_id = d.id)
), amount (pool, entity, period, scale, parts) AS (
    SELECT l ->> 'pool', (l ->> 'entity')::bigint, l ->> 'period', (l ->> 'scale')::bigint,
        (l ->> 'before')::bigint - (l ->> 'after')::bigint
    FROM standing s, jsonb_array_elements(s.outcome -> 'limits') l
    UNION ALL
    SELECT b ->> 'pool', NULL, b ->> 'period', (b ->> 'scale')::bigint, -(b ->> 'amount')::bigint
    FROM standing s, jsonb_array_elements(s.outcome -> 'restored') b
    UNION ALL
    SELECT pool, NULL, closed, scale, "left" FROM linking_carriedforward
    UNION ALL
    SELECT pool, NULL, opened, scale, -carried FROM linking_carriedforward
)
SELECT pool, entity, period, scale, sum(parts)::bigint, count(*)
FROM amount GROUP BY pool, entity, period, scale
-- :rows unsaid
SELECT d.request ->> 'source', d.request ->> 'to', sum((d.outcome ->> 'accepted')::bigint)::bigint
FROM linking_storeddecision d
WHERE NOT d.outcome ? 'restored' AND d.kind IN ('import', 'repatriation')
GROUP BY 1, 2
-- :rows limits
SELECT c.pool, c.entity_id, c.period, min(c.id), sum(c.used_t)::bigint, sum(c.extra_t)::bigint,
    sum(c.capacity_t)::bigint, max(c.limit_t)
FROM registry_limitcounter c
GROUP BY c.pool, c.entity_id, c.period
ORDER BY min(c.id)
