-- Who has which external reference id. A table of its own: an update of a customer that keeps its id never comes here.
CREATE TABLE customer_reference (
    store_id              INTEGER NOT NULL,
    external_reference_id TEXT    NOT NULL,
    customer_id           INTEGER NOT NULL,
    PRIMARY KEY (store_id, external_reference_id)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO customer_reference (store_id, external_reference_id, customer_id)
SELECT store_id, document ->> '$.externalReferenceId', id FROM customer
WHERE document ->> '$.externalReferenceId' <> '' ORDER BY customer_key;
