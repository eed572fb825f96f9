-- Requests that their clients named.

-- name: find_keyed_request
-- With the results of its writes, a row for each.
SELECT token_id, key, fingerprint, created, status, headers, body, texts, forgotten, number, kind, result
FROM keyed_request LEFT JOIN keyed_result USING (store_id, token_id, key)
WHERE store_id = $1 AND token_id = $2 AND key = $3 ORDER BY number;

-- name: get_keyed_request
SELECT fingerprint, created, status, forgotten FROM keyed_request WHERE store_id = $1 AND token_id = $2 AND key = $3;

-- name: add_keyed_request
INSERT INTO keyed_request (store_id, token_id, key, fingerprint, created, texts, forgotten)
VALUES ($1, $2, $3, $4, $5, false, false);

-- name: delete_keyed_request
DELETE FROM keyed_request WHERE store_id = $1 AND token_id = $2 AND key = $3;

-- name: add_keyed_result
-- No row is written when it is there already.
INSERT INTO keyed_result (store_id, token_id, key, number, kind, result) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING;

-- name: delete_keyed_results
DELETE FROM keyed_result WHERE store_id = $1 AND token_id = $2 AND key = $3;

-- name: keep_answer
UPDATE keyed_request SET status = $4, headers = $5, body = $6, texts = $7
WHERE store_id = $1 AND token_id = $2 AND key = $3;

-- name: forget_answers
UPDATE keyed_request SET status = NULL, headers = NULL, body = NULL, texts = false, forgotten = true
WHERE store_id = $1 AND (texts OR status IS NULL);

-- name: forget_results
DELETE FROM keyed_result WHERE store_id = $1;

-- name: delete_old_keyed_results
DELETE FROM keyed_result WHERE (store_id, token_id, key) IN (
    SELECT store_id, token_id, key FROM keyed_request WHERE created < $1);

-- name: delete_old_keyed_requests
DELETE FROM keyed_request WHERE created < $1;
