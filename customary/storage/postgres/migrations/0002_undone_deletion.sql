-- Deletions of customers who came back: the list of deleted customers leaves them out.
CREATE TABLE undone_deletion (
    store_id bigint NOT NULL,
    seq      bigint NOT NULL,
    PRIMARY KEY (store_id, seq)
);
