-- PostgreSQL gets the indexes here that SQLite has got with the steps 8 and 10; here this step changes nothing.
SELECT 1;
