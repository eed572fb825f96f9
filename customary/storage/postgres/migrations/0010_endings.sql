-- SQLite has an index of the endings of names and phone numbers; here this step changes nothing.
SELECT 1;
