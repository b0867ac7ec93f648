-- Transfers of before are both halves, between registries of this node.
ALTER TABLE linking_transfer DISABLE TRIGGER transfer_follows_its_source;
UPDATE linking_transfer t SET uuid = gen_random_uuid(), receiver_id = a.registry_id
FROM registry_account a WHERE a.id = t.destination_id;
ALTER TABLE linking_transfer ENABLE ALWAYS TRIGGER transfer_follows_its_source;
SET CONSTRAINTS ALL IMMEDIATE;
