-- SQLite has an index of the endings of names and phone numbers from here on, PostgreSQL from step 12 on.
SELECT 1;
