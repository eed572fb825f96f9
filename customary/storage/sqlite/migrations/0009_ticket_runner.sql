-- Which worker carries out a batch, and until when (UNIX seconds) it does so unless it says more. A batch belongs to none
-- before.
ALTER TABLE ticket ADD COLUMN runner TEXT;
ALTER TABLE ticket ADD COLUMN held_until REAL NOT NULL DEFAULT 0;
