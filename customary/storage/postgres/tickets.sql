-- Batches of requests.

-- name: find_ticket_by_key
SELECT ticket FROM ticket
WHERE store_id = $1 AND token_id = $2 AND deduplication_key = $3 AND created > $4 ORDER BY created LIMIT 1;

-- name: add_ticket
INSERT INTO ticket (store_id, ticket, token_id, token_digest, deduplication_key, stop_on_first_failure, parallel,
    total, created)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: add_ticket_requests
INSERT INTO ticket_request (store_id, ticket, position, id, method, path, query, body)
SELECT $1, $2, n.* FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[]) AS n;

-- name: get_ticket
SELECT store_id, ticket, token_id, token_digest, deduplication_key, stop_on_first_failure, parallel, total, created,
    finished
FROM ticket WHERE store_id = $1 AND ticket = $2;

-- name: list_ticket_requests
SELECT id, method, path, query, body FROM ticket_request WHERE store_id = $1 AND ticket = $2 ORDER BY position;

-- name: list_ticket_responses
SELECT position, id, status, ticket_response.body
FROM ticket_response JOIN ticket_request USING (store_id, ticket, position)
WHERE store_id = $1 AND ticket = $2 ORDER BY position;

-- name: list_ticket_statuses
SELECT position, status FROM ticket_response WHERE store_id = $1 AND ticket = $2;

-- name: list_unfinished_tickets
SELECT store_id, ticket FROM ticket
WHERE finished IS NULL AND (runner IS NULL OR runner = $1 OR held_until < extract(epoch FROM now()))
ORDER BY created, ticket;

-- name: take_ticket
-- By the clock of the database: those of the servers may differ.
UPDATE ticket SET runner = $3, held_until = extract(epoch FROM now())::float8 + $4
WHERE store_id = $1 AND ticket = $2 AND finished IS NULL
    AND (runner IS NULL OR runner = $3 OR held_until < extract(epoch FROM now()));

-- name: hold_ticket
UPDATE ticket SET held_until = extract(epoch FROM now())::float8 + $4
WHERE store_id = $1 AND ticket = $2 AND finished IS NULL AND runner = $3;

-- name: give_ticket_back
UPDATE ticket SET runner = NULL WHERE store_id = $1 AND ticket = $2 AND runner = $3;

-- name: get_ticket_runner
SELECT runner FROM ticket WHERE store_id = $1 AND ticket = $2;

-- name: add_ticket_response
-- Again does nothing: the first time may have been a commit whose end nobody heard of.
INSERT INTO ticket_response (store_id, ticket, position, status, body) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (store_id, ticket, position) DO NOTHING;

-- name: finish_ticket
UPDATE ticket SET finished = $3 WHERE store_id = $1 AND ticket = $2;

-- name: forget_ticket_requests
-- What they asked is of no use once they are answered, and may be about people.
UPDATE ticket_request SET path = '', query = '', body = '' WHERE store_id = $1 AND ticket = $2;

-- name: add_receipt
INSERT INTO ticket_receipt (store_id, ticket, position, number, kind, result) VALUES ($1, $2, $3, $4, $5, $6);

-- name: list_begun_requests
-- Receipts are there until the answer is.
SELECT DISTINCT position FROM ticket_receipt WHERE store_id = $1 AND ticket = $2 ORDER BY position;

-- name: list_receipts
SELECT ticket, position, number, kind, result FROM ticket_receipt
WHERE store_id = $1 AND ticket = $2 AND position = $3 ORDER BY number;

-- name: delete_receipts
-- Once the answer is kept they are of no use.
DELETE FROM ticket_receipt WHERE store_id = $1 AND ticket = $2 AND position = $3;

-- name: find_old_ticket
SELECT store_id, ticket FROM ticket WHERE finished < $1 LIMIT 1;

-- name: delete_ticket
DELETE FROM ticket WHERE store_id = $1 AND ticket = $2;

-- name: delete_ticket_requests
DELETE FROM ticket_request WHERE store_id = $1 AND ticket = $2;

-- name: delete_ticket_responses
DELETE FROM ticket_response WHERE store_id = $1 AND ticket = $2;
