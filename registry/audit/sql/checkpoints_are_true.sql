-- Each checkpoint is the tree that its leaves make, is signed by the key of the log that was in
-- force, and follows the one before. The root is computed from the leaves, the signature verified.
-- :figures
SELECT count(*) AS checkpoints, coalesce(max(size), 0) AS covered FROM registry_checkpoint
-- :rows leaves
SELECT leaf_hash FROM registry_logleaf ORDER BY index
-- :rows checkpoints
SELECT c.size, c.root, c.note, c.at, k.node, k.algorithm, k.public_key,
    k.purpose = 'log' AND c.at >= k.valid_from
        AND (k.valid_to IS NULL OR c.at < k.valid_to) AS in_force,
    c.at < lag(c.at) OVER earlier AS goes_back,
    k.node <> first_value(k.node) OVER earlier AS renamed
FROM registry_checkpoint c LEFT JOIN registry_keyrecord k ON k.id = c.key_id
WINDOW earlier AS (ORDER BY c.size)
ORDER BY c.size
