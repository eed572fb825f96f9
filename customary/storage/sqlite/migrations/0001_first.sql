-- The first schema. Text keys are computed by customary (model/keys.py); times are UNIX seconds.

-- The counters hand out ids that are never used again, and positions in the store's change log.
CREATE TABLE store (
    store_id         INTEGER PRIMARY KEY,
    name             TEXT    NOT NULL,
    url              TEXT    NOT NULL,
    timezone         TEXT    NOT NULL,
    languages        TEXT    NOT NULL, -- JSON list
    default_language TEXT    NOT NULL,
    suspended        INTEGER NOT NULL DEFAULT 0,
    created          INTEGER NOT NULL,
    version          INTEGER NOT NULL DEFAULT 0,
    last_seq         INTEGER NOT NULL DEFAULT 0,
    last_customer_id INTEGER NOT NULL DEFAULT 0,
    last_address_id  INTEGER NOT NULL DEFAULT 0,
    last_contact_id  INTEGER NOT NULL DEFAULT 0,
    last_group_id    INTEGER NOT NULL DEFAULT 0,
    last_extrafield_id INTEGER NOT NULL DEFAULT 0,
    last_order_number INTEGER NOT NULL DEFAULT 0,
    customer_count   INTEGER NOT NULL DEFAULT 0,
    last_change_at   INTEGER NOT NULL DEFAULT 0, -- time never goes back in a store's change log
    customers_updated INTEGER,                   -- when a customer was last changed, and an order
    orders_updated   INTEGER
) STRICT;

CREATE TABLE token (
    token_id INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES store (store_id),
    digest   BLOB    NOT NULL, -- SHA-256 of the token
    public   INTEGER NOT NULL,
    label    TEXT    NOT NULL,
    scopes   TEXT    NOT NULL, -- JSON list
    created  INTEGER NOT NULL,
    revoked  INTEGER
) STRICT;
CREATE UNIQUE INDEX token_by_digest ON token (store_id, digest);

CREATE TABLE customer_group (
    store_id              INTEGER NOT NULL,
    id                    INTEGER NOT NULL,
    version               INTEGER NOT NULL,
    name                  TEXT    NOT NULL,
    external_reference_id TEXT    NOT NULL,
    member_count          INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE extrafield (
    store_id               INTEGER NOT NULL,
    id                     INTEGER NOT NULL,
    version                INTEGER NOT NULL,
    key                    TEXT    NOT NULL,
    title                  TEXT    NOT NULL,
    type                   TEXT    NOT NULL,
    shown_on_order_details INTEGER NOT NULL,
    created                INTEGER NOT NULL,
    modified               INTEGER NOT NULL,
    PRIMARY KEY (store_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX extrafield_by_key ON extrafield (store_id, key);

-- Which customers have a value of an extra field: they lose it when the field is deleted.
CREATE TABLE extrafield_holder (
    store_id    INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    customer_id INTEGER NOT NULL,
    PRIMARY KEY (store_id, key, customer_id)
) STRICT, WITHOUT ROWID;

-- The document is the customer; the other columns are derived from it for searching and sorting.
-- It stands last, so that a scan of the columns before it never reads its pages.
CREATE TABLE customer (
    customer_key      INTEGER PRIMARY KEY, -- store_id * 2^32 + id: the rows of a store lie together
    store_id          INTEGER NOT NULL,
    id                INTEGER NOT NULL,
    version           INTEGER NOT NULL,    -- seq of the change that made this state
    email_key         TEXT    NOT NULL,
    name_key          TEXT    NOT NULL,
    customer_group_id INTEGER NOT NULL,
    registered        INTEGER NOT NULL,
    updated           INTEGER NOT NULL,
    order_count       INTEGER NOT NULL DEFAULT 0,
    sales_value       REAL    NOT NULL DEFAULT 0,
    first_order       INTEGER,             -- NULL without orders: the earliest of all
    last_order        INTEGER,
    lang              TEXT    NOT NULL,
    accept_marketing  INTEGER,
    tax_exempt        INTEGER NOT NULL,
    b2b_b2c           TEXT    NOT NULL,
    fiscal_code       TEXT    NOT NULL,
    pec_email         TEXT    NOT NULL,
    sdi_code          TEXT    NOT NULL,
    email_text        TEXT    NOT NULL,
    phones            TEXT    NOT NULL,    -- of billing person, addresses and contacts, a line each
    cities            TEXT    NOT NULL,
    postal_codes      TEXT    NOT NULL,
    states            TEXT    NOT NULL,
    countries         TEXT    NOT NULL,    -- a line each, a line feed before and behind
    companies         TEXT    NOT NULL,
    document          TEXT    NOT NULL     -- JSON
) STRICT;
CREATE UNIQUE INDEX customer_by_email ON customer (store_id, email_key);
CREATE INDEX customer_by_name ON customer (store_id, name_key, id);
CREATE INDEX customer_by_group ON customer (store_id, customer_group_id, name_key, id);
CREATE INDEX customer_by_registered ON customer (store_id, registered, id);
-- An update of a customer sets none of these, so they cost it nothing.
CREATE INDEX customer_by_order_count ON customer (store_id, order_count, id);
CREATE INDEX customer_by_sales_value ON customer (store_id, sales_value, id);
CREATE INDEX customer_by_first_order ON customer (store_id, first_order, id);
CREATE INDEX customer_by_last_order ON customer (store_id, last_order, id);

-- The document is the order. Orders stay when their customer is deleted.
CREATE TABLE recorded_order (
    store_id    INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    id          TEXT    NOT NULL,
    customer_id INTEGER NOT NULL,
    email_key   TEXT    NOT NULL,
    counted     INTEGER NOT NULL, -- is part of the customer's figures
    total       TEXT    NOT NULL, -- exact
    created     INTEGER NOT NULL,
    document    TEXT    NOT NULL, -- JSON
    PRIMARY KEY (store_id, number)
) STRICT;
CREATE UNIQUE INDEX recorded_order_by_id ON recorded_order (store_id, id);
CREATE INDEX recorded_order_by_date ON recorded_order (store_id, created, number);
CREATE INDEX recorded_order_by_customer ON recorded_order (store_id, customer_id, created, number);
CREATE INDEX recorded_order_by_email ON recorded_order (store_id, email_key, created, number);

-- Who bought which product, with which of the orders that count.
CREATE TABLE purchase (
    store_id    INTEGER NOT NULL,
    product_id  INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    PRIMARY KEY (store_id, product_id, customer_id, number)
) STRICT, WITHOUT ROWID;

-- Finds customers by a part of their texts, in big stores. One document a customer: the lines that text filters look
-- into. It only narrows down; whether a row really matches is asked of its columns.
CREATE VIRTUAL TABLE customer_text USING fts5 (
    lines, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
);

-- The customers whose texts changed since the index saw them: a search looks at them too. The index takes them over a
-- thousand at a time, since one by one (a segment a commit) it costs ten times as much.
CREATE TABLE customer_unindexed (customer_key INTEGER PRIMARY KEY) STRICT;

-- Append-only. The history of one entity is a chain: its row's version is the newest change, and previous leads back.
-- An index by entity would dirty one more random page an update; so would one of customers by their update time,
-- which the order of this table replaces: at never goes back as seq grows.
CREATE TABLE change (
    store_id   INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    entity     TEXT    NOT NULL,
    entity_id  INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    token_id   INTEGER NOT NULL,
    request_id TEXT    NOT NULL,
    previous   INTEGER NOT NULL,
    before     TEXT,             -- JSON of the state that was replaced
    PRIMARY KEY (store_id, seq)
) STRICT;
CREATE INDEX change_deleted_by_date ON change (store_id, entity, at, seq) WHERE kind = 'deleted';
CREATE INDEX change_deleted_by_entity ON change (store_id, entity, entity_id, seq) WHERE kind = 'deleted';

-- Batches of requests: what was asked, what was answered so far. Finished ones are deleted after a day.
CREATE TABLE ticket (
    store_id              INTEGER NOT NULL,
    ticket                TEXT    NOT NULL,
    token_id              INTEGER NOT NULL,
    token_digest          BLOB    NOT NULL,
    deduplication_key     TEXT,
    stop_on_first_failure INTEGER NOT NULL,
    parallel              INTEGER NOT NULL,
    total                 INTEGER NOT NULL,
    created               INTEGER NOT NULL,
    finished              INTEGER,
    PRIMARY KEY (store_id, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_by_key ON ticket (store_id, token_id, deduplication_key, created)
WHERE deduplication_key IS NOT NULL;
CREATE INDEX ticket_by_finished ON ticket (finished);

CREATE TABLE ticket_request (
    store_id INTEGER NOT NULL,
    ticket   TEXT    NOT NULL,
    position INTEGER NOT NULL,
    id       TEXT,
    method   TEXT    NOT NULL,
    path     TEXT    NOT NULL,
    query    TEXT    NOT NULL,
    body     BLOB    NOT NULL,
    PRIMARY KEY (store_id, ticket, position)
) STRICT;

CREATE TABLE ticket_response (
    store_id INTEGER NOT NULL,
    ticket   TEXT    NOT NULL,
    position INTEGER NOT NULL,
    status   INTEGER NOT NULL,
    body     BLOB    NOT NULL,
    PRIMARY KEY (store_id, ticket, position)
) STRICT;

-- That a write of a request was done, kept in the same transaction, until the request's answer is kept.
CREATE TABLE ticket_receipt (
    store_id INTEGER NOT NULL,
    ticket   TEXT    NOT NULL,
    position INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    result   BLOB    NOT NULL,
    PRIMARY KEY (store_id, ticket, position, number)
) STRICT, WITHOUT ROWID;
