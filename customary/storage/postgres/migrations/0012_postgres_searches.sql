-- The words of the index of endings: the store, and eight characters from each one of a line on; fewer at its end, three
-- at the least. The second line is the e-mail address, which is looked for in other ways. A text for which there is no
-- room (a tsvector takes 1 MB) has one word that every search asks for too. It is not PARALLEL SAFE, so that no search has
-- a second process: to start one takes longer than to look up some hundred names.
CREATE FUNCTION ending_words(store_id bigint, lines text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    head   text := store_id || ':';
    words  text[] := '{}';
    line   text;
    number integer := 0;
BEGIN
    IF length(lines) > 16000 THEN
        RETURN array_to_tsvector(ARRAY[head]);
    END IF;
    FOREACH line IN ARRAY string_to_array(lines, E'\n') LOOP
        number := number + 1;
        IF number <> 2 THEN
            FOR start IN 1 .. length(line) - 2 LOOP
                words := words || (head || substr(line, start, 8));
            END LOOP;
        END IF;
    END LOOP;
    RETURN array_to_tsvector(words);
END
$$;

-- The group of a customer after a change, so that one group can be read by update time. Of older changes only those count
-- that are a customer's newest.
ALTER TABLE change ADD COLUMN group_id bigint;
UPDATE change SET group_id = c.customer_group_id FROM customer AS c
WHERE c.store_id = change.store_id AND c.id = change.entity_id AND c.version = change.seq AND change.entity = 'customer';
CREATE INDEX change_by_group ON change (store_id, group_id, seq) WHERE group_id IS NOT NULL;

-- Finds customers by a part of their name or of a phone number, however many customers there are: the index of parts
-- reads the lists of three characters each, this one begins where the part does.
CREATE INDEX customer_text_by_ending ON customer_text USING gin (ending_words(store_id, lines));

-- One plan does for all stores, and they differ in size: PostgreSQL is to take each for the biggest. Where it took the
-- average, it read the numbers of all customers of a big store beside the index of endings, 8 ms for 300,000. Citus keeps
-- such a setting from tables that are spread already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
        ALTER TABLE customer_text ALTER COLUMN store_id SET (n_distinct = 1);
        ANALYZE customer_text (store_id);
    END IF;
END
$$;
