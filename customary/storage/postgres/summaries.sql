-- What is told of a store's customers as a whole.

-- name: count_repeated
-- Customers with more than one order, and with one.
SELECT count(*) FILTER (WHERE order_count > 1), count(*) FILTER (WHERE order_count = 1)
FROM customer WHERE store_id = $1;

-- name: list_customer_languages
SELECT DISTINCT lang FROM customer WHERE store_id = $1 AND lang <> '';

-- name: list_customer_countries
-- Lines of country codes, as they stand in the column.
SELECT DISTINCT countries FROM customer WHERE store_id = $1;

-- name: list_customer_addresses
-- Stops at the limit, so that a big store is not read through.
SELECT DISTINCT coalesce(a.value ->> 'street', ''), coalesce(a.value ->> 'city', ''),
    coalesce(a.value ->> 'countryCode', '')
FROM customer CROSS JOIN LATERAL jsonb_array_elements(document -> 'shippingAddresses') AS a (value)
WHERE store_id = $1 LIMIT $2;

-- name: get_latest_updates
SELECT created, customers_updated, orders_updated FROM store WHERE store_id = $1;
