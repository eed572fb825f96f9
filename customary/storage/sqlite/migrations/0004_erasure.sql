-- Customers that were erased, without anything of the person. purged is when the last traces were gone from the files.
CREATE TABLE erasure (
    store_id    INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    token_id    INTEGER NOT NULL,
    request_id  TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    purged      INTEGER,
    PRIMARY KEY (store_id, customer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_unpurged ON erasure (store_id, customer_id) WHERE purged IS NULL;

-- What a batch asked is of no use once it is answered.
UPDATE ticket_request SET path = '', query = '', body = x''
WHERE (store_id, ticket) IN (SELECT store_id, ticket FROM ticket WHERE finished IS NOT NULL);
