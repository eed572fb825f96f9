"""Behind the protocol: PostgreSQL, for more than one machine. Any number of servers work on one database."""
