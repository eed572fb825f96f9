-- What is told of a store's customers as a whole.

-- name: count_repeated
-- Customers with more than one order, and with one.
SELECT count(*) FILTER (WHERE order_count > 1), count(*) FILTER (WHERE order_count = 1)
FROM customer WHERE store_id = ?;

-- name: list_customer_languages
SELECT DISTINCT lang FROM customer WHERE store_id = ? AND lang <> '';

-- name: list_customer_countries
-- Lines of country codes, as they stand in the column.
SELECT DISTINCT countries FROM customer WHERE store_id = ?;

-- name: list_customer_addresses
-- Stops at the limit, so that a big store is not read through.
SELECT DISTINCT coalesce(value ->> 'street', ''), coalesce(value ->> 'city', ''), coalesce(value ->> 'countryCode', '')
FROM customer, json_each(document, '$.shippingAddresses')
WHERE store_id = ? LIMIT ?;

-- name: get_latest_updates
SELECT created, customers_updated, orders_updated FROM store WHERE store_id = ?;

-- name: set_customers_updated
UPDATE store SET customers_updated = ? WHERE store_id = ?;

-- name: set_orders_updated
UPDATE store SET orders_updated = ? WHERE store_id = ?;
