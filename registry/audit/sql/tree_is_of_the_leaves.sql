-- The tiles hold the hashes of the leaves and, above them, the roots over full tiles, all of them
-- and nothing else (C2SP tlog-tiles; RFC 9162, 2.1.1).
-- :figures
SELECT count(*) AS tiles, (SELECT count(*) FROM registry_logleaf) AS leaves FROM registry_logtile
-- :rows leaves
SELECT leaf_hash FROM registry_logleaf ORDER BY index
-- :rows tiles
SELECT level, number, hashes FROM registry_logtile ORDER BY level, number
