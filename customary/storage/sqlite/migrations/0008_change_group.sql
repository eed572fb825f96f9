-- The group of a customer after a change, so that one group can be read by update time. The index only grows at the end
-- of each group: an update moves no entry. Of older changes only those count that are a customer's newest.
ALTER TABLE change ADD COLUMN group_id INTEGER;
UPDATE change SET group_id = customer.customer_group_id FROM customer
WHERE customer.customer_key = (change.store_id << 32) + change.entity_id AND customer.version = change.seq
    AND change.entity = 'customer';
CREATE INDEX change_by_group ON change (store_id, group_id, seq) WHERE group_id IS NOT NULL;
