-- The first schema. Text keys are computed by customary (model/keys.py) and compared byte by byte; times are UNIX
-- seconds. Every primary key, unique index and foreign key begins with store_id, so that the tables can be sharded by it.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- The counters hand out ids that are never used again, and positions in the store's change log. Whoever writes to a
-- store locks its row first, so that the writes of one store come one after the other, whatever the number of servers.
CREATE TABLE store (
    store_id           bigint  NOT NULL,
    name               text    NOT NULL,
    url                text    NOT NULL,
    timezone           text    NOT NULL,
    languages          jsonb   NOT NULL,
    default_language   text    NOT NULL,
    suspended          boolean NOT NULL DEFAULT false,
    created            bigint  NOT NULL,
    version            bigint  NOT NULL DEFAULT 0,
    last_seq           bigint  NOT NULL DEFAULT 0,
    last_customer_id   bigint  NOT NULL DEFAULT 0,
    last_address_id    bigint  NOT NULL DEFAULT 0,
    last_contact_id    bigint  NOT NULL DEFAULT 0,
    last_group_id      bigint  NOT NULL DEFAULT 0,
    last_extrafield_id bigint  NOT NULL DEFAULT 0,
    last_order_number  bigint  NOT NULL DEFAULT 0,
    customer_count     bigint  NOT NULL DEFAULT 0,
    last_change_at     bigint  NOT NULL DEFAULT 0, -- time never goes back in a store's change log
    customers_updated  bigint,                     -- when a customer was last changed, and an order
    orders_updated     bigint,
    PRIMARY KEY (store_id)
) WITH (fillfactor = 20);

-- Numbers of tokens count over all stores; the row of installation hands them out.
CREATE TABLE token (
    store_id bigint  NOT NULL REFERENCES store (store_id),
    token_id bigint  NOT NULL,
    digest   bytea   NOT NULL, -- SHA-256 of the token
    public   boolean NOT NULL,
    label    text    NOT NULL,
    scopes   jsonb   NOT NULL,
    created  bigint  NOT NULL,
    revoked  bigint,
    PRIMARY KEY (store_id, token_id)
);
CREATE UNIQUE INDEX token_by_digest ON token (store_id, digest);

CREATE TABLE customer_group (
    store_id              bigint NOT NULL,
    id                    bigint NOT NULL,
    version               bigint NOT NULL,
    name                  text   NOT NULL,
    external_reference_id text   NOT NULL,
    member_count          bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, id)
) WITH (fillfactor = 50);

CREATE TABLE extrafield (
    store_id               bigint  NOT NULL,
    id                     bigint  NOT NULL,
    version                bigint  NOT NULL,
    key                    text COLLATE "C" NOT NULL,
    title                  text    NOT NULL,
    type                   text    NOT NULL,
    shown_on_order_details boolean NOT NULL,
    created                bigint  NOT NULL,
    modified               bigint  NOT NULL,
    PRIMARY KEY (store_id, id)
);
CREATE UNIQUE INDEX extrafield_by_key ON extrafield (store_id, key);

-- Which customers have a value of an extra field: they lose it when the field is deleted.
CREATE TABLE extrafield_holder (
    store_id    bigint NOT NULL,
    key         text COLLATE "C" NOT NULL,
    customer_id bigint NOT NULL,
    PRIMARY KEY (store_id, key, customer_id)
);

-- The document is the customer; the other columns are derived from it for searching and sorting. An update that
-- leaves the indexed ones alone finds room on the page of the row, and then no index is touched.
CREATE TABLE customer (
    store_id          bigint  NOT NULL,
    id                bigint  NOT NULL,
    version           bigint  NOT NULL, -- seq of the change that made this state
    registered        bigint  NOT NULL,
    updated           bigint  NOT NULL,
    customer_group_id bigint  NOT NULL,
    order_count       bigint  NOT NULL DEFAULT 0,
    sales_value       double precision NOT NULL DEFAULT 0,
    first_order       bigint,           -- NULL without orders: the earliest of all
    last_order        bigint,
    accept_marketing  boolean,
    tax_exempt        boolean NOT NULL,
    email_key         text COLLATE "C" NOT NULL,
    name_key          text COLLATE "C" NOT NULL,
    lang              text    NOT NULL,
    b2b_b2c           text    NOT NULL,
    fiscal_code       text COLLATE "C" NOT NULL,
    pec_email         text COLLATE "C" NOT NULL,
    sdi_code          text COLLATE "C" NOT NULL,
    email_text        text COLLATE "C" NOT NULL,
    phones            text COLLATE "C" NOT NULL, -- of billing person, addresses and contacts, a line each
    cities            text COLLATE "C" NOT NULL,
    postal_codes      text COLLATE "C" NOT NULL,
    states            text COLLATE "C" NOT NULL,
    countries         text COLLATE "C" NOT NULL, -- a line each, a line feed before and behind
    companies         text COLLATE "C" NOT NULL,
    document          jsonb   NOT NULL,
    PRIMARY KEY (store_id, id)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX customer_by_email ON customer (store_id, email_key);
CREATE INDEX customer_by_name ON customer (store_id, name_key, id);
CREATE INDEX customer_by_group ON customer (store_id, customer_group_id, name_key, id);
CREATE INDEX customer_by_registered ON customer (store_id, registered, id);
CREATE INDEX customer_by_order_count ON customer (store_id, order_count, id);
CREATE INDEX customer_by_sales_value ON customer (store_id, sales_value, id);
CREATE INDEX customer_by_first_order ON customer (store_id, first_order NULLS FIRST, id);
CREATE INDEX customer_by_last_order ON customer (store_id, last_order NULLS FIRST, id);

-- Finds customers by a part of their texts, in big stores: all the lines that text filters look into. It only narrows
-- down; whether a row really matches is asked of its columns. It is a table of its own because a changed text would
-- otherwise move the customer's entries in every index.
CREATE TABLE customer_text (
    store_id bigint NOT NULL,
    id       bigint NOT NULL,
    lines    text   NOT NULL,
    PRIMARY KEY (store_id, id)
);
CREATE INDEX customer_text_by_part ON customer_text USING gin (store_id, lines gin_trgm_ops);

-- The document is the order. Orders stay when their customer is deleted.
CREATE TABLE recorded_order (
    store_id    bigint  NOT NULL,
    number      bigint  NOT NULL,
    id          text COLLATE "C" NOT NULL,
    customer_id bigint  NOT NULL,
    email_key   text COLLATE "C" NOT NULL,
    counted     boolean NOT NULL, -- is part of the customer's figures
    total       text    NOT NULL, -- exact
    created     bigint  NOT NULL,
    document    jsonb   NOT NULL,
    PRIMARY KEY (store_id, number)
);
CREATE UNIQUE INDEX recorded_order_by_id ON recorded_order (store_id, id);
CREATE INDEX recorded_order_by_date ON recorded_order (store_id, created, number);
CREATE INDEX recorded_order_by_customer ON recorded_order (store_id, customer_id, created, number);
CREATE INDEX recorded_order_by_email ON recorded_order (store_id, email_key, created, number);

-- Who bought which product, with which of the orders that count.
CREATE TABLE purchase (
    store_id    bigint NOT NULL,
    product_id  bigint NOT NULL,
    customer_id bigint NOT NULL,
    number      bigint NOT NULL,
    name        text   NOT NULL,
    PRIMARY KEY (store_id, product_id, customer_id, number)
);

-- Append-only. The history of one entity is a chain: its row's version is the newest change, and previous leads back.
CREATE TABLE change (
    store_id   bigint NOT NULL,
    seq        bigint NOT NULL,
    entity     text   NOT NULL,
    entity_id  bigint NOT NULL,
    kind       text   NOT NULL,
    at         bigint NOT NULL,
    token_id   bigint NOT NULL,
    request_id text   NOT NULL,
    previous   bigint NOT NULL,
    before     jsonb,           -- the state that was replaced
    PRIMARY KEY (store_id, seq)
);
CREATE INDEX change_deleted_by_date ON change (store_id, entity, at, seq) WHERE kind = 'deleted';
CREATE INDEX change_deleted_by_entity ON change (store_id, entity, entity_id, seq) WHERE kind = 'deleted';

-- Batches of requests: what was asked, what was answered so far. Finished ones are deleted after a day.
CREATE TABLE ticket (
    store_id              bigint  NOT NULL,
    ticket                text COLLATE "C" NOT NULL,
    token_id              bigint  NOT NULL,
    token_digest          bytea   NOT NULL,
    deduplication_key     text,
    stop_on_first_failure boolean NOT NULL,
    parallel              boolean NOT NULL,
    total                 bigint  NOT NULL,
    created               bigint  NOT NULL,
    finished              bigint,
    runner                text, -- the server that carries it out, until the time: then another may take it over
    held_until            double precision NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, ticket)
);
CREATE INDEX ticket_by_key ON ticket (store_id, token_id, deduplication_key, created)
WHERE deduplication_key IS NOT NULL;
CREATE INDEX ticket_by_finished ON ticket (finished);

CREATE TABLE ticket_request (
    store_id bigint NOT NULL,
    ticket   text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    id       text,
    method   text   NOT NULL,
    path     text   NOT NULL,
    query    text   NOT NULL,
    body     bytea  NOT NULL,
    PRIMARY KEY (store_id, ticket, position)
);

CREATE TABLE ticket_response (
    store_id bigint NOT NULL,
    ticket   text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    status   bigint NOT NULL,
    body     bytea  NOT NULL,
    PRIMARY KEY (store_id, ticket, position)
);

-- That a write of a request was done, kept in the same transaction, until the request's answer is kept.
CREATE TABLE ticket_receipt (
    store_id bigint NOT NULL,
    ticket   text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    number   bigint NOT NULL,
    kind     text   NOT NULL,
    result   bytea  NOT NULL,
    PRIMARY KEY (store_id, ticket, position, number)
);
