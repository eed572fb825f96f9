-- SQLite has an index of the names alone; here this step changes nothing.
SELECT 1;
