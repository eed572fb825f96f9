-- Customers who are erased, and their traces.

-- name: get_erasure
SELECT customer_id, at, token_id, request_id, seq, purged FROM erasure WHERE store_id = $1 AND customer_id = $2;

-- name: add_erasure
INSERT INTO erasure (store_id, customer_id, at, token_id, request_id, seq) VALUES ($1, $2, $3, $4, $5, $6);

-- name: list_unpurged
SELECT store_id, customer_id FROM erasure WHERE purged IS NULL ORDER BY store_id, customer_id;

-- name: set_purged
UPDATE erasure SET purged = $1 WHERE store_id = $2 AND customer_id = $3 RETURNING store_id;

-- name: forget_states
-- Of the whole chain of changes that ends with one.
WITH RECURSIVE chain AS (
    SELECT c.seq, c.previous FROM change AS c WHERE c.store_id = $1 AND c.seq = $2
    UNION ALL
    SELECT c.seq, c.previous FROM chain JOIN change AS c ON c.seq = chain.previous WHERE c.store_id = $1
)
UPDATE change SET before = NULL
WHERE store_id = $1 AND seq IN (SELECT seq FROM chain) AND before IS NOT NULL;

-- name: list_customer_orders
SELECT document FROM recorded_order WHERE store_id = $1 AND customer_id = $2 ORDER BY created, number;

-- name: detach_order
-- It belongs to nobody any more.
UPDATE recorded_order SET customer_id = 0, email_key = '', document = $3 WHERE store_id = $1 AND number = $2;

-- name: find_merged
-- A merge is two changes of one request: the source is deleted, then the target updated.
WITH RECURSIVE chain AS (
    SELECT c.seq, c.previous FROM change AS c WHERE c.store_id = $1 AND c.seq = $2
    UNION ALL
    SELECT c.seq, c.previous FROM chain JOIN change AS c ON c.seq = chain.previous WHERE c.store_id = $1
)
SELECT DISTINCT source.entity_id
FROM chain JOIN change AS target ON target.store_id = $1 AND target.seq = chain.seq
    JOIN change AS source ON source.store_id = $1 AND source.seq = chain.seq - 1
WHERE target.kind = 'updated' AND source.entity = 'customer' AND source.kind = 'deleted'
    AND source.request_id = target.request_id AND source.token_id = target.token_id
    AND source.seq NOT IN (SELECT undone.seq FROM undone_deletion AS undone WHERE undone.store_id = $1)
ORDER BY source.entity_id;

-- name: list_batch_answers
SELECT ticket, position, body FROM ticket_response WHERE store_id = $1;

-- name: replace_batch_answer
UPDATE ticket_response SET status = $4, body = $5 WHERE store_id = $1 AND ticket = $2 AND position = $3;
