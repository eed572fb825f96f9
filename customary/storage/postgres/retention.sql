-- Old changes, and the states that they hold.

-- name: find_prunable
-- A store with changes before a time that were not looked at yet. Time never goes back in the log.
SELECT store_id FROM store
WHERE (SELECT at FROM change WHERE change.store_id = store.store_id AND seq > pruned_seq ORDER BY seq LIMIT 1) < $1
ORDER BY store_id LIMIT 1;

-- name: lock_pruned
SELECT pruned_seq FROM store WHERE store_id = $1 FOR UPDATE;

-- name: find_pruned_end
SELECT max(seq) FROM (
    SELECT seq, at FROM change WHERE store_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
) AS next WHERE at < $4;

-- name: delete_replaced_changes
-- What a change replaced was made by the one before it: with the state that one goes too. Deletions stay listed.
DELETE FROM change
WHERE store_id = $1 AND kind NOT IN ('deleted', 'erased')
    AND seq IN (SELECT previous FROM change WHERE store_id = $1 AND seq > $2 AND seq <= $3);

-- name: forget_old_states
-- That of a deleted extra field is no person's, and the feed shows its key.
UPDATE change SET before = NULL
WHERE store_id = $1 AND seq > $2 AND seq <= $3 AND before IS NOT NULL
    AND NOT (entity = 'extrafield' AND kind = 'deleted');

-- name: set_pruned
UPDATE store SET pruned_seq = $2 WHERE store_id = $1;
