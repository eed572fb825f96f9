-- Customers who are erased, and their traces.

-- name: get_erasure
SELECT customer_id, at, token_id, request_id, seq, purged FROM erasure WHERE store_id = ? AND customer_id = ?;

-- name: add_erasure
INSERT INTO erasure (store_id, customer_id, at, token_id, request_id, seq) VALUES (?, ?, ?, ?, ?, ?);

-- name: list_unpurged
SELECT store_id, customer_id FROM erasure WHERE purged IS NULL;

-- name: set_purged
UPDATE erasure SET purged = ? WHERE store_id = ? AND customer_id = ?;

-- name: forget_state
UPDATE change SET before = NULL WHERE store_id = ? AND seq = ? AND before IS NOT NULL;

-- name: list_customer_orders
SELECT document FROM recorded_order WHERE store_id = ? AND customer_id = ? ORDER BY created, number;

-- name: detach_order
-- It belongs to nobody any more.
UPDATE recorded_order SET customer_id = 0, email_key = '', document = ? WHERE store_id = ? AND number = ?;

-- name: find_merged
-- A merge is two changes of one request: the source is deleted, then the target updated.
WITH RECURSIVE chain AS (
    SELECT c.seq, c.previous FROM change AS c WHERE c.store_id = ?1 AND c.seq = ?2
    UNION ALL
    SELECT c.seq, c.previous FROM chain JOIN change AS c ON c.seq = chain.previous WHERE c.store_id = ?1
)
SELECT DISTINCT source.entity_id
FROM chain JOIN change AS target ON target.store_id = ?1 AND target.seq = chain.seq
    JOIN change AS source ON source.store_id = ?1 AND source.seq = chain.seq - 1
WHERE target.kind = 'updated' AND source.entity = 'customer' AND source.kind = 'deleted'
    AND source.request_id = target.request_id AND source.token_id = target.token_id
    AND source.seq NOT IN (SELECT undone.seq FROM undone_deletion AS undone WHERE undone.store_id = ?1)
ORDER BY source.entity_id;

-- name: list_batch_answers
SELECT ticket, position, body FROM ticket_response WHERE store_id = ?;

-- name: replace_batch_answer
UPDATE ticket_response SET status = ?, body = ? WHERE store_id = ? AND ticket = ? AND position = ?;

-- name: unindex_customer
-- The text index still has its pieces until it is merged.
DELETE FROM customer_text WHERE rowid = ?;

-- name: unindex_endings_of_customer
DELETE FROM customer_ending WHERE rowid = ?;

-- name: unmark_customer
DELETE FROM customer_unindexed WHERE customer_key = ?;

-- name: merge_texts
-- Works on some pages of the text index; a negative number begins a merge of all of it.
INSERT INTO customer_text (customer_text, rank) VALUES ('merge', ?);

-- name: merge_endings
INSERT INTO customer_ending (customer_ending, rank) VALUES ('merge', ?);
