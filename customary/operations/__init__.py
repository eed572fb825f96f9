"""One function per thing that a caller can ask for: read, ask a rule, write; one transaction each. No HTTP, no SQL."""
