-- Recorded orders, and what customers bought with them.

-- name: add_order
INSERT INTO recorded_order (store_id, number, id, customer_id, email_key, counted, total, created, document)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: find_order_by_number
SELECT document FROM recorded_order WHERE store_id = $1 AND number = $2;

-- name: find_order_by_id
SELECT document FROM recorded_order WHERE store_id = $1 AND id = $2;

-- name: delete_order
DELETE FROM recorded_order WHERE store_id = $1 AND number = $2;

-- name: count_orders_of_customer
SELECT total, created FROM recorded_order WHERE store_id = $1 AND customer_id = $2 AND counted;

-- name: get_order_dates
-- The first and the last time that a customer ordered.
SELECT min(created), max(created) FROM recorded_order WHERE store_id = $1 AND customer_id = $2 AND counted;

-- name: add_purchase
INSERT INTO purchase (store_id, product_id, customer_id, number, name) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (store_id, product_id, customer_id, number) DO UPDATE SET name = excluded.name;

-- name: delete_purchases
DELETE FROM purchase WHERE store_id = $1 AND product_id = ANY($2::bigint[]) AND customer_id = $3 AND number = $4;

-- name: list_purchased_products
-- The name is that of the order with the highest number.
SELECT DISTINCT ON (product_id) product_id, name
FROM purchase JOIN customer ON customer.store_id = purchase.store_id AND customer.id = customer_id
WHERE purchase.store_id = $1 ORDER BY product_id, number DESC;

-- name: remember_orders
-- Those of a customer who is merged into another.
INSERT INTO merged_order (store_id, customer_id, number, seq)
SELECT store_id, customer_id, number, $3 FROM recorded_order WHERE store_id = $1 AND customer_id = $2;

-- name: list_holders_of_remembered
-- Who has the orders now that a customer had before it was merged.
SELECT DISTINCT o.customer_id FROM merged_order AS m
JOIN recorded_order AS o ON o.store_id = m.store_id AND o.number = m.number
WHERE m.store_id = $1 AND m.customer_id = $2;

-- name: give_purchases
-- What was bought with the orders that a customer had goes to another; before the orders do.
UPDATE purchase AS p SET customer_id = $3
FROM merged_order AS m JOIN recorded_order AS o ON o.store_id = m.store_id AND o.number = m.number
CROSS JOIN LATERAL jsonb_array_elements(o.document -> 'items') AS item
WHERE m.store_id = $1 AND m.customer_id = $2 AND p.store_id = $1
    AND p.product_id = (item.value ->> 'productId')::bigint AND p.customer_id = o.customer_id AND p.number = o.number;

-- name: give_orders
UPDATE recorded_order AS o SET customer_id = $3, document = jsonb_set(o.document, '{customerId}', to_jsonb($3::bigint))
FROM merged_order AS m WHERE m.store_id = $1 AND m.customer_id = $2 AND o.store_id = $1 AND o.number = m.number;

-- name: forget_orders
-- Of a customer who has them again, and all later moves of them.
DELETE FROM merged_order AS later USING merged_order AS own
WHERE own.store_id = $1 AND own.customer_id = $2
    AND later.store_id = $1 AND later.number = own.number AND later.seq >= own.seq;

-- name: forget_moves
-- Of an order that shall come back to nobody.
DELETE FROM merged_order WHERE store_id = $1 AND number = $2;

-- name: set_figures
UPDATE customer SET order_count = $3, sales_value = $4, first_order = $5, last_order = $6, document = $7
WHERE store_id = $1 AND id = $2;
