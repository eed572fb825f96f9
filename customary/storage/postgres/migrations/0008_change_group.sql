-- SQLite reads a group by update time with an index on changes from here on, PostgreSQL from step 12 on.
SELECT 1;
