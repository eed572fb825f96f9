-- Requests that their clients named with an Idempotency-Key, for a day. texts: the body of the answer holds more than
-- numbers.
CREATE TABLE keyed_request (
    store_id    INTEGER NOT NULL,
    token_id    INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    created     INTEGER NOT NULL,
    status      INTEGER,
    headers     TEXT,
    body        BLOB,
    texts       INTEGER NOT NULL,
    forgotten   INTEGER NOT NULL,
    PRIMARY KEY (store_id, token_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX keyed_request_by_created ON keyed_request (created);

-- What their writes came to, kept in the transaction of each until the answer is there.
CREATE TABLE keyed_result (
    store_id INTEGER NOT NULL,
    token_id INTEGER NOT NULL,
    key      TEXT    NOT NULL,
    number   INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    result   BLOB    NOT NULL,
    PRIMARY KEY (store_id, token_id, key, number)
) STRICT, WITHOUT ROWID;
