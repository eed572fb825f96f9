-- Customers that were erased, without anything of the person. purged is when their dead rows were gone.
CREATE TABLE erasure (
    store_id    bigint NOT NULL,
    customer_id bigint NOT NULL,
    at          bigint NOT NULL,
    token_id    bigint NOT NULL,
    request_id  text   NOT NULL,
    seq         bigint NOT NULL,
    purged      bigint,
    PRIMARY KEY (store_id, customer_id)
);
CREATE INDEX erasure_unpurged ON erasure (store_id, customer_id) WHERE purged IS NULL;

-- What a batch asked is of no use once it is answered.
UPDATE ticket_request SET path = '', query = '', body = ''
WHERE EXISTS (
    SELECT FROM ticket
    WHERE ticket.store_id = ticket_request.store_id AND ticket.ticket = ticket_request.ticket AND finished IS NOT NULL
);
