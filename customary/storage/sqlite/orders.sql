-- Recorded orders, and what customers bought with them.

-- name: add_order
INSERT INTO recorded_order (store_id, number, id, customer_id, email_key, counted, total, created, document)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: find_order
-- By number or by id: text is no number here, and no number is text.
SELECT document FROM recorded_order WHERE store_id = ?1 AND number = ?2
UNION ALL SELECT document FROM recorded_order WHERE store_id = ?1 AND id = ?2;

-- name: delete_order
DELETE FROM recorded_order WHERE store_id = ? AND number = ?;

-- name: count_orders_of_customer
SELECT total, created FROM recorded_order WHERE store_id = ? AND customer_id = ? AND counted;

-- name: get_order_dates
-- The first and the last time that a customer ordered.
SELECT (SELECT min(created) FROM recorded_order WHERE store_id = ?1 AND customer_id = ?2 AND counted),
    (SELECT max(created) FROM recorded_order WHERE store_id = ?1 AND customer_id = ?2 AND counted);

-- name: add_purchase
INSERT OR REPLACE INTO purchase (store_id, product_id, customer_id, number, name) VALUES (?, ?, ?, ?, ?);

-- name: delete_purchase
DELETE FROM purchase WHERE store_id = ? AND product_id = ? AND customer_id = ? AND number = ?;

-- name: list_purchased_products
-- The name is that of the row with the highest number: SQLite takes the other columns from where max() is found.
SELECT product_id, name, max(number)
FROM purchase JOIN customer ON customer_key = (purchase.store_id << 32) + customer_id
WHERE purchase.store_id = ? GROUP BY product_id;

-- name: remember_orders
-- Those of a customer who is merged into another.
INSERT INTO merged_order (store_id, customer_id, number, seq)
SELECT store_id, customer_id, number, ? FROM recorded_order WHERE store_id = ? AND customer_id = ?;

-- name: list_holders_of_remembered
-- Who has the orders now that a customer had before it was merged.
SELECT DISTINCT o.customer_id FROM merged_order AS m JOIN recorded_order AS o USING (store_id, number)
WHERE m.store_id = ? AND m.customer_id = ?;

-- name: give_purchases
-- What was bought with the orders that a customer had goes to another; before the orders do.
UPDATE purchase SET customer_id = ?1
WHERE (store_id, product_id, customer_id, number) IN (
    SELECT o.store_id, item.value ->> '$.productId', o.customer_id, o.number
    FROM merged_order AS m JOIN recorded_order AS o USING (store_id, number), json_each(o.document, '$.items') AS item
    WHERE m.store_id = ?2 AND m.customer_id = ?3);

-- name: give_orders
UPDATE recorded_order SET customer_id = ?1, document = json_set(document, '$.customerId', ?1)
WHERE store_id = ?2 AND number IN (SELECT number FROM merged_order WHERE store_id = ?2 AND customer_id = ?3);

-- name: forget_orders
-- Of a customer who has them again, and all later moves of them.
DELETE FROM merged_order WHERE (store_id, customer_id, number) IN (
    SELECT later.store_id, later.customer_id, later.number
    FROM merged_order AS own JOIN merged_order AS later USING (store_id, number)
    WHERE own.store_id = ? AND own.customer_id = ? AND later.seq >= own.seq);

-- name: forget_moves
-- Of an order that shall come back to nobody.
DELETE FROM merged_order WHERE store_id = ? AND number = ?;

-- name: set_figures
UPDATE customer SET order_count = ?, sales_value = ?, first_order = ?, last_order = ?, document = ?
WHERE customer_key = ?;

-- name: find_customer
SELECT document FROM customer WHERE store_id = ? AND email_key = ?;
