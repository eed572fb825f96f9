-- Every fixed statement of the PostgreSQL back end. Search conditions are assembled in customary/storage/search.py.
-- Whatever is done for a request names one store, so that a sharded database asks one shard.

-- name: is_table
SELECT to_regclass($1) IS NOT NULL;

-- name: is_sharded
SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus');

-- name: get_store
SELECT store_id, name, url, timezone, languages, default_language, suspended, created
FROM store WHERE store_id = $1;

-- name: list_stores
SELECT store_id, name, url, timezone, languages, default_language, suspended, created
FROM store ORDER BY store_id;

-- name: add_store
INSERT INTO store (store_id, name, url, timezone, languages, default_language, suspended, created)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: replace_store
UPDATE store SET name = $2, url = $3, timezone = $4, languages = $5, default_language = $6, version = $7
WHERE store_id = $1;

-- name: set_suspended
UPDATE store SET suspended = $2 WHERE store_id = $1 RETURNING store_id;

-- name: lock_store
-- What a transaction on the store starts from. Until it ends, no other can write to the store.
SELECT last_seq, last_customer_id, last_address_id, last_contact_id, last_group_id, last_extrafield_id,
    last_order_number, customer_count, last_change_at, version,
    store_id, name, url, timezone, languages, default_language, suspended, created,
    current_setting('synchronous_commit')
FROM store WHERE store_id = $1 FOR NO KEY UPDATE;

-- name: get_mark
-- It changes with every change of the row.
SELECT xmin::text FROM store WHERE store_id = $1;

-- name: set_counters
UPDATE store SET last_seq = $2, last_customer_id = $3, last_address_id = $4, last_contact_id = $5, last_group_id = $6,
    last_extrafield_id = $7, last_order_number = $8, customer_count = $9, last_change_at = $10,
    customers_updated = coalesce($11, customers_updated), orders_updated = coalesce($12, orders_updated)
WHERE store_id = $1;

-- name: count_customers
SELECT customer_count, last_seq FROM store WHERE store_id = $1;

-- name: find_access
-- A store, and its token with this digest, or nothing in its place.
SELECT s.store_id, s.name, s.url, s.timezone, s.languages, s.default_language, s.suspended, s.created,
    t.token_id, t.store_id, t.digest, t.public, t.label, t.scopes, t.created, t.revoked
FROM store AS s LEFT JOIN token AS t ON t.store_id = s.store_id AND t.digest = $2 AND t.revoked IS NULL
WHERE s.store_id = $1;

-- name: list_tokens
SELECT token_id, store_id, digest, public, label, scopes, created, revoked
FROM token WHERE $1::bigint IS NULL OR store_id = $1 ORDER BY token_id;

-- name: new_token_id
UPDATE installation SET last_token_id = last_token_id + 1 RETURNING last_token_id;

-- name: add_token
INSERT INTO token (store_id, token_id, digest, public, label, scopes, created) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: revoke_token
UPDATE token SET revoked = $1 WHERE token_id = $2 AND revoked IS NULL RETURNING token_id;

-- name: get_customer
SELECT document FROM customer WHERE store_id = $1 AND id = $2;

-- name: get_customers
SELECT id, document FROM customer WHERE store_id = $1 AND id = ANY($2::bigint[]);

-- name: get_documents
SELECT document FROM customer WHERE store_id = $1 AND id = ANY($2::bigint[]);

-- name: get_customers_by_email
SELECT document, email_key FROM customer WHERE store_id = $1 AND email_key = ANY($2::text[]);

-- name: find_customers
-- Goes through the store by id; the conditions of a search follow.
SELECT document FROM customer;

-- name: get_id_beyond
-- The first of those that are too many.
SELECT id FROM customer WHERE store_id = $1 AND id > $2 ORDER BY store_id, id LIMIT 1 OFFSET $3;

-- name: add_customers
INSERT INTO customer (store_id, id, registered, email_key, name_key, customer_group_id,
    email_text, phones, cities, postal_codes, companies, fiscal_code, pec_email, sdi_code,
    version, updated, lang, accept_marketing, tax_exempt, b2b_b2c, states, countries, document)
SELECT $1, n.* FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[],
    $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
    $15::bigint[], $16::bigint[], $17::text[], $18::boolean[], $19::boolean[], $20::text[], $21::text[], $22::text[],
    $23::jsonb[]) AS n;

-- name: replace_documents
-- Of customers whose other columns stay.
UPDATE customer AS c SET version = n.version, updated = n.updated, document = n.document
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::jsonb[]) AS n (id, version, updated, document)
WHERE c.store_id = $1 AND c.id = n.id;

-- name: replace_customers
-- Leaves the indexed columns alone, and so the indexes.
UPDATE customer AS c SET version = n.version, updated = n.updated, lang = n.lang,
    accept_marketing = n.accept_marketing, tax_exempt = n.tax_exempt, b2b_b2c = n.b2b_b2c, states = n.states,
    countries = n.countries, document = n.document
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::boolean[], $7::boolean[], $8::text[],
    $9::text[], $10::text[], $11::jsonb[])
    AS n (id, version, updated, lang, accept_marketing, tax_exempt, b2b_b2c, states, countries, document)
WHERE c.store_id = $1 AND c.id = n.id;

-- name: replace_customer_keys
-- The indexed columns, when one of them changed.
UPDATE customer AS c SET email_key = n.email_key, name_key = n.name_key, customer_group_id = n.customer_group_id
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[]) AS n (id, email_key, name_key, customer_group_id)
WHERE c.store_id = $1 AND c.id = n.id;

-- name: replace_customer_texts
-- The columns that text filters look into, when one of them changed.
UPDATE customer AS c SET email_text = n.email_text, phones = n.phones, cities = n.cities,
    postal_codes = n.postal_codes, companies = n.companies, fiscal_code = n.fiscal_code, pec_email = n.pec_email,
    sdi_code = n.sdi_code
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[])
    AS n (id, email_text, phones, cities, postal_codes, companies, fiscal_code, pec_email, sdi_code)
WHERE c.store_id = $1 AND c.id = n.id;

-- name: set_texts
-- What the index of texts holds of customers.
INSERT INTO customer_text (store_id, id, lines)
SELECT $1, n.id, n.lines FROM unnest($2::bigint[], $3::text[]) AS n (id, lines)
ON CONFLICT (store_id, id) DO UPDATE SET lines = excluded.lines;

-- name: delete_texts
DELETE FROM customer_text WHERE store_id = $1 AND id = ANY($2::bigint[]);

-- name: delete_customers
DELETE FROM customer WHERE store_id = $1 AND id = ANY($2::bigint[]);

-- name: list_group_members
SELECT document FROM customer WHERE store_id = $1 AND customer_group_id = $2 LIMIT $3;

-- name: get_group
SELECT id, name, external_reference_id FROM customer_group WHERE store_id = $1 AND id = $2;

-- name: count_group_members
SELECT id, member_count FROM customer_group WHERE store_id = $1;

-- name: move_members
UPDATE customer_group AS g SET member_count = member_count + n.difference
FROM unnest($2::bigint[], $3::bigint[]) AS n (id, difference)
WHERE g.store_id = $1 AND g.id = n.id;

-- name: get_group_version
SELECT version FROM customer_group WHERE store_id = $1 AND id = $2;

-- name: list_groups
SELECT id, name, external_reference_id FROM customer_group WHERE store_id = $1 ORDER BY id;

-- name: add_group
INSERT INTO customer_group (store_id, id, version, name, external_reference_id) VALUES ($1, $2, $3, $4, $5);

-- name: replace_group
UPDATE customer_group SET version = $3, name = $4, external_reference_id = $5 WHERE store_id = $1 AND id = $2;

-- name: delete_group
DELETE FROM customer_group WHERE store_id = $1 AND id = $2;

-- name: list_extrafields
SELECT id, key, title, type, shown_on_order_details, created, modified
FROM extrafield WHERE store_id = $1 ORDER BY id;

-- name: get_extrafield_version
SELECT version FROM extrafield WHERE store_id = $1 AND id = $2;

-- name: add_extrafield
INSERT INTO extrafield (store_id, id, version, key, title, type, shown_on_order_details, created, modified)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: replace_extrafield
UPDATE extrafield SET version = $3, title = $4, type = $5, shown_on_order_details = $6, modified = $7
WHERE store_id = $1 AND id = $2;

-- name: delete_extrafield
DELETE FROM extrafield WHERE store_id = $1 AND id = $2;

-- name: list_extrafield_holders
SELECT document FROM extrafield_holder AS h JOIN customer AS c ON c.store_id = h.store_id AND c.id = h.customer_id
WHERE h.store_id = $1 AND h.key = $2 LIMIT $3;

-- name: add_extrafield_holders
INSERT INTO extrafield_holder (store_id, key, customer_id)
SELECT $1, n.* FROM unnest($2::text[], $3::bigint[]) AS n;

-- name: delete_extrafield_holders
DELETE FROM extrafield_holder AS h USING unnest($2::text[], $3::bigint[]) AS n (key, customer_id)
WHERE h.store_id = $1 AND h.key = n.key AND h.customer_id = n.customer_id;

-- name: add_changes
INSERT INTO change (store_id, seq, entity, entity_id, kind, at, token_id, request_id, previous, group_id, before)
SELECT $1, n.* FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[],
    $9::bigint[], $10::bigint[], $11::jsonb[]) AS n;

-- name: add_changes_of_customers
-- The state before is what the customer's row still holds: it need not travel, nor be read as JSON once more.
INSERT INTO change (store_id, seq, entity, entity_id, kind, at, token_id, request_id, previous, group_id, before)
SELECT c.store_id, n.seq, n.entity, n.entity_id, n.kind, n.at, n.token_id, n.request_id, n.previous, n.group_id,
    c.document
FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[],
    $10::bigint[]) AS n (seq, entity, entity_id, kind, at, token_id, request_id, previous, group_id)
JOIN customer AS c ON c.id = n.entity_id
WHERE c.store_id = $1;

-- name: rewrite_customers
-- A whole transaction: changes of customers, one each, in nothing but their documents, provided that nobody has written
-- to the store since the mark was read. Unless all of them are there it divides by zero, and nothing is written.
WITH proved AS (
    UPDATE store SET last_seq = $3, last_address_id = $4, last_contact_id = $5, last_change_at = $6,
        customers_updated = $7
    WHERE store_id = $1 AND xmin::text = $2 AND last_seq = $3::bigint - cardinality($8::bigint[])
        AND current_setting('synchronous_commit') <> 'off'
    RETURNING xmin::text AS mark
), told AS (
    INSERT INTO change (store_id, seq, entity, entity_id, kind, at, token_id, request_id, previous, group_id, before)
    SELECT c.store_id, $3 - cardinality($8) + n.number, 'customer', n.id, n.kind, n.at, n.token_id, n.request_id,
        c.version, c.customer_group_id, c.document
    FROM proved CROSS JOIN unnest($8::bigint[], $9::text[], $10::bigint[], $11::bigint[], $12::text[])
        WITH ORDINALITY AS n (id, kind, at, token_id, request_id, number)
    JOIN customer AS c ON c.id = n.id
    WHERE c.store_id = $1
), rewritten AS (
    UPDATE customer AS c SET version = $3 - cardinality($8) + n.number, updated = n.updated, document = n.document
    FROM proved CROSS JOIN unnest($8::bigint[], $13::bigint[], $14::jsonb[])
        WITH ORDINALITY AS n (id, updated, document, number)
    WHERE c.store_id = $1 AND c.id = n.id
    RETURNING c.id
)
SELECT mark, 1 / CASE WHEN (SELECT count(*) FROM rewritten) = cardinality($8) THEN 1 ELSE 0 END FROM proved;

-- name: list_changes
SELECT seq, entity, entity_id, kind, at, token_id, request_id, previous, before
FROM change WHERE store_id = $1 AND seq > $2 ORDER BY seq LIMIT $3;

-- name: get_change_at
-- The time of the first change from a position on.
SELECT seq, at FROM change WHERE store_id = $1 AND seq >= $2 ORDER BY seq LIMIT 1;

-- name: who_made_change
-- Tells whether a commit of unknown outcome took place.
SELECT entity, entity_id, kind, at, token_id, request_id FROM change WHERE store_id = $1 AND seq = $2;

-- name: count_deleted
SELECT count(*) FROM change
WHERE store_id = $1 AND entity = 'customer' AND kind = 'deleted' AND at BETWEEN $2 AND $3
    AND seq NOT IN (SELECT seq FROM undone_deletion WHERE store_id = $1);

-- name: list_deleted
SELECT entity_id, at FROM change
WHERE store_id = $1 AND entity = 'customer' AND kind = 'deleted' AND at BETWEEN $2 AND $3
    AND seq NOT IN (SELECT seq FROM undone_deletion WHERE store_id = $1)
ORDER BY at, seq LIMIT $4 OFFSET $5;
