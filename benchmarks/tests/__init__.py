"""Tests of the suite's own arithmetic; nothing in here is timed."""
