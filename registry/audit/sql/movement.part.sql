-- The movements of the postings in `scope`: runs of serials that were in `source` before the
-- posting and in `destination` after it (NULL: outside). In one pass along the serials, the block
-- that a run was in on either side is the latest that began, unless it has ended; where one side
-- ends before the other, the rest is a run of its own.
side AS (
    SELECT opened_by_id AS posting, registry_id, unit_type_id, true AS opens, first,
        ARRAY[first, last, account_id, vintage_from - date '2000-01-01'] AS block
    FROM registry_holding WHERE opened_by_id IN (SELECT id FROM scope)
    UNION ALL
    SELECT closed_by_id, registry_id, unit_type_id, false, first,
        ARRAY[first, last, account_id, vintage_from - date '2000-01-01']
    FROM registry_holding WHERE closed_by_id IN (SELECT id FROM scope)
), step AS (
    SELECT posting, registry_id, unit_type_id, first, lead(first) OVER sorted AS next,
        max(block) FILTER (WHERE opens) OVER sorted AS opened,
        max(block) FILTER (WHERE NOT opens) OVER sorted AS closed
    FROM side
    WINDOW sorted AS (PARTITION BY posting, registry_id, unit_type_id ORDER BY first)
), stretch_of AS (
    SELECT *, least(next - 1, CASE WHEN opened[2] >= first THEN opened[2] END,
            CASE WHEN closed[2] >= first THEN closed[2] END) AS until,
        least(next - 1, greatest(opened[2], closed[2])) AS longest
    FROM step
    WHERE next IS NULL OR next > first
), movement AS (
    SELECT posting, registry_id, unit_type_id, start AS first, stop AS last,
        CASE WHEN closed[2] >= start THEN closed[3] END AS source,
        CASE WHEN opened[2] >= start THEN opened[3] END AS destination,
        CASE WHEN closed[2] >= start THEN closed[4] ELSE opened[4] END AS vintage
    FROM (
        SELECT *, CASE part WHEN 1 THEN first ELSE until + 1 END AS start,
            CASE part WHEN 1 THEN until ELSE longest END AS stop
        FROM (
            SELECT *, generate_series(1, CASE WHEN longest > until THEN 2 ELSE 1 END) AS part
            FROM stretch_of
        ) x
    ) y
)
