-- The changes of one entity, and customers who come back.

-- name: walk_chain
-- One entity's changes back from a position.
WITH RECURSIVE chain AS (
    SELECT c.seq, c.entity, c.entity_id, c.kind, c.at, c.token_id, c.request_id, c.previous, c.before, 1 AS length
    FROM change AS c WHERE c.store_id = $1 AND c.seq = $2
    UNION ALL
    SELECT c.seq, c.entity, c.entity_id, c.kind, c.at, c.token_id, c.request_id, c.previous, c.before, chain.length + 1
    FROM chain JOIN change AS c ON c.seq = chain.previous
    WHERE c.store_id = $1 AND chain.length < $3
)
SELECT seq, entity, entity_id, kind, at, token_id, request_id, previous, before FROM chain ORDER BY seq DESC;

-- name: last_not_below
-- Of a chain from a position back, the oldest change that is not below a bound; its state before is wanted.
WITH RECURSIVE chain AS (
    SELECT c.seq, c.previous FROM change AS c WHERE c.store_id = $1 AND c.seq = $2
    UNION ALL
    SELECT c.seq, c.previous FROM chain JOIN change AS c ON c.seq = chain.previous
    WHERE c.store_id = $1 AND chain.previous >= $3
)
SELECT previous, before FROM change WHERE store_id = $1 AND seq = (SELECT min(seq) FROM chain);

-- name: get_change
SELECT seq, entity, entity_id, kind, at, token_id, request_id, previous, before
FROM change WHERE store_id = $1 AND seq = $2;

-- name: newest_customer_change
-- The head of a customer's chain: its row, or its erasure or deletion when the row is gone.
SELECT coalesce(
    (SELECT version FROM customer WHERE store_id = $1 AND id = $2),
    (SELECT seq FROM erasure WHERE store_id = $1 AND customer_id = $2),
    (SELECT max(seq) FROM change
     WHERE store_id = $1 AND entity = 'customer' AND entity_id = $2 AND kind = 'deleted'), 0);

-- name: newest_group_change
SELECT coalesce(
    (SELECT version FROM customer_group WHERE store_id = $1 AND id = $2),
    (SELECT max(seq) FROM change
     WHERE store_id = $1 AND entity = 'group' AND entity_id = $2 AND kind = 'deleted'), 0);

-- name: newest_extrafield_change
SELECT coalesce(
    (SELECT version FROM extrafield WHERE store_id = $1 AND id = $2),
    (SELECT max(seq) FROM change
     WHERE store_id = $1 AND entity = 'extrafield' AND entity_id = $2 AND kind = 'deleted'), 0);

-- name: newest_store_change
SELECT version FROM store WHERE store_id = $1 AND $2::bigint = store_id;

-- name: undo_deletion
-- The deletion stays in the log, and is in the list of deleted customers no longer.
INSERT INTO undone_deletion (store_id, seq) VALUES ($1, $2);
