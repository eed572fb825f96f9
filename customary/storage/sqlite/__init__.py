"""The back end for one machine: one SQLite file, one writer, commits in groups."""
