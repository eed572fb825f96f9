-- Who has which external reference id. A table of its own: an update of a customer that keeps its id never comes here.
CREATE TABLE customer_reference (
    store_id              bigint NOT NULL,
    external_reference_id text   NOT NULL,
    customer_id           bigint NOT NULL,
    PRIMARY KEY (store_id, external_reference_id)
);

INSERT INTO customer_reference (store_id, external_reference_id, customer_id)
SELECT store_id, document ->> 'externalReferenceId', id FROM customer
WHERE document ->> 'externalReferenceId' <> '' ORDER BY store_id, id
ON CONFLICT (store_id, external_reference_id) DO NOTHING;
