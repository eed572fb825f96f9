-- The changes of one entity, and customers who come back.

-- name: get_previous_change
-- One step back in the chain of an entity, without the state that the change replaced.
SELECT previous FROM change WHERE store_id = ? AND seq = ?;

-- name: is_change_of_customer
SELECT 1 FROM change WHERE store_id = ? AND seq = ? AND entity = 'customer' AND entity_id = ?;

-- name: undo_deletion
-- The deletion stays in the log, and is in the list of deleted customers no longer.
INSERT INTO undone_deletion (store_id, seq) VALUES (?, ?);
