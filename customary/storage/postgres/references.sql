-- External reference ids, each of one customer of its store.

-- name: get_holders_of_references
SELECT external_reference_id, customer_id FROM customer_reference
WHERE store_id = $1 AND external_reference_id = ANY($2::text[]);

-- name: add_references
INSERT INTO customer_reference (store_id, external_reference_id, customer_id)
SELECT $1, n.* FROM unnest($2::text[], $3::bigint[]) AS n;

-- name: delete_references
DELETE FROM customer_reference WHERE store_id = $1 AND external_reference_id = ANY($2::text[]);
