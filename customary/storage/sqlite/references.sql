-- External reference ids, each of one customer of its store.

-- name: find_customer_by_reference
SELECT document
FROM customer_reference CROSS JOIN customer
    ON customer_key = (customer_reference.store_id << 32) + customer_id
WHERE customer_reference.store_id = ? AND external_reference_id = ?;

-- name: get_holder_of_reference
SELECT customer_id FROM customer_reference WHERE store_id = ? AND external_reference_id = ?;

-- name: add_reference
INSERT INTO customer_reference (store_id, external_reference_id, customer_id) VALUES (?, ?, ?);

-- name: delete_reference
DELETE FROM customer_reference WHERE store_id = ? AND external_reference_id = ? AND customer_id = ?;
