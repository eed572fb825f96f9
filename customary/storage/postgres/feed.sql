-- The feed of changes.

-- name: list_feed
-- Each with the customer's document where it made the one that is there.
SELECT c.seq, c.entity, c.entity_id, c.kind, c.at, c.token_id, c.request_id, c.previous, customer.document
FROM change AS c LEFT JOIN customer ON customer.store_id = c.store_id AND customer.id = c.entity_id
    AND c.entity = 'customer' AND customer.version = c.seq
WHERE c.store_id = $1 AND c.seq > $2 ORDER BY c.seq LIMIT $3;

-- name: list_group_versions
SELECT version, id, name, external_reference_id FROM customer_group WHERE store_id = $1 ORDER BY id;

-- name: list_extrafield_versions
SELECT version, id, key, title, type, shown_on_order_details, created, modified
FROM extrafield WHERE store_id = $1 ORDER BY id;

-- name: get_replaced_states
SELECT seq, before FROM change WHERE store_id = $1 AND seq = ANY($2::bigint[]);
