-- Batches of requests.

-- name: find_ticket_by_key
SELECT ticket FROM ticket
WHERE store_id = ? AND token_id = ? AND deduplication_key = ? AND created > ? ORDER BY created LIMIT 1;

-- name: add_ticket
INSERT INTO ticket (store_id, ticket, token_id, token_digest, deduplication_key, stop_on_first_failure, parallel,
    total, created)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: add_ticket_request
INSERT INTO ticket_request (store_id, ticket, position, id, method, path, query, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: get_ticket
SELECT store_id, ticket, token_id, token_digest, deduplication_key, stop_on_first_failure, parallel, total, created,
    finished
FROM ticket WHERE store_id = ? AND ticket = ?;

-- name: list_ticket_requests
SELECT id, method, path, query, body FROM ticket_request WHERE store_id = ? AND ticket = ? ORDER BY position;

-- name: list_ticket_responses
SELECT position, id, status, ticket_response.body
FROM ticket_response JOIN ticket_request USING (store_id, ticket, position)
WHERE store_id = ? AND ticket = ? ORDER BY position;

-- name: list_ticket_statuses
SELECT position, status FROM ticket_response WHERE store_id = ? AND ticket = ?;

-- name: list_unfinished_tickets
SELECT store_id, ticket FROM ticket
WHERE finished IS NULL AND (runner IS NULL OR runner = ? OR held_until < unixepoch('subsec'))
ORDER BY created, ticket;

-- name: take_ticket
UPDATE ticket SET runner = ?3, held_until = unixepoch('subsec') + ?4
WHERE store_id = ?1 AND ticket = ?2 AND finished IS NULL
    AND (runner IS NULL OR runner = ?3 OR held_until < unixepoch('subsec'))
RETURNING ticket;

-- name: hold_ticket
UPDATE ticket SET held_until = unixepoch('subsec') + ?4
WHERE store_id = ?1 AND ticket = ?2 AND finished IS NULL AND runner = ?3
RETURNING ticket;

-- name: give_ticket_back
UPDATE ticket SET runner = NULL WHERE store_id = ? AND ticket = ? AND runner = ?;

-- name: has_ticket
SELECT 1 FROM ticket WHERE store_id = ? AND ticket = ? AND runner = ?;

-- name: add_ticket_response
INSERT OR IGNORE INTO ticket_response (store_id, ticket, position, status, body) VALUES (?, ?, ?, ?, ?);

-- name: finish_ticket
UPDATE ticket SET finished = ? WHERE store_id = ? AND ticket = ?;

-- name: forget_ticket_requests
-- What they asked is of no use once they are answered, and may be about people.
UPDATE ticket_request SET path = '', query = '', body = x'' WHERE store_id = ? AND ticket = ?;

-- name: add_receipt
INSERT INTO ticket_receipt (store_id, ticket, position, number, kind, result) VALUES (?, ?, ?, ?, ?, ?);

-- name: list_begun_requests
-- Receipts are there until the answer is.
SELECT DISTINCT position FROM ticket_receipt WHERE store_id = ? AND ticket = ? ORDER BY position;

-- name: list_receipts
SELECT ticket, position, number, kind, result FROM ticket_receipt
WHERE store_id = ? AND ticket = ? AND position = ? ORDER BY number;

-- name: delete_receipts
-- Once the answer is kept they are of no use.
DELETE FROM ticket_receipt WHERE store_id = ? AND ticket = ? AND position = ?;

-- name: find_old_ticket
SELECT store_id, ticket FROM ticket WHERE finished < ? LIMIT 1;

-- name: delete_ticket
DELETE FROM ticket WHERE store_id = ? AND ticket = ?;

-- name: delete_ticket_requests
DELETE FROM ticket_request WHERE store_id = ? AND ticket = ?;

-- name: delete_ticket_responses
DELETE FROM ticket_response WHERE store_id = ? AND ticket = ?;
