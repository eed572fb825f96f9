-- The feed of changes.

-- name: list_feed
-- Each with the customer's document where it made the one that is there.
SELECT seq, entity, entity_id, kind, at, token_id, request_id, previous, document
FROM change LEFT JOIN customer
    ON entity = 'customer' AND customer_key = (change.store_id << 32) + entity_id AND version = seq
WHERE change.store_id = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: list_group_versions
SELECT version, id, name, external_reference_id FROM customer_group WHERE store_id = ? ORDER BY id;

-- name: list_extrafield_versions
SELECT version, id, key, title, type, shown_on_order_details, created, modified
FROM extrafield WHERE store_id = ? ORDER BY id;

-- name: get_replaced_state
SELECT before FROM change WHERE store_id = ? AND seq = ?;
