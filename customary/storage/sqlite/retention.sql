-- Old changes, and the states that they hold.

-- name: find_prunable
-- A store with changes before a time that were not looked at yet, and the position up to which some of them go. Time
-- never goes back in the log.
SELECT store_id, pruned_seq, upto
FROM (
    SELECT store_id, pruned_seq, (
        SELECT max(seq) FROM (
            SELECT seq, at FROM change WHERE change.store_id = store.store_id AND seq > pruned_seq ORDER BY seq LIMIT ?1
        ) WHERE at < ?2
    ) AS upto FROM store
)
WHERE upto IS NOT NULL ORDER BY store_id LIMIT 1;

-- name: delete_replaced_changes
-- What a change replaced was made by the one before it: with the state that one goes too. Deletions stay listed.
DELETE FROM change
WHERE store_id = ?1 AND kind NOT IN ('deleted', 'erased')
    AND seq IN (SELECT previous FROM change WHERE store_id = ?1 AND seq > ?2 AND seq <= ?3);

-- name: forget_old_states
-- That of a deleted extra field is no person's, and the feed shows its key.
UPDATE change SET before = NULL
WHERE store_id = ?1 AND seq > ?2 AND seq <= ?3 AND before IS NOT NULL
    AND NOT (entity = 'extrafield' AND kind = 'deleted');

-- name: set_pruned
UPDATE store SET pruned_seq = ? WHERE store_id = ?;
