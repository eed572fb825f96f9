-- Orders that went to another customer when theirs was merged into it: they go back when theirs comes back. The position
-- tells which merge was first, for an order may have moved more than once.
CREATE TABLE merged_order (
    store_id    bigint NOT NULL,
    customer_id bigint NOT NULL, -- who had it
    number      bigint NOT NULL,
    seq         bigint NOT NULL,
    PRIMARY KEY (store_id, customer_id, number)
);
CREATE INDEX merged_order_by_number ON merged_order (store_id, number);
