-- Every fixed statement of the SQLite back end. Search conditions are assembled in search.py.

-- name: is_table
SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?;

-- name: get_store
SELECT store_id, name, url, timezone, languages, default_language, suspended, created
FROM store WHERE store_id = ?;

-- name: list_stores
SELECT store_id, name, url, timezone, languages, default_language, suspended, created
FROM store ORDER BY store_id;

-- name: add_store
INSERT INTO store (store_id, name, url, timezone, languages, default_language, suspended, created)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: replace_store
UPDATE store SET name = ?, url = ?, timezone = ?, languages = ?, default_language = ?, version = ?
WHERE store_id = ?;

-- name: set_suspended
UPDATE store SET suspended = ? WHERE store_id = ? RETURNING store_id;

-- name: get_counters
-- What a transaction on the store starts from.
SELECT last_seq, last_customer_id, last_address_id, last_contact_id, last_group_id, last_extrafield_id,
    last_order_number, customer_count, last_change_at, version
FROM store WHERE store_id = ?;

-- name: set_counters
UPDATE store SET last_seq = ?, last_customer_id = ?, last_address_id = ?, last_contact_id = ?, last_group_id = ?,
    last_extrafield_id = ?, last_order_number = ?, customer_count = ?, last_change_at = ?
WHERE store_id = ?;

-- name: count_customers
SELECT customer_count, last_seq, last_customer_id FROM store WHERE store_id = ?;

-- name: find_token
SELECT token_id, store_id, digest, public, label, scopes, created, revoked
FROM token WHERE store_id = ? AND digest = ? AND revoked IS NULL;

-- name: list_tokens
SELECT token_id, store_id, digest, public, label, scopes, created, revoked
FROM token WHERE ?1 IS NULL OR store_id = ?1 ORDER BY token_id;

-- name: add_token
INSERT INTO token (store_id, digest, public, label, scopes, created) VALUES (?, ?, ?, ?, ?, ?) RETURNING token_id;

-- name: revoke_token
UPDATE token SET revoked = ? WHERE token_id = ? AND revoked IS NULL RETURNING token_id;

-- name: get_customer
SELECT document FROM customer WHERE customer_key = ?;

-- name: get_customers
-- Those of a list of keys, in its order, as one JSON list.
SELECT '[' || group_concat(document, ',' ORDER BY json_each.key) || ']'
FROM json_each(?) CROSS JOIN customer ON customer_key = json_each.value;

-- name: find_customers
-- Goes through the store by id, whatever indexes there are; the conditions of a search follow.
SELECT document
FROM customer NOT INDEXED WHERE customer_key > ? AND customer_key <= ?;

-- name: get_key_beyond
-- The first of those that are too many.
SELECT customer_key FROM customer NOT INDEXED WHERE customer_key > ? AND customer_key <= ?
ORDER BY customer_key LIMIT 1 OFFSET ?;

-- name: add_customer
INSERT INTO customer (customer_key, store_id, id, registered, email_key, name_key, customer_group_id,
    email_text, phones, cities, postal_codes, companies, fiscal_code, pec_email, sdi_code,
    version, updated, lang, accept_marketing, tax_exempt, b2b_b2c, states, countries, document)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: replace_document
-- Of a customer whose other columns stay: most updates.
UPDATE customer SET version = ?, updated = ?, document = ? WHERE customer_key = ?;

-- name: replace_customer
-- Leaves every indexed column alone: an index entry that is set is rewritten even when its value stays.
UPDATE customer SET version = ?, updated = ?, lang = ?, accept_marketing = ?, tax_exempt = ?, b2b_b2c = ?,
    states = ?, countries = ?, document = ?
WHERE customer_key = ?;

-- name: replace_customer_keys
-- The indexed columns, when one of them changed.
UPDATE customer SET email_key = ?, name_key = ?, customer_group_id = ? WHERE customer_key = ?;

-- name: replace_customer_texts
-- The columns that text filters look into, when one of them changed.
UPDATE customer SET email_text = ?, phones = ?, cities = ?, postal_codes = ?, companies = ?, fiscal_code = ?,
    pec_email = ?, sdi_code = ?
WHERE customer_key = ?;

-- name: mark_unindexed
INSERT OR IGNORE INTO customer_unindexed (customer_key) VALUES (?);

-- name: count_unindexed
SELECT count(*) FROM customer_unindexed;

-- name: get_texts
-- What the text index holds of one customer.
SELECT concat_ws(char(10), name_key, email_text, phones, cities, postal_codes, companies, fiscal_code, pec_email,
    sdi_code)
FROM customer WHERE customer_key = ?;

-- name: unindex_texts
-- The first of five steps that bring both indexes of texts up to date with some of the marked customers.
DELETE FROM customer_text WHERE rowid IN (SELECT customer_key FROM customer_unindexed ORDER BY 1 LIMIT ?);

-- name: index_texts
INSERT INTO customer_text (rowid, lines)
SELECT customer_key, concat_ws(char(10), name_key, email_text, phones, cities, postal_codes, companies, fiscal_code,
    pec_email, sdi_code)
FROM (SELECT customer_key FROM customer_unindexed ORDER BY 1 LIMIT ?) JOIN customer USING (customer_key);

-- name: unindex_endings
-- The same two steps for the index of endings.
DELETE FROM customer_ending WHERE rowid IN (SELECT customer_key FROM customer_unindexed ORDER BY 1 LIMIT ?);

-- name: index_endings
INSERT INTO customer_ending (rowid, words)
SELECT customer_key, endings(store_id, name_key, phones)
FROM (SELECT customer_key FROM customer_unindexed ORDER BY 1 LIMIT ?) JOIN customer USING (customer_key);

-- name: unmark_indexed
DELETE FROM customer_unindexed
WHERE customer_key IN (SELECT customer_key FROM customer_unindexed ORDER BY 1 LIMIT ?);

-- name: get_ending_filled
SELECT customer_key FROM ending_filled;

-- name: get_ending_piece
-- The last customer of the next so many.
SELECT max(customer_key) FROM (SELECT customer_key FROM customer WHERE customer_key > ? ORDER BY 1 LIMIT ?);

-- name: clear_endings
DELETE FROM customer_ending WHERE rowid > ? AND rowid <= ?;

-- name: fill_endings
INSERT INTO customer_ending (rowid, words)
SELECT customer_key, endings(store_id, name_key, phones) FROM customer WHERE customer_key > ? AND customer_key <= ?;

-- name: set_ending_filled
UPDATE ending_filled SET customer_key = ?;

-- name: list_ending_pieces
-- The pages of each.
SELECT count(*) FROM customer_ending_idx GROUP BY segid;

-- name: finish_endings
DELETE FROM ending_filled;

-- name: list_by_ending
-- Customers with a word from the first on and before the second, and those of the store that the index has not seen. A
-- customer may be there more than once.
SELECT doc AS found FROM ending_word WHERE term >= ? AND term < ?
UNION ALL SELECT customer_key FROM customer_unindexed WHERE customer_key BETWEEN ? AND ?
LIMIT ?;

-- name: list_by_whole_ending
-- The same, with a word that is a match expression.
SELECT rowid AS found FROM customer_ending WHERE customer_ending MATCH ?
UNION ALL SELECT customer_key FROM customer_unindexed WHERE customer_key BETWEEN ? AND ?
LIMIT ?;

-- name: delete_customer
DELETE FROM customer WHERE customer_key = ?;

-- name: list_group_members
SELECT document FROM customer WHERE store_id = ? AND customer_group_id = ? LIMIT ?;

-- name: get_group
SELECT id, name, external_reference_id FROM customer_group WHERE store_id = ? AND id = ?;

-- name: count_group_members
-- As a JSON object, by id.
SELECT json_group_object(id, member_count) FROM customer_group WHERE store_id = ?;

-- name: move_members
UPDATE customer_group SET member_count = member_count + ? WHERE store_id = ? AND id = ?;

-- name: get_group_version
SELECT version FROM customer_group WHERE store_id = ? AND id = ?;

-- name: list_groups
SELECT id, name, external_reference_id FROM customer_group WHERE store_id = ? ORDER BY id;

-- name: add_group
INSERT INTO customer_group (store_id, id, version, name, external_reference_id) VALUES (?, ?, ?, ?, ?);

-- name: replace_group
UPDATE customer_group SET version = ?, name = ?, external_reference_id = ? WHERE store_id = ? AND id = ?;

-- name: delete_group
DELETE FROM customer_group WHERE store_id = ? AND id = ?;

-- name: list_extrafields
SELECT id, key, title, type, shown_on_order_details, created, modified
FROM extrafield WHERE store_id = ? ORDER BY id;

-- name: get_extrafield_version
SELECT version FROM extrafield WHERE store_id = ? AND id = ?;

-- name: add_extrafield
INSERT INTO extrafield (store_id, id, version, key, title, type, shown_on_order_details, created, modified)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: replace_extrafield
UPDATE extrafield SET version = ?, title = ?, type = ?, shown_on_order_details = ?, modified = ?
WHERE store_id = ? AND id = ?;

-- name: delete_extrafield
DELETE FROM extrafield WHERE store_id = ? AND id = ?;

-- name: list_extrafield_holders
SELECT document
FROM extrafield_holder CROSS JOIN customer
    ON customer_key = (extrafield_holder.store_id << 32) + customer_id
WHERE extrafield_holder.store_id = ? AND key = ? LIMIT ?;

-- name: add_extrafield_holder
INSERT INTO extrafield_holder (store_id, key, customer_id) VALUES (?, ?, ?);

-- name: delete_extrafield_holder
DELETE FROM extrafield_holder WHERE store_id = ? AND key = ? AND customer_id = ?;

-- name: add_change
INSERT INTO change (store_id, seq, entity, entity_id, kind, at, token_id, request_id, previous, before, group_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: list_changes
SELECT seq, entity, entity_id, kind, at, token_id, request_id, previous, before
FROM change WHERE store_id = ? AND seq > ? ORDER BY seq LIMIT ?;

-- name: get_change_at
-- The time of the first change from a position on.
SELECT seq, at FROM change WHERE store_id = ? AND seq >= ? ORDER BY seq LIMIT 1;

-- name: get_change
SELECT seq, entity, entity_id, kind, at, token_id, request_id, previous, before
FROM change WHERE store_id = ? AND seq = ?;

-- name: newest_customer_change
-- The head of a customer's chain: its row, or its erasure or deletion when the row is gone.
SELECT coalesce(
    (SELECT version FROM customer WHERE store_id = ?1 AND id = ?2 AND customer_key = ?3),
    (SELECT seq FROM erasure WHERE store_id = ?1 AND customer_id = ?2),
    (SELECT max(seq) FROM change
     WHERE store_id = ?1 AND entity = 'customer' AND entity_id = ?2 AND kind = 'deleted'), 0);

-- name: newest_group_change
SELECT coalesce(
    (SELECT version FROM customer_group WHERE store_id = ?1 AND id = ?2),
    (SELECT max(seq) FROM change
     WHERE store_id = ?1 AND entity = 'group' AND entity_id = ?2 AND kind = 'deleted'), 0);

-- name: newest_extrafield_change
SELECT coalesce(
    (SELECT version FROM extrafield WHERE store_id = ?1 AND id = ?2),
    (SELECT max(seq) FROM change
     WHERE store_id = ?1 AND entity = 'extrafield' AND entity_id = ?2 AND kind = 'deleted'), 0);

-- name: newest_store_change
SELECT version FROM store WHERE store_id = ?;

-- name: count_deleted
SELECT count(*) FROM change
WHERE store_id = ?1 AND entity = 'customer' AND kind = 'deleted' AND at BETWEEN ?2 AND ?3
    AND seq NOT IN (SELECT seq FROM undone_deletion WHERE store_id = ?1);

-- name: list_deleted
SELECT entity_id, at FROM change
WHERE store_id = ?1 AND entity = 'customer' AND kind = 'deleted' AND at BETWEEN ?2 AND ?3
    AND seq NOT IN (SELECT seq FROM undone_deletion WHERE store_id = ?1)
ORDER BY at, seq LIMIT ?4 OFFSET ?5;
