-- Requests that their clients named.

-- name: find_keyed_request
-- With the results of its writes, a row for each.
SELECT token_id, key, fingerprint, created, status, headers, body, texts, forgotten, number, kind, result
FROM keyed_request LEFT JOIN keyed_result USING (store_id, token_id, key)
WHERE store_id = ? AND token_id = ? AND key = ? ORDER BY number;

-- name: get_keyed_request
SELECT fingerprint, created, status, forgotten FROM keyed_request WHERE store_id = ? AND token_id = ? AND key = ?;

-- name: add_keyed_request
INSERT INTO keyed_request (store_id, token_id, key, fingerprint, created, texts, forgotten)
VALUES (?, ?, ?, ?, ?, false, false);

-- name: delete_keyed_request
DELETE FROM keyed_request WHERE store_id = ? AND token_id = ? AND key = ?;

-- name: add_keyed_result
-- Nothing comes back when it is there already.
INSERT INTO keyed_result (store_id, token_id, key, number, kind, result) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING RETURNING number;

-- name: delete_keyed_results
DELETE FROM keyed_result WHERE store_id = ? AND token_id = ? AND key = ?;

-- name: keep_answer
UPDATE keyed_request SET status = ?, headers = ?, body = ?, texts = ? WHERE store_id = ? AND token_id = ? AND key = ?;

-- name: forget_answers
UPDATE keyed_request SET status = NULL, headers = NULL, body = NULL, texts = false, forgotten = true
WHERE store_id = ? AND (texts OR status IS NULL);

-- name: forget_results
DELETE FROM keyed_result WHERE store_id = ?;

-- name: delete_old_keyed_results
-- Those of some old requests, so that others get their turn; the requests are the next to go.
DELETE FROM keyed_result WHERE (store_id, token_id, key) IN (
    SELECT store_id, token_id, key FROM keyed_request WHERE created < ?
    ORDER BY created, store_id, token_id, key LIMIT ?);

-- name: delete_old_keyed_requests
DELETE FROM keyed_request WHERE (store_id, token_id, key) IN (
    SELECT store_id, token_id, key FROM keyed_request WHERE created < ?
    ORDER BY created, store_id, token_id, key LIMIT ?);

-- name: count_deleted_rows
-- Of the statement before.
SELECT changes();
