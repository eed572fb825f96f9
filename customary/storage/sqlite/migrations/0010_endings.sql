-- Finds customers by a part of their name or of a phone number, however many customers there are: the index of texts
-- (customer_text) reads the lists of three letters each, this one begins where the part does. A word is the store, what
-- it is, and the text from one of its letters on (endings.py).
CREATE VIRTUAL TABLE customer_ending USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Its words in order, each with a customer.
CREATE VIRTUAL TABLE ending_word USING fts5vocab (customer_ending, instance);

-- While there is a row, the index is being filled: customers up to this key are in it. Nobody asks it before.
CREATE TABLE ending_filled (customer_key INTEGER PRIMARY KEY) STRICT;
INSERT INTO ending_filled (customer_key) SELECT 0 WHERE EXISTS (SELECT 1 FROM customer);
