-- Requests that their clients named with an Idempotency-Key, for a day. texts: the body of the answer holds more than
-- numbers.
CREATE TABLE keyed_request (
    store_id    bigint  NOT NULL,
    token_id    bigint  NOT NULL,
    key         text    COLLATE "C" NOT NULL,
    fingerprint bytea   NOT NULL,
    created     bigint  NOT NULL,
    status      bigint,
    headers     text,
    body        bytea,
    texts       boolean NOT NULL,
    forgotten   boolean NOT NULL,
    PRIMARY KEY (store_id, token_id, key)
);
CREATE INDEX keyed_request_by_created ON keyed_request (created);

-- What their writes came to, kept in the transaction of each until the answer is there.
CREATE TABLE keyed_result (
    store_id bigint  NOT NULL,
    token_id bigint  NOT NULL,
    key      text    COLLATE "C" NOT NULL,
    number   bigint  NOT NULL,
    kind     text    NOT NULL,
    result   bytea   NOT NULL,
    PRIMARY KEY (store_id, token_id, key, number)
);
