-- Up to which position of a store's log the old states were forgotten.
ALTER TABLE store ADD COLUMN pruned_seq INTEGER NOT NULL DEFAULT 0;
