-- Here tickets have had a runner from the start; this step changes nothing.
SELECT 1;
