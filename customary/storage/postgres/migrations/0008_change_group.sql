-- SQLite reads a group by update time with an index on changes; here this step changes nothing.
SELECT 1;
